"""Rule sets in the ledger's PostgreSQL schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from allocation.ledger.postgres import sql
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.queries import Connection
from allocation.rule_store.session import Session
from allocation.rule_store.sql_session import SqlSession
from allocation.rule_store.store import RuleStore

T = TypeVar("T")


class PostgresRuleStore(RuleStore):
    """Keeps rule sets in a database, which its owner closes."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def _read(self, work: Callable[[Session], T]) -> T:
        return self._database.read(lambda connection: work(SqlSession(connection, "%s")))

    def _write(self, work: Callable[[Session], T]) -> T:
        def at_one_instant(connection: Connection) -> T:
            # Else another activation may come between the look at the etag and the next one.
            # Numbers are unique: of two who saw the same, one begins anew.
            connection.execute(sql.ONE_INSTANT)
            return work(SqlSession(connection, "%s"))

        return self._database.write(at_one_instant)
