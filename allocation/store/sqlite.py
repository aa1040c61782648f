"""A store in one SQLite file."""

from __future__ import annotations

from pathlib import Path

from allocation.ledger.portable.decisions import SqlDecisions
from allocation.ledger.portable.network_log import SqlNetworkLog
from allocation.ledger.portable.retention import SqlRetention
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.sqlite.database import SqliteDatabase
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
        decisions=SqlDecisions(database),
        network=SqlNetworkLog(database),
        rules=SqliteRuleStore(database),
        retention=SqlRetention(database),
        close=database.close,
    )
