"""The one thread that writes: many requests, one transaction, one flush to disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from allocation.ledger.core.jobs import Job, RunOn, Tell, future_and_tell, here, tell_all
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.sqlite.connect import begin_write, connect_writer, unavailable
from allocation.ledger.sqlite.same_file import SameFile

ENOUGH_IN_A_BATCH: Final = 256
_TURN_S: Final = 0.001

T = TypeVar("T")
R = TypeVar("R")

Work = Callable[[sqlite3.Connection], T | Exception]
"""A write. What it raises undoes it; an error that it *returns* is raised to the caller while
what it wrote stays."""

SharedWork = Callable[[sqlite3.Connection, Sequence[R], RunOn], Sequence[T | Exception]]
"""Any number of writes at once: takes requests and returns what comes of each, as above. What
it raises undoes all of them; they are then run one by one. It runs in the writer's thread, but
for what it gives to the last argument to run."""


class GroupWriter:
    """Runs writes in batches; nobody is answered before the batch is on disk.

    Works that share a transaction have a savepoint each, so that one that fails leaves the
    others of its batch alone.

    Parameters
    ----------
    path
        The file.
    busy_timeout_s
        How long to wait for other processes.
    """

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._connection = connect_writer(path)
        self._file = SameFile(path)
        self._seen = self._data_version()
        self._jobs: queue.SimpleQueue[Sequence[Job] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue a write; the future is done once that is durable, or has the error."""
        future, tell = future_and_tell()
        self.submit_shared(lambda connection, *_: (work(connection),), (None,), tell)
        return future

    def submit_shared(
        self,
        work: SharedWork[R, T],
        requests: Sequence[R],
        tell: Tell,
        run_on: RunOn = here,
    ) -> None:
        """Queue writes that `work` may do together, and with those of other requests.

        `tell` hears of each by its place in `requests`.
        """
        self._put([Job(work, r, number, tell, run_on=run_on) for number, r in enumerate(requests)])

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _put(self, jobs: Sequence[Job]) -> None:
        with self._lock:
            if self._closed:
                raise LedgerUnavailableError("the ledger is closed")
            self._jobs.put(jobs)

    def _work(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                self._run_batch(batch)
        self._connection.close()

    def _next_batch(self) -> tuple[list[Job], bool]:
        """Wait for jobs, then take what else is there; say whether more may come."""
        batch: list[Job] = []
        jobs = self._jobs.get()
        while jobs is not None:
            batch += jobs
            if len(batch) >= ENOUGH_IN_A_BATCH or self._jobs.empty():
                return batch, True
            jobs = self._jobs.get()
        return batch, False

    def _run_batch(self, batch: list[Job]) -> None:
        groups: dict[SharedWork[Any, Any], list[Job]] = {}
        for job in batch:
            groups.setdefault(job.work, []).append(job)
        answers: list[Any] = []
        try:
            self._let_others_write()
            begin_write(self._connection, self._busy_timeout_s)
            self._notice_others()
            if len(groups) == 1:
                answers += self._run_only_group(batch)
            else:
                batch = [job for group in groups.values() for job in group]
                for group in groups.values():
                    answers += self._run_group(group)
            self._file.check()
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            answers = [unavailable(self._path, error)] * len(batch)
        except LedgerUnavailableError as error:
            self._undo()
            answers = [error] * len(batch)
        tell_all(batch, answers)

    def _run_only_group(self, group: list[Job]) -> Sequence[Any]:
        """Do without a savepoint, which costs a copy of every page that is written."""
        try:
            return self._do(group)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - as below
            self._undo()
            begin_write(self._connection, self._busy_timeout_s)
            self._notice_others()
            if len(group) == 1:
                return (error,)
            return [answer for job in group for answer in self._run_group([job])]

    def _run_group(self, group: list[Job]) -> Sequence[Any]:
        self._connection.execute("SAVEPOINT work")
        try:
            answers = self._do(group)
        except sqlite3.Error:
            raise
        except Exception as error:  # noqa: BLE001 - a bug is the caller's to see, not the batch's
            self._connection.execute("ROLLBACK TO work")
            self._connection.levels.forget()
            self._connection.execute("RELEASE work")
            if len(group) == 1:
                return (error,)
            return [answer for job in group for answer in self._run_group([job])]
        self._connection.execute("RELEASE work")
        return answers

    def _do(self, group: list[Job]) -> Sequence[Any]:
        """Return what the work of a group makes."""
        requests = [job.request for job in group]
        return group[0].work(self._connection, requests, group[0].run_on)

    def _undo(self) -> None:
        self._connection.levels.forget()
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _let_others_write(self) -> None:
        """Leave a gap if another process has written since the last batch.

        A writer that begins again at once would keep the file to itself.
        """
        if self._data_version() != self._seen:
            time.sleep(_TURN_S)

    def _notice_others(self) -> None:
        """Rely on nothing that others may have changed; nobody can any more, until the commit."""
        current = self._data_version()
        if current != self._seen:
            self._seen = current
            self._connection.levels.forget()

    def _data_version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)
