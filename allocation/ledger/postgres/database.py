"""One PostgreSQL schema: transactions that run until they succeed, for whatever is kept in it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import psycopg

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres import sql
from allocation.ledger.postgres.migrations import migrate
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.postgres.runner import Committing, Runner

T = TypeVar("T")

Work = Callable[[Connection], T | Exception]


class PostgresDatabase:
    """A schema that many servers may share; safe to use from many threads.

    Parameters
    ----------
    dsn
        libpq connection string.
    schema
        Schema for the tables; it is made, or brought up to date, if need be.
    most_connections
        Most connections at once, at least 1.
    patience_s
        How long a call goes on trying while the database is away or busy.

    Raises
    ------
    LedgerUnavailableError
        The database cannot be reached.
    LedgerSchemaError
        It was written by a newer version of the program.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str = "shipfrom",
        most_connections: int = 8,
        patience_s: float = 10.0,
    ) -> None:
        try:
            with psycopg.connect(dsn, connect_timeout=max(2, round(patience_s))) as connection:
                migrate(connection, schema)
        except psycopg.OperationalError as error:
            raise LedgerUnavailableError(
                f"the ledger's database cannot be reached: {error}"
            ) from error
        self._runner = Runner(dsn, schema, most_connections, patience_s)
        self._threads = ThreadPoolExecutor(most_connections, thread_name_prefix="ledger")

    def close(self) -> None:
        """Finish the writes that were asked for and let go of every connection. Repeatable."""
        self._threads.shutdown()
        self._runner.close()

    def submit(self, work: Work[T], *, repeatable: bool = True) -> Future[T]:
        """Queue a write; the future is done once it is committed. See `write`.

        Raises
        ------
        LedgerUnavailableError
            The database is closed.
        """
        try:
            return self._threads.submit(self.write, work, repeatable=repeatable)
        except RuntimeError as error:
            raise LedgerUnavailableError("the ledger is closed") from error

    def write(self, work: Work[T], *, repeatable: bool = True) -> T:
        """Run a write in a transaction of its own and return its answer once it is committed.

        Parameters
        ----------
        work
            May be run several times. What it raises undoes it; an error that it returns is
            raised to the caller while what it wrote stays.
        repeatable
            Whether running it again does no harm when it took effect before.

        Raises
        ------
        LedgerUnavailableError
            The database stayed away, or went away during a commit that cannot be repeated.
        """

        def attempt(connection: Connection, committing: Committing) -> T | Exception:
            answer = work(connection)
            committing.begun = True
            connection.commit()
            return answer

        answer = self._runner.run(attempt, repeatable=repeatable)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a read that sees one instant; it may be run several times.

        Raises
        ------
        LedgerUnavailableError
            The database stayed away.
        """

        def attempt(connection: Connection, committing: Committing) -> T:
            del committing
            connection.execute(sql.READ_ONLY)
            return work(connection)

        return self._runner.run(attempt)
