"""The one thread that writes: many requests, one transaction, one flush to disk."""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from allocation.errors import EngineError
from allocation.ledger.commands import Command
from allocation.ledger.core.execute import execute
from allocation.ledger.core.stepping import Refused
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.replies import AuditReport, Reply
from allocation.ledger.sqlite.connect import begin_write, connect, unavailable
from allocation.ledger.sqlite.transaction import SqliteTransaction

MOST_IN_A_BATCH: Final = 256
_TURN_S: Final = 0.001

Answer = Reply | AuditReport | Exception


@dataclass(slots=True)
class _Job:
    """A command and the one who waits for its answer."""

    command: Command
    future: Future[Reply | AuditReport] = field(default_factory=Future)


class GroupWriter:
    """Runs commands in batches; nobody is answered before the batch is on disk.

    Each command has a savepoint of its own, so that one that is refused leaves the others
    of its batch alone.

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
        self._connection = connect(path, 0.0)
        self._seen = self._data_version()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def run(self, command: Command) -> Reply | AuditReport:
        """Run a command; return or raise what comes of it once that is durable."""
        job = _Job(command)
        with self._lock:
            if self._closed:
                raise LedgerUnavailableError("the ledger is closed")
            self._jobs.put(job)
        return job.future.result()

    def close(self) -> None:
        """Finish what was asked for, then stop."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._thread.join()

    def _work(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                self._run_batch(batch)
        self._connection.close()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Wait for a job, then take what else is there; say whether more may come."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == MOST_IN_A_BATCH or self._jobs.empty():
                return batch, True
            job = self._jobs.get()
        return batch, False

    def _run_batch(self, batch: list[_Job]) -> None:
        try:
            self._let_others_write()
            begin_write(self._connection, self._busy_timeout_s)
            answers = [self._run_one(job.command) for job in batch]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._undo()
            answers = [unavailable(self._path, error) for _ in batch]
        for job, answer in zip(batch, answers, strict=True):
            if isinstance(answer, Exception):
                job.future.set_exception(answer)
            else:
                job.future.set_result(answer)

    def _run_one(self, command: Command) -> Answer:
        self._connection.execute("SAVEPOINT command")
        try:
            tx = SqliteTransaction(self._connection)
            outcome = execute(tx, command)
        except sqlite3.Error:
            raise
        except EngineError as error:
            return self._refuse(error)
        except Exception as error:  # noqa: BLE001 - a bug is the caller's to see, not the batch's
            return self._refuse(error)
        self._connection.execute("RELEASE command")
        if isinstance(outcome, Refused):
            return outcome.error
        if isinstance(outcome, AuditReport) or outcome.replayed:
            return outcome
        return replace(outcome, version=tx.version)

    def _refuse(self, error: Exception) -> Exception:
        self._connection.execute("ROLLBACK TO command")
        self._connection.execute("RELEASE command")
        return error

    def _undo(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _let_others_write(self) -> None:
        """Leave a gap if another process has written since the last batch.

        A writer that begins again at once would keep the file to itself.
        """
        current = self._data_version()
        if current != self._seen:
            self._seen = current
            time.sleep(_TURN_S)

    def _data_version(self) -> int:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        return int(version)
