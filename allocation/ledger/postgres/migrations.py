"""Bringing a database up to date; what its tables are is in `schema`."""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from allocation.ledger.postgres.schema import MIGRATIONS
from allocation.ledger.schema_check import refuse_newer

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('shipfrom ledger ' || %s, 0))"

CREATE_VERSION_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_version (
    version integer PRIMARY KEY
)
"""

RAISE_OFFSET: Final = """
UPDATE head SET version_offset = version_offset + behind.by
FROM (
    SELECT (SELECT max(version) FROM entry)
        - (pg_current_xact_id()::text::bigint + version_offset) AS by
    FROM head
) AS behind
WHERE behind.by > 0
"""
"""A database that was restored into another cluster has transaction ids that start over;
the offset keeps versions growing."""


def migrate(connection: psycopg.Connection[Any], schema: str, upto: int = len(MIGRATIONS)) -> None:
    """Bring a schema to version `upto`, all or nothing, one server at a time.

    Raises
    ------
    LedgerSchemaError
        It was written by a newer version of the program; it is left alone.
    """
    with connection.transaction():
        connection.execute(LOCK, (schema,))
        name = sql.Identifier(schema)
        connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
        connection.execute(CREATE_VERSION_TABLE)
        row = connection.execute("SELECT max(version) FROM schema_version").fetchone()
        current = int(row[0] or 0) if row else 0
        refuse_newer(current, known=len(MIGRATIONS))
        for version in range(current + 1, upto + 1):
            for statement in MIGRATIONS[version - 1]:
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (version,))
        connection.execute(RAISE_OFFSET)
