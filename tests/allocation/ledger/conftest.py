"""Stores for the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from allocation.ledger.postgres import PostgresLedger
from tests.allocation.ledger.postgres_server import Server


@pytest.fixture
def postgres(server: Server, schema: str) -> Iterator[PostgresLedger]:
    ledger = PostgresLedger(server.dsn, schema=schema)
    yield ledger
    ledger.close()
