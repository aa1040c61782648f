"""Portable statements on SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from allocation.ledger.portable.sql import Cursor


class SqliteSql:
    """Implements `Sql` on a connection inside a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def run(self, statement: str, *values: Any) -> Cursor:
        """See `Sql.run`."""
        return self._connection.execute(statement, values)

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """See `Sql.run_many`."""
        self._connection.executemany(statement, rows)
