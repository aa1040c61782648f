"""Levels, plans, entries and remembered answers."""

from __future__ import annotations

from typing import Final

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
        expiry_date text,
        received_date text,
        PRIMARY KEY (item_id, location_id, lot_id)
    ) WITH (fillfactor = 80)
    """,
    "CREATE INDEX level_by_location ON level (location_id, item_id, lot_id)",
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
