"""Running transactions until they succeed or there is no more time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres.queries import Connection

T = TypeVar("T")

CONFLICTS: Final = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.UniqueViolation,
    errors.LockNotAvailable,
)
"""Another transaction was in the way; nothing was written, and the next attempt may succeed."""

_AWAY: Final = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
"""The database is not there, or is not the primary any more."""

_BRIEFLY_S: Final = 0.005
"""Long enough to take a connection that is there; writers do not wait for one."""
_PAUSES_S: Final = (0.002, 0.005, 0.01, 0.02, 0.05)


class Committing:
    """Says whether a lost connection may have lost the answer to a commit."""

    def __init__(self) -> None:
        self.begun = False


class Runner:
    """Lends connections to attempts, and makes further attempts where that is safe.

    Parameters
    ----------
    dsn
        libpq connection string.
    schema
        Where the tables are.
    most_connections
        Most connections at once; further calls wait for one.
    patience_s
        How long a call goes on trying while the database is away or busy.
    """

    def __init__(self, dsn: str, schema: str, most_connections: int, patience_s: float) -> None:
        self._schema = schema
        self._patience_s = patience_s
        self._pool: ConnectionPool[psycopg.Connection[tuple[Any, ...]]] = ConnectionPool(
            dsn,
            min_size=1,
            max_size=most_connections,
            configure=self._configure,
            timeout=patience_s,
            reconnect_timeout=patience_s,
            open=False,
        )
        self._pool.open()

    def close(self) -> None:
        """Close every connection. Repeatable."""
        self._pool.close()

    def run(
        self,
        attempt: Callable[[Connection, Committing], T],
        *,
        repeatable: bool = True,
        waits_for_locks: bool = True,
    ) -> T:
        """Return what `attempt` returns, with its transaction committed.

        Parameters
        ----------
        attempt
            Called with a connection inside a transaction; sets `Committing.begun` when
            only the commit is left.
        repeatable
            Whether running it again does no harm when it took effect before.
        waits_for_locks
            Whether to try again when another transaction keeps a row locked.

        Raises
        ------
        psycopg.errors.LockNotAvailable
            A row was locked and `waits_for_locks` is false.
        LedgerUnavailableError
            The database stayed away, or went away during a commit that cannot be repeated.
        """
        give_up = time.monotonic() + self._patience_s
        attempts = 0
        while True:
            committing = Committing()
            try:
                with self._pool.connection(timeout=max(0.01, give_up - time.monotonic())) as lent:
                    return _on_writable(lent, attempt, committing)
            except CONFLICTS as error:
                if isinstance(error, errors.LockNotAvailable) and not waits_for_locks:
                    raise
                if time.monotonic() >= give_up:
                    raise _unavailable(error) from error
            except (PoolTimeout, PoolClosed) as error:
                raise _unavailable(error) from error
            except _AWAY as error:
                lost_answer = committing.begun and not repeatable
                if lost_answer or time.monotonic() >= give_up:
                    raise _unavailable(error) from error
                # The other connections of the pool are likely to be gone as well.
                self._pool.check()
            time.sleep(_PAUSES_S[min(attempts, len(_PAUSES_S) - 1)])
            attempts += 1

    def try_once(self, statement: str, values: Sequence[object]) -> None:
        """Run a statement that nothing depends on, if a connection is there for it."""
        with (
            suppress(psycopg.Error, PoolTimeout, PoolClosed),
            self._pool.connection(timeout=_BRIEFLY_S) as lent,
        ):
            lent.execute(statement, values)

    def _configure(self, connection: Connection) -> None:
        set_config = "SELECT set_config(%s, %s, false)"
        connection.execute(set_config, ("search_path", self._schema))
        connection.execute(set_config, ("lock_timeout", f"{int(self._patience_s * 1_000)}ms"))
        # A server that lost its network must not keep rows locked.
        connection.execute(set_config, ("idle_in_transaction_session_timeout", "60s"))
        connection.execute(set_config, ("synchronous_commit", "on"))
        connection.commit()


def _on_writable(
    lent: Connection, attempt: Callable[[Connection, Committing], T], committing: Committing
) -> T:
    """Run an attempt; do not lend its connection again if the database is read-only now.

    After a failover that is what became of the old primary; a new connection finds the new one.
    """
    try:
        return attempt(lent, committing)
    except errors.ReadOnlySqlTransaction:
        lent.close()
        raise


def _unavailable(error: Exception) -> LedgerUnavailableError:
    return LedgerUnavailableError(
        f"the ledger's database cannot be used ({type(error).__name__}); try again under the "
        "same request_id"
    )
