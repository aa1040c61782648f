"""A store in PostgreSQL."""

from __future__ import annotations

from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.rule_store import PostgresRuleStore
from allocation.store.api import Store


def postgres_store(dsn: str) -> Store:
    """Open a database; its tables are made, or brought up to date, if need be.

    Raises
    ------
    LedgerUnavailableError
        It cannot be reached, or was written by a newer version of the program.
    """
    database = PostgresDatabase(dsn)
    return Store(
        kind="postgresql",
        ledger=PostgresLedger(database),
        rules=PostgresRuleStore(database),
        close=database.close,
    )
