"""A worker as its supervisor sees it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from typing import Final, Protocol, Self

from allocation.server.processes.status import Status, parse_status

STUCK_S = 30.0
"""Silence from which on a worker is taken for stuck."""

BORN_S = 10.0
"""Time after which a worker that was asked for and is not there says that its template hangs: to
fork takes hundredths of a second."""

TOLD_S = 1.0
"""Time in which a template says how a worker ended; one that hangs does not."""

UNKNOWN: Final = -1
"""Exit code of a worker of which its template has not said how it ended."""


class Parent(Protocol):
    """What knows how a worker ended."""

    @property
    def exit_code(self) -> int | None:
        """How the parent itself ended; ``None`` while it runs."""
        ...

    def exit_code_of(self, pid: int) -> int | None:
        """Return how a worker ended; ``None`` if nothing is known of it."""
        ...

    def kill(self) -> None:
        """End the parent at once."""
        ...


class WorkerProcess:
    """A process that says how it is.

    Parameters
    ----------
    parent
        The process that forks it.
    status_fd
        Where it says how it is; at its end when it has ended.
    life_fd
        Open as long as it is to live.
    clock
        Monotonic seconds.

    Attributes
    ----------
    parent
        The process that forks it.
    status
        What it said last; ``None`` before the first word.
    stopping
        Whether it was told to end.
    """

    def __init__(
        self, parent: Parent, status_fd: int, life_fd: int, clock: Callable[[], float]
    ) -> None:
        self.parent = parent
        self.fd = status_fd
        self._life_fd: int | None = life_fd
        self._clock = clock
        self.started_s = self._heard_s = clock()
        self.status: Status | None = None
        self.stopping = False
        self._silent_s: float | None = None
        self._rest = b""

    @classmethod
    def waiting_for(
        cls, parent: Parent, clock: Callable[[], float]
    ) -> tuple[Self, tuple[int, int]]:
        """Return a worker that is still to come, and what it is to get: status and life."""
        ours, status = os.pipe()
        life, our_life = os.pipe()
        os.set_blocking(ours, False)
        os.set_blocking(status, False)
        return cls(parent, ours, our_life, clock), (status, life)

    @property
    def pid(self) -> int | None:
        """Its process id; ``None`` before its first word."""
        return None if self.status is None else self.status.pid

    @property
    def serving(self) -> bool:
        """Whether it has said that it takes calls."""
        return self.status is not None and self.status.serving

    @property
    def overdue(self) -> bool:
        """Whether it has been asked for long ago and is not there."""
        return self.pid is None and self._clock() - self.started_s > BORN_S

    @property
    def stuck(self) -> bool:
        """Whether it has said nothing for too long."""
        return self._clock() - self._heard_s > STUCK_S

    def hear(self) -> bool:
        """Read what it has said; false if it says nothing any more."""
        with contextlib.suppress(BlockingIOError):
            while content := os.read(self.fd, 1 << 16):
                *lines, self._rest = (self._rest + content).split(b"\n")
                for line in lines:
                    self.status = parse_status(line)
                    self._heard_s = self._clock()
            self._silent_s = self._clock()
        return self._silent_s is None

    def exit_code(self) -> int | None:
        """Return how it ended; ``None`` while it runs, a negative number for a signal."""
        if self._silent_s is None:
            return None
        if self.pid is None:
            return UNKNOWN
        known = self.parent.exit_code_of(self.pid)
        if known is None and (
            self.parent.exit_code is not None or self._clock() - self._silent_s > TOLD_S
        ):
            return UNKNOWN
        return known

    def stop(self) -> None:
        """Tell it to drain and end; told again, not to wait for its clients."""
        self.stopping = True
        if self.pid is None:
            self._let_go()
        else:
            self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._let_go()
        self._send(signal.SIGKILL)

    def close(self) -> None:
        """Let go of it, after it has ended."""
        os.close(self.fd)
        self._let_go()
        if self.pid is not None and self.parent.exit_code is not None:
            # Whoever adopts processes without parents, the first of a container, ends them.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.pid, os.WNOHANG)

    def _let_go(self) -> None:
        if self._life_fd is not None:
            os.close(self._life_fd)
            self._life_fd = None

    def _send(self, number: signal.Signals) -> None:
        if self.pid is not None and self._silent_s is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)
