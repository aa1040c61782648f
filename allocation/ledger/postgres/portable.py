"""Portable statements on PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from allocation.ledger.portable.sql import Cursor
from allocation.ledger.postgres.queries import Connection


class PostgresSql:
    """Implements `Sql` on a connection inside a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def run(self, statement: str, *values: Any) -> Cursor:
        """See `Sql.run`."""
        return self._connection.execute(statement.replace("?", "%s"), values)

    def run_many(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        """See `Sql.run_many`."""
        with self._connection.cursor() as cursor:
            cursor.executemany(statement.replace("?", "%s"), rows)
