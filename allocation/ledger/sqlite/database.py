"""One SQLite file: reads side by side, writes in batches, by whatever is kept in it."""

from __future__ import annotations

import queue
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from allocation.ledger.core.jobs import RunOn, Tell, here
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.portable.sql import Sql
from allocation.ledger.sqlite.connect import connect, translated
from allocation.ledger.sqlite.file_place import check_place
from allocation.ledger.sqlite.migrations import migrate
from allocation.ledger.sqlite.portable import SqliteSql
from allocation.ledger.sqlite.same_file import SameFile
from allocation.ledger.sqlite.writer import GroupWriter, SharedWork, Work

Connection = sqlite3.Connection

T = TypeVar("T")
R = TypeVar("R")


class SqliteDatabase:
    """A file that several processes may share; safe to use from many threads.

    Parameters
    ----------
    path
        The file; it is made, or brought up to date, if need be. Its folder has to exist
        and to be on a local disk.
    busy_timeout_s
        How long a write waits for other processes before it gives up.

    Raises
    ------
    LedgerUnavailableError
        The file cannot be used.
    LedgerSchemaError
        It was written by a newer version of the program.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        check_place(path)
        with translated(path), closing(connect(path, busy_timeout_s)) as connection:
            migrate(connection)
        self._file = SameFile(path)
        self._writer = GroupWriter(path, busy_timeout_s)
        self._readers: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._closed = False

    def close(self) -> None:
        """Finish the writes that were asked for and let go of the file. Repeatable."""
        self._closed = True
        self._writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()

    def submit(self, work: Work[T]) -> Future[T]:
        """Queue a write; the future is done once it is on disk.

        Parameters
        ----------
        work
            Runs in the writer's thread, inside a transaction: it has to be quick and must
            not commit. What it raises undoes it; an error that it returns is raised to the
            caller while what it wrote stays.

        Raises
        ------
        LedgerUnavailableError
            The database is closed.
        """
        return self._writer.submit(work)

    def submit_shared(
        self,
        work: SharedWork[R, T],
        requests: Sequence[R],
        tell: Tell,
        run_on: RunOn = here,
    ) -> None:
        """Queue writes that `work` may do together, and with those of other requests.

        Parameters
        ----------
        work
            As for `submit`, for any number of requests at once. It is the same object for
            all that it may do together.
        requests
            What it is asked for.
        tell
            Hears what came of each, by its place in `requests`, once it is on disk.
        run_on
            Where `work` may do what needs no statements.

        Raises
        ------
        LedgerUnavailableError
            The database is closed.
        """
        self._writer.submit_shared(work, requests, tell, run_on)

    def write(self, work: Work[T]) -> T:
        """Run a write and return its answer once that is on disk; see `submit`."""
        return self.submit(work).result()

    def read_sql(self, work: Callable[[Sql], T]) -> T:
        """See `SqlDatabase.read_sql`."""
        return self.read(lambda connection: work(SqliteSql(connection)))

    def write_sql(self, work: Callable[[Sql], T], *, repeatable: bool = True) -> T:
        """See `SqlDatabase.write_sql`; what failed has not taken effect."""
        del repeatable
        return self.submit_sql(work).result()

    def submit_sql(self, work: Callable[[Sql], T]) -> Future[T]:
        """See `SqlDatabase.submit_sql`."""
        return self.submit(lambda connection: work(SqliteSql(connection)))

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a read that sees one instant, whatever is written meanwhile.

        Raises
        ------
        LedgerUnavailableError
            The file cannot be read, or the database is closed.
        """
        if self._closed:
            raise LedgerUnavailableError("the ledger is closed")
        self._file.check()
        with translated(self._path):
            try:
                connection = self._readers.get_nowait()
            except queue.Empty:
                connection = connect(self._path, self._busy_timeout_s)
            try:
                connection.execute("BEGIN")
                found = work(connection)
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            self._readers.put(connection)
            return found
