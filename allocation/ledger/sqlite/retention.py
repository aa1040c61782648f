"""Letting go in a SQLite file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allocation.ledger.sql_retention import Cursor, Run, SqlRetention
from allocation.ledger.sqlite.database import Connection, SqliteDatabase

T = TypeVar("T")


class SqliteRetention(SqlRetention):
    """Forgets in a database, which its owner closes."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._database = database

    def _read(self, work: Callable[[Run], T]) -> T:
        return self._database.read(lambda connection: work(_runner(connection)))

    def _write(self, work: Callable[[Run], T]) -> T:
        return self._database.write(lambda connection: work(_runner(connection)))


def _runner(connection: Connection) -> Run:
    def run(statement: str, *values: Any) -> Cursor:
        return connection.execute(statement, values)

    return run
