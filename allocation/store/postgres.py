"""A store in PostgreSQL."""

from __future__ import annotations

from allocation.ledger.portable.decisions import SqlDecisions
from allocation.ledger.portable.network_log import SqlNetworkLog
from allocation.ledger.portable.retention import SqlRetention
from allocation.ledger.postgres import PostgresLedger
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.rule_store import PostgresRuleStore
from allocation.store.api import Store


def postgres_store(dsn: str, *, schema: str = "shipfrom") -> Store:
    """Open a database; its tables are made, or brought up to date, in `schema` if need be.

    Raises
    ------
    LedgerUnavailableError
        It cannot be reached, or was written by a newer version of the program.
    """
    database = PostgresDatabase(dsn, schema=schema)
    return Store(
        kind="postgresql",
        ledger=PostgresLedger(database),
        decisions=SqlDecisions(database),
        network=SqlNetworkLog(database),
        rules=PostgresRuleStore(database),
        retention=SqlRetention(database),
        close=database.close,
    )
