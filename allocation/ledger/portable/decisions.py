"""Records of decisions in a database."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import datetime
from typing import Final

from allocation.ledger.decisions import digest_of
from allocation.ledger.instants import to_us
from allocation.ledger.portable.sql import Sql, SqlDatabase

ADD: Final = """
INSERT INTO decision (plan_id, time_us, record) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
"""
FIND: Final = "SELECT record FROM decision WHERE plan_id = ?"
ADD_CONTENT: Final = "INSERT INTO content (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING"
CONTENT: Final = "SELECT content FROM content WHERE digest = ?"


class SqlDecisions:
    """Implements `Decisions` in a database, which its owner closes."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    def keep(self, plan_id: str, record: bytes, *, now: datetime) -> Future[None]:
        """See `Decisions.keep`."""

        def add(sql: Sql) -> None:
            sql.run(ADD, plan_id, to_us(now), record)

        return self._database.submit_sql(add)

    def find(self, plan_id: str) -> bytes | None:
        """See `Decisions.find`."""
        # PostgreSQL knows no text with a NUL, so no plan has one.
        return None if "\0" in plan_id else self._one(FIND, plan_id)

    def keep_contents(self, contents: Iterable[bytes]) -> None:
        """See `Decisions.keep_contents`."""
        # In one order everywhere, so that two processes cannot wait for each other.
        rows = sorted({digest_of(content): content for content in contents}.items())
        self._database.write_sql(lambda sql: sql.run_many(ADD_CONTENT, rows))

    def content(self, digest: bytes) -> bytes | None:
        """See `Decisions.content`."""
        return self._one(CONTENT, digest)

    def _one(self, statement: str, value: str | bytes) -> bytes | None:
        return self._database.read_sql(
            lambda sql: next((bytes(row[0]) for row in sql.run(statement, value)), None)
        )
