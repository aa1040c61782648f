"""The tables, and how an older database becomes a current one.

Migrations are never edited once released: a change is a further item at the end. Ids sort
by their bytes (collation C), which is also the order in which the program locks them.
"""

from __future__ import annotations

from typing import Any, Final

import psycopg
from psycopg import sql

from allocation.ledger.schema_check import refuse_newer

LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('shipfrom ledger ' || %s, 0))"

CREATE_VERSION_TABLE: Final = """
CREATE TABLE IF NOT EXISTS schema_version (
    version integer PRIMARY KEY
)
"""

TABLES: Final = (
    """
    CREATE TABLE level (
        item_id text COLLATE "C" NOT NULL,
        location_id text COLLATE "C" NOT NULL,
        lot_id text COLLATE "C" NOT NULL,
        owner text NOT NULL CHECK (owner IN ('engine', 'mirror')),
        on_hand bigint NOT NULL,
        unavailable bigint NOT NULL,
        held bigint NOT NULL,
        committed bigint NOT NULL,
        safety_stock bigint NOT NULL,
        incoming text NOT NULL,
        observed_us bigint,
        update_us bigint NOT NULL,
        PRIMARY KEY (item_id, location_id, lot_id)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX level_by_location ON level (location_id)",
    """
    CREATE TABLE plan (
        plan_id text COLLATE "C" PRIMARY KEY,
        payload bytea NOT NULL,
        create_us bigint NOT NULL,
        expire_us bigint NOT NULL,
        revision bigint NOT NULL,
        state text NOT NULL
    )
    """,
    "CREATE INDEX plan_by_expiry ON plan (expire_us) WHERE state = 'held'",
    """
    CREATE TABLE plan_row (
        plan_id text COLLATE "C" NOT NULL REFERENCES plan (plan_id),
        row_number integer NOT NULL,
        line_id text NOT NULL,
        part integer NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        location_id text COLLATE "C" NOT NULL,
        lot_id text COLLATE "C" NOT NULL,
        quantity bigint NOT NULL CHECK (quantity > 0),
        state text NOT NULL
            CHECK (state IN ('held', 'committed', 'fulfilled', 'released', 'expired')),
        commit_us bigint,
        fulfill_us bigint,
        expire_us bigint NOT NULL,
        PRIMARY KEY (plan_id, row_number)
    )
    """,
    """
    CREATE INDEX plan_row_by_expiry ON plan_row (item_id, location_id, lot_id, expire_us)
    WHERE state = 'held'
    """,
    """
    CREATE INDEX plan_row_by_commit ON plan_row (item_id, location_id, lot_id, state, commit_us)
    WHERE commit_us IS NOT NULL
    """,
    """
    CREATE INDEX plan_row_by_fulfill ON plan_row (item_id, location_id, lot_id, fulfill_us)
    WHERE fulfill_us IS NOT NULL
    """,
    """
    CREATE TABLE entry (
        entry_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        version bigint NOT NULL,
        time_us bigint NOT NULL,
        item_id text COLLATE "C" NOT NULL,
        location_id text COLLATE "C" NOT NULL,
        lot_id text COLLATE "C" NOT NULL,
        reason text NOT NULL,
        on_hand bigint NOT NULL,
        unavailable bigint NOT NULL,
        held bigint NOT NULL,
        committed bigint NOT NULL,
        safety_stock bigint NOT NULL,
        plan_id text,
        line_id text,
        request_id text NOT NULL,
        comment text NOT NULL
    )
    """,
    "CREATE INDEX entry_by_version ON entry (version, entry_id)",
    "CREATE INDEX entry_by_level ON entry (item_id, location_id, lot_id, time_us)",
    """
    CREATE TABLE request (
        request_id text COLLATE "C" PRIMARY KEY,
        fingerprint bytea NOT NULL,
        time_us bigint NOT NULL,
        version bigint NOT NULL,
        answer text NOT NULL
    )
    """,
    """
    CREATE TABLE head (
        id integer PRIMARY KEY CHECK (id = 1),
        version_offset bigint NOT NULL
    )
    """,
    "INSERT INTO head (id, version_offset) VALUES (1, 0)",
)

APPEND_ONLY: Final = (
    """
    CREATE FUNCTION refuse_entry_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'entries are never changed or deleted'; END
    $$
    """,
    """
    CREATE TRIGGER entry_is_append_only BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION refuse_entry_change()
    """,
)

MIGRATIONS: Final = (TABLES, APPEND_ONLY)
"""What leads from version `n` to `n + 1`."""

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
