"""One PostgreSQL schema: transactions that run until they succeed, for whatever is kept in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar
from uuid import uuid4

import psycopg

from allocation.ledger.core.jobs import Job, RunOn, future_and_tell
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.portable.sql import Sql
from allocation.ledger.postgres import sql
from allocation.ledger.postgres.listener import Listener
from allocation.ledger.postgres.migrations import migrate
from allocation.ledger.postgres.portable import PostgresSql
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.postgres.runner import Committing, Runner
from allocation.ledger.postgres.writers import GroupWriters

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
        except psycopg.Error as error:
            # It is a standby, for instance, or the user may not make tables.
            raise LedgerUnavailableError(
                f"the ledger's database cannot be used: {error}"
            ) from error
        self._dsn = dsn
        # A name of a channel has up to 63 bytes.
        self._channel = f"shipfrom_{hashlib.sha256(schema.encode()).hexdigest()[:16]}"
        self._own = uuid4().hex
        self._listeners: list[Listener] = []
        self._runner = Runner(dsn, schema, most_connections, patience_s)
        self._writers = GroupWriters(self._runner, max(1, most_connections // 2), self._notify)

    def close(self) -> None:
        """Finish the writes that were asked for and let go of every connection. Repeatable."""
        for listener in self._listeners:
            listener.close()
        self._writers.close()
        self._runner.close()

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake` soon after another process has written; see `Listener`.

        Returns
        -------
        callable
            Ends it, as closing the database does.
        """
        listener = Listener(self._dsn, self._channel, self._own, wake)
        self._listeners.append(listener)
        return listener.close

    def _notify(self) -> None:
        self._runner.try_once(sql.NOTIFY, (self._channel, self._own))

    def submit(self, work: Work[T], *, repeatable: bool = True) -> Future[T]:
        """Queue a write; the future is done once it is committed. See `write`.

        Raises
        ------
        LedgerUnavailableError
            The database is closed.
        """

        def alone(
            connection: Connection,
            requests: Sequence[None],
            run_on: RunOn,
            commit: Callable[[], None],
        ) -> Sequence[T | Exception]:
            del requests, run_on, commit
            return (work(connection),)

        future, tell = future_and_tell()
        self.submit_jobs([Job(alone, None, 0, tell, repeatable)])
        return future

    def submit_jobs(self, jobs: Sequence[Job]) -> None:
        """Queue writes; those of one work may be done together, and with others of it.

        A work may be run several times.

        Raises
        ------
        LedgerUnavailableError
            The database is closed.
        """
        self._writers.submit(jobs)

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

    def read_sql(self, work: Callable[[Sql], T]) -> T:
        """See `SqlDatabase.read_sql`."""
        return self.read(lambda connection: work(PostgresSql(connection)))

    def write_sql(self, work: Callable[[Sql], T], *, repeatable: bool = True) -> T:
        """See `SqlDatabase.write_sql`."""
        return self.write(lambda connection: work(PostgresSql(connection)), repeatable=repeatable)

    def submit_sql(self, work: Callable[[Sql], T]) -> Future[T]:
        """See `SqlDatabase.submit_sql`."""
        return self.submit(lambda connection: work(PostgresSql(connection)))

    def read_settled(self, work: Callable[[Connection, int], T]) -> T:
        """Run a read that is also told up to which version everything is finished.

        What it reads contains everything up to that version, and perhaps some of what
        comes after it.

        Raises
        ------
        LedgerUnavailableError
            The database stayed away.
        """

        def attempt(connection: Connection, committing: Committing) -> T:
            del committing
            row = connection.execute(sql.HORIZON).fetchone()
            connection.commit()
            connection.execute(sql.READ_ONLY)
            return work(connection, int(row[0]) if row else 0)

        return self._runner.run(attempt)

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
