"""Letting go in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.sql_retention import Cursor, Run, SqlRetention

T = TypeVar("T")


class PostgresRetention(SqlRetention):
    """Forgets in a database, which its owner closes."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def _read(self, work: Callable[[Run], T]) -> T:
        return self._database.read(lambda connection: work(_runner(connection)))

    def _write(self, work: Callable[[Run], T]) -> T:
        return self._database.write(lambda connection: work(_runner(connection)))


def _runner(connection: Connection) -> Run:
    def run(statement: str, *values: Any) -> Cursor:
        return connection.execute(statement.replace("?", "%s"), values)

    return run
