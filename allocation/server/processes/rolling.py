"""Replacing all workers one after the other, so that some always serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from allocation.server.processes.worker_process import WorkerProcess


class Step(Enum):
    """What to do next."""

    WAIT = "wait"
    START = "start"
    STOP = "stop"
    DONE = "done"
    GIVE_UP = "give up"


@dataclass(frozen=True, slots=True)
class Rolling:
    """A replacement under way.

    One new worker is started, and when it serves one old one is told to end, until there
    are as many new ones as are wanted and no old one is left.

    Attributes
    ----------
    old
        The workers to replace.
    wanted
        How many new ones there shall be.
    """

    old: tuple[WorkerProcess, ...]
    wanted: int

    def next_step(self, workers: Sequence[WorkerProcess]) -> tuple[Step, WorkerProcess | None]:
        """Return what to do next, and to which worker.

        Parameters
        ----------
        workers
            All that have not ended.
        """
        old = [each for each in workers if each in self.old]
        new = [each for each in workers if each not in self.old]
        if not new:
            # The one that was started has ended: those that serve must go on.
            return Step.GIVE_UP, None
        if not all(each.serving for each in new) or any(each.stopping for each in old):
            return Step.WAIT, None
        if old and len(workers) > self.wanted:
            return Step.STOP, old[0]
        if len(new) < self.wanted:
            return Step.START, None
        return (Step.STOP, old[0]) if old else (Step.DONE, None)
