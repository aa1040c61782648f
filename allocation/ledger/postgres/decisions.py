"""Records of decisions in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from datetime import datetime
from typing import Final

from allocation.ledger.decisions import digest_of
from allocation.ledger.instants import to_us
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.queries import Connection
from allocation.ledger.postgres.sql import ADD_DECISION

FIND: Final = "SELECT record FROM decision WHERE plan_id = %s"
ADD_CONTENTS: Final = """
INSERT INTO content (digest, content)
SELECT * FROM unnest(%s::bytea[], %s::bytea[]) AS n (digest, content)
ORDER BY n.digest
ON CONFLICT DO NOTHING
"""
CONTENT: Final = "SELECT content FROM content WHERE digest = %s"


class PostgresDecisions:
    """Implements `Decisions`."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._database = database

    def keep(self, plan_id: str, record: bytes, *, now: datetime) -> Future[None]:
        """See `Decisions.keep`."""
        values = (plan_id, to_us(now), record)

        def add(connection: Connection) -> None:
            connection.execute(ADD_DECISION, values)

        return self._database.submit(add)

    def find(self, plan_id: str) -> bytes | None:
        """See `Decisions.find`."""
        # PostgreSQL knows no text with a NUL, so no plan has one.
        return None if "\0" in plan_id else self._one(FIND, plan_id)

    def keep_contents(self, contents: Iterable[bytes]) -> None:
        """See `Decisions.keep_contents`."""
        rows = {digest_of(content): content for content in contents}

        def add(connection: Connection) -> None:
            connection.execute(ADD_CONTENTS, (list(rows), list(rows.values())))

        self._database.write(add)

    def content(self, digest: bytes) -> bytes | None:
        """See `Decisions.content`."""
        return self._one(CONTENT, digest)

    def _one(self, statement: str, value: str | bytes) -> bytes | None:
        def read(connection: Connection) -> bytes | None:
            row = connection.execute(statement, (value,)).fetchone()
            return None if row is None else bytes(row[0])

        return self._database.read(read)
