"""The threads that write: requests that wait at the same time share a transaction."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Final, NamedTuple, TypeVar

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.postgres.runner import Committing, Runner

MOST_IN_A_BATCH: Final = 256
_PATIENCE_OF_MANY: Final = "250ms"

T = TypeVar("T")
R = TypeVar("R")

SharedWork = Callable[[Connection, Sequence[R]], Sequence[T | Exception]]
"""Any number of writes at once: takes requests and returns what comes of each, an error where
one is refused. It may be run several times. What it raises undoes all of them; they are then
run one by one."""


class _Job(NamedTuple):
    """A request to a work that others may share, and who waits for its answer."""

    work: SharedWork[Any, Any]
    request: Any
    repeatable: bool
    future: Future[Any]


class GroupWriters:
    """Runs writes in a few threads, each with a transaction at a time.

    A transaction of many requests waits only briefly for rows that somebody else has
    locked: then its requests are run one by one, so that only those wait that have to.

    Parameters
    ----------
    runner
        Runs the transactions.
    threads
        How many there are at once, at least 1.
    written
        Called after a transaction, once those who wait for it have their answers.
    """

    def __init__(self, runner: Runner, threads: int, written: Callable[[], None]) -> None:
        self._runner = runner
        self._written = written
        self._queues: OrderedDict[object, deque[_Job]] = OrderedDict()
        self._ready = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"ledger-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, work: SharedWork[R, T], request: R, *, repeatable: bool) -> Future[T]:
        """Queue a write that `work` may do together with those of other requests.

        Raises
        ------
        LedgerUnavailableError
            The writers are closed.
        """
        job = _Job(work, request, repeatable, Future())
        # Whoever stops waiting does not call the write off.
        job.future.set_running_or_notify_cancel()
        with self._ready:
            if self._closed:
                raise LedgerUnavailableError("the ledger is closed")
            self._put((work, repeatable), job)
        return job.future

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()

    def _put(self, key: object, job: _Job) -> None:
        self._queues.setdefault(key, deque()).append(job)
        self._ready.notify()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._run(batch)

    def _next_batch(self) -> list[_Job]:
        """Wait for jobs that can be run together; return none when there will be no more."""
        with self._ready:
            while not self._queues:
                if self._closed:
                    return []
                self._ready.wait()
            key, jobs = self._queues.popitem(last=False)
            batch = [jobs.popleft() for _ in range(min(len(jobs), MOST_IN_A_BATCH))]
            if jobs:
                # Behind those that wait for something else.
                self._queues[key] = jobs
            return batch

    def _run(self, batch: list[_Job]) -> None:
        try:
            answers = self._runner.run(
                lambda connection, committing: _attempt(connection, committing, batch),
                repeatable=batch[0].repeatable,
                waits_for_locks=len(batch) == 1,
            )
        except LedgerUnavailableError as error:
            answers = [error] * len(batch)
        except Exception as error:  # noqa: BLE001 - whoever waits for it sees it
            if len(batch) > 1:
                self._run_apart(batch)
                return
            answers = [error]
        for job, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                job.future.set_exception(answer)
            else:
                job.future.set_result(answer)
        if not all(isinstance(answer, Exception) for answer in answers):
            self._written()

    def _run_apart(self, batch: list[_Job]) -> None:
        """Queue jobs one by one: one of them failed, or waits for a lock."""
        with self._ready:
            for job in batch:
                self._put(object(), job)


def _attempt(connection: Connection, committing: Committing, batch: list[_Job]) -> Sequence[Any]:
    if len(batch) > 1:
        connection.execute("SELECT set_config('lock_timeout', %s, true)", (_PATIENCE_OF_MANY,))
    answers = batch[0].work(connection, [job.request for job in batch])
    committing.begun = True
    connection.commit()
    return answers
