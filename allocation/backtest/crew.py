"""Who does the planning: this process, or a crew of others."""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Final, Protocol

from allocation.backtest.case import BacktestCase
from allocation.backtest.outcome import OrderOutcome
from allocation.backtest.pickling import pack, unpack
from allocation.backtest.planner import Job, run_job
from allocation.engine import Engine
from allocation.optimize.ladder import or_tools

Done = list[tuple[Job, OrderOutcome]]

MOST_JOBS_AT_ONCE: Final = 8
"""Jobs that travel together when many are ready: fewer trips between the processes."""


class Crew(Protocol):
    """Takes jobs and hands back what is done."""

    def has_room(self) -> bool:
        """Whether it would start on more jobs soon."""
        ...

    def start(self, jobs: Sequence[Job]) -> None:
        """Take on jobs."""
        ...

    def finish_some(self) -> Done:
        """Return what has been done since the last time; wait for the first if nothing has."""
        ...

    def close(self) -> None:
        """Drop what is not done and let go of the processes."""
        ...


def make_crew(case: BacktestCase, processes: int) -> Crew:
    """Return a crew of that many processes; with one the work is done right here."""
    return Alone(case) if processes <= 1 else Processes(case, processes)


class Alone:
    """Plans in this process, one job after the other."""

    def __init__(self, case: BacktestCase) -> None:
        self._case = case
        self._engine = make_engine(case)
        self._jobs: list[Job] = []

    def has_room(self) -> bool:
        """See `Crew.has_room`."""
        return not self._jobs

    def start(self, jobs: Sequence[Job]) -> None:
        """See `Crew.start`."""
        self._jobs += jobs

    def finish_some(self) -> Done:
        """See `Crew.finish_some`."""
        jobs, self._jobs = self._jobs, []
        return [(job, run_job(self._engine, self._case, job)) for job in jobs]

    def close(self) -> None:
        """See `Crew.close`."""


class Processes:
    """Plans in processes that each have a copy of the case.

    They are started afresh and not forked: threads of this process cannot get in their way.
    """

    def __init__(self, case: BacktestCase, processes: int) -> None:
        self._most = 2 * processes
        self._running: dict[Future[Done], None] = {}
        self._pool = ProcessPoolExecutor(
            processes,
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(pack(case),),
        )

    def has_room(self) -> bool:
        """See `Crew.has_room`."""
        return len(self._running) < self._most

    def start(self, jobs: Sequence[Job]) -> None:
        """See `Crew.start`."""
        self._running[self._pool.submit(_work, list(jobs))] = None

    def finish_some(self) -> Done:
        """See `Crew.finish_some`."""
        finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
        done: Done = []
        for future in [each for each in self._running if each in finished]:
            del self._running[future]
            done += future.result()
        return done

    def close(self) -> None:
        """See `Crew.close`."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def make_engine(case: BacktestCase) -> Engine:
    """Return an engine on this machine's clock, which only limits searches."""
    if case.network.carton_sets:
        # Loaded in the midst of an order, it would take the time that its plan has.
        or_tools()
    return Engine(time.monotonic)


_CASES: Final[list[tuple[Engine, BacktestCase]]] = []


def _begin(packed: bytes) -> None:
    # Ctrl-C is for the parent, which ends these.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    case = unpack(packed)
    _CASES.append((make_engine(case), case))


def _work(jobs: list[Job]) -> Done:
    engine, case = _CASES[-1]
    return [(job, run_job(engine, case, job)) for job in jobs]
