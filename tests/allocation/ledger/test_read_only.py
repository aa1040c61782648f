"""A database that takes no writes, as a standby and a former primary do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
import pytest

from allocation.ledger.conformance.scene import assert_clean, hold, stock
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.postgres import PostgresLedger
from tests.allocation.ledger.postgres_server import Server

OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@contextmanager
def read_only(server: Server) -> Iterator[None]:
    """Let a database take no writes of whoever connects from now on."""
    writable = "-c default_transaction_read_only=off"
    with psycopg.connect(server.dsn, autocommit=True, options=writable) as connection:
        connection.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        try:
            connection.execute(OTHERS)
            yield
        finally:
            connection.execute("ALTER DATABASE postgres RESET default_transaction_read_only")


def test_a_ledger_on_it_is_unavailable_and_works_when_it_takes_writes_again(
    server: Server, schema: str
) -> None:
    with closing(PostgresLedger(server.dsn, schema=schema, patience_s=0.5)) as ledger:
        stock(ledger, 5)
        with read_only(server), pytest.raises(LedgerUnavailableError, match="ReadOnly"):
            hold(ledger)
        hold(ledger)
        assert_clean(ledger)


def test_a_ledger_that_is_new_to_it_cannot_be_opened(server: Server, schema: str) -> None:
    with read_only(server), pytest.raises(LedgerUnavailableError, match="read-only"):
        PostgresLedger(server.dsn, schema=schema)
