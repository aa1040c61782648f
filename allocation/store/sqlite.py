"""A store in one SQLite file."""

from __future__ import annotations

from pathlib import Path

from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.sqlite.database import SqliteDatabase
from allocation.ledger.sqlite.decisions import SqliteDecisions
from allocation.ledger.sqlite.network_log import SqliteNetworkLog
from allocation.ledger.sqlite.retention import SqliteRetention
from allocation.ledger.sqlite.rule_store import SqliteRuleStore
from allocation.store.api import Store


def sqlite_store(path: Path) -> Store:
    """Open a file; it is made, or brought up to date, if need be.

    Raises
    ------
    LedgerUnavailableError
        It cannot be used, or was written by a newer version of the program.
    """
    database = SqliteDatabase(path)
    return Store(
        kind="sqlite",
        ledger=SqliteLedger(database),
        decisions=SqliteDecisions(database),
        network=SqliteNetworkLog(database),
        rules=SqliteRuleStore(database),
        retention=SqliteRetention(database),
        close=database.close,
    )
