"""Holding and committing as fast as a ledger answers, in one or several processes."""

from __future__ import annotations

import queue
import time
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.synchronize import Barrier
from typing import Any

from allocation.ledger.commands import Command, Hold
from allocation.ledger.core import batch
from allocation.ledger.core.jobs import here
from allocation.ledger.errors import InsufficientStockError
from allocation.ledger.postgres import ledger as postgres_ledger
from allocation.ledger.sqlite import ledger as sqlite_ledger
from allocation.server.collector import relax
from bench.harness.processes import run_at_once
from bench.ledger_scene import Load, Place, commit_of

_MOST_S = 240.0


@dataclass(slots=True)
class Outcome:
    """What one process was told, and how long it took.

    Attributes
    ----------
    held, committed
        Plans of the acknowledged calls.
    latencies_s
        From the call to its answer, refusals too.
    batches
        Transactions that were shared by the writes.
    """

    held: list[str] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)
    refused: int = 0
    latencies_s: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0
    batches: int = 0


def run_load(place: Place, load: Load) -> list[Outcome]:
    """Run every process of a load at the same time; return what each was told."""
    arguments = [(place, load, number) for number in range(load.processes)]
    return run_at_once(_process, arguments, most_s=_MOST_S)


def _process(barrier: Barrier, place: Place, load: Load, number: int) -> Outcome:
    counted = _count_batches()
    with closing(place.open()) as ledger:
        clients = _Clients(ledger, load, number)
        relax()
        barrier.wait(timeout=_MOST_S)
        outcome = clients.run()
    outcome.batches = counted[0]
    return outcome


class _Clients:
    """Clients that each hold, commit, and go on to the next order."""

    def __init__(self, ledger: Any, load: Load, number: int) -> None:
        self._ledger = ledger
        self._clients = load.clients
        self._holds = iter(list(load.holds(number)))
        self._answers: queue.SimpleQueue[tuple[Command, float, Future[Any]]] = queue.SimpleQueue()
        self._waiting = 0
        self._outcome = Outcome()

    def run(self) -> Outcome:
        """Work through all orders."""
        started_s, used_s = time.perf_counter(), time.process_time()
        for _ in range(self._clients):
            self._next_order()
        while self._waiting:
            command, called_s, future = self._answers.get()
            self._waiting -= 1
            self._outcome.latencies_s.append(time.perf_counter() - called_s)
            self._answered(command, future)
        self._outcome.seconds = time.perf_counter() - started_s
        self._outcome.cpu_s = time.process_time() - used_s
        return self._outcome

    def _answered(self, command: Command, future: Future[Any]) -> None:
        error = future.exception()
        if isinstance(error, InsufficientStockError):
            self._outcome.refused += 1
            self._next_order()
        elif error is not None:
            raise error
        elif isinstance(command, Hold):
            self._outcome.held.append(command.plan_id)
            self._call(commit_of(command))
        else:
            self._outcome.committed.append(future.result().plan.plan_id)
            self._next_order()

    def _next_order(self) -> None:
        hold = next(self._holds, None)
        if hold is not None:
            self._call(hold)

    def _call(self, command: Command) -> None:
        self._waiting += 1
        called_s = time.perf_counter()
        future = self._ledger.submit(command)
        future.add_done_callback(lambda done: self._answers.put((command, called_s, done)))


def _count_batches() -> list[int]:
    """Count the transactions that writes share, from now on, in this process."""
    counted = [0]

    def counting(run: Any) -> Any:
        def run_and_count(store: Any, commands: Any, run_on: Any = here) -> Any:
            counted[0] += 1
            return run(store, commands, run_on)

        return run_and_count

    sqlite_ledger.run_batch = counting(batch.run_batch)  # type: ignore[attr-defined]
    postgres_ledger.run_remote_batch = counting(  # type: ignore[attr-defined]
        batch.run_remote_batch
    )
    return counted
