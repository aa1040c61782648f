"""The threads that write: requests that wait at the same time share a transaction."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from allocation.ledger.core.jobs import Job, tell_all
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.postgres.runner import Committing, Runner

MOST_IN_A_BATCH: Final = 256
_OFTEN_S: Final = 0.025


class GroupWriters:
    """Runs writes in a few threads, each with a transaction at a time.

    A transaction of many requests that fails, or may not wait any longer for rows that somebody
    else has locked, is run again request by request, so that only those wait that have to.

    Parameters
    ----------
    runner
        Runs the transactions.
    threads
        How many there are at once, at least 1.
    written
        Called after a transaction, once those who wait for it have their answers; not after
        each, where one follows the other.
    """

    def __init__(self, runner: Runner, threads: int, written: Callable[[], None]) -> None:
        self._runner = runner
        self._written = written
        self._queues: OrderedDict[object, deque[Job]] = OrderedDict()
        self._ready = threading.Condition()
        self._closed = False
        self._told_s = 0.0
        self._is_untold = False
        self._threads = [
            threading.Thread(target=self._work, name=f"ledger-writer-{number}", daemon=True)
            for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, jobs: Sequence[Job]) -> None:
        """Queue writes; what they raise undoes all of a transaction, and they are run one by one.

        Raises
        ------
        LedgerUnavailableError
            The writers are closed.
        """
        with self._ready:
            if self._closed:
                raise LedgerUnavailableError("the ledger is closed")
            for job in jobs:
                self._put((job.work, job.repeatable), job)

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()
        for thread in self._threads:
            thread.join()

    def _put(self, key: object, job: Job) -> None:
        queued = self._queues.setdefault(key, deque())
        queued.append(job)
        if len(queued) == 1:
            self._ready.notify()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._run(batch)

    def _next_batch(self) -> list[Job]:
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
                self._ready.notify()
            return batch

    def _run(self, batch: list[Job]) -> None:
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
        tell_all(batch, answers)
        if not all(isinstance(answer, Exception) for answer in answers):
            self._is_untold = True
        self._tell_if_written()

    def _tell_if_written(self) -> None:
        """Tell of what was written, by this batch or by one that left it to the next."""
        now_s = time.monotonic()
        if not self._is_untold or (self._queues and now_s - self._told_s < _OFTEN_S):
            return  # Whoever does what waits will come by here.
        self._is_untold, self._told_s = False, now_s
        self._written()

    def _run_apart(self, batch: list[Job]) -> None:
        """Queue jobs one by one: one of them failed, or waits for a lock."""
        with self._ready:
            for job in batch:
                self._put(object(), job)


def _attempt(connection: Connection, committing: Committing, batch: list[Job]) -> Sequence[Any]:
    def commit() -> None:
        committing.begun = True
        connection.commit()

    requests = [job.request for job in batch]
    answers = batch[0].work(connection, requests, batch[0].run_on, commit)
    # Of what wrote nothing, or left that to be done here.
    commit()
    return answers
