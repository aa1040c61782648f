"""Levels, plans, entries and remembered answers."""

from __future__ import annotations

from typing import Final

TABLES: Final = (
    """
    CREATE TABLE level (
        item_id TEXT NOT NULL,
        location_id TEXT NOT NULL,
        lot_id TEXT NOT NULL,
        owner TEXT NOT NULL CHECK (owner IN ('engine', 'mirror')),
        on_hand INTEGER NOT NULL,
        unavailable INTEGER NOT NULL,
        held INTEGER NOT NULL,
        committed INTEGER NOT NULL,
        safety_stock INTEGER NOT NULL,
        incoming TEXT NOT NULL,
        observed_us INTEGER,
        update_us INTEGER NOT NULL,
        expiry_date TEXT,
        received_date TEXT,
        PRIMARY KEY (item_id, location_id, lot_id)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX level_by_location ON level (location_id, item_id, lot_id)",
    """
    CREATE TABLE plan (
        plan_id TEXT PRIMARY KEY,
        payload BLOB NOT NULL,
        create_us INTEGER NOT NULL,
        expire_us INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        state TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX plan_by_expiry ON plan (expire_us) WHERE state = 'held'",
    """
    CREATE TABLE plan_row (
        plan_id TEXT NOT NULL REFERENCES plan (plan_id),
        row_number INTEGER NOT NULL,
        line_id TEXT NOT NULL,
        part INTEGER NOT NULL,
        item_id TEXT NOT NULL,
        location_id TEXT NOT NULL,
        lot_id TEXT NOT NULL,
        quantity INTEGER NOT NULL CHECK (quantity > 0),
        state TEXT NOT NULL
            CHECK (state IN ('held', 'committed', 'fulfilled', 'released', 'expired')),
        commit_us INTEGER,
        fulfill_us INTEGER,
        expire_us INTEGER NOT NULL,
        PRIMARY KEY (plan_id, row_number)
    ) STRICT, WITHOUT ROWID
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
        entry_id INTEGER PRIMARY KEY,
        version INTEGER NOT NULL CHECK (version >= entry_id),
        time_us INTEGER NOT NULL,
        item_id TEXT NOT NULL,
        location_id TEXT NOT NULL,
        lot_id TEXT NOT NULL,
        reason TEXT NOT NULL,
        on_hand INTEGER NOT NULL,
        unavailable INTEGER NOT NULL,
        held INTEGER NOT NULL,
        committed INTEGER NOT NULL,
        safety_stock INTEGER NOT NULL,
        plan_id TEXT,
        line_id TEXT,
        request_id TEXT NOT NULL,
        comment TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX entry_by_level ON entry (item_id, location_id, lot_id, time_us)",
    """
    CREATE TABLE request (
        request_id TEXT PRIMARY KEY,
        fingerprint BLOB NOT NULL,
        time_us INTEGER NOT NULL,
        version INTEGER NOT NULL,
        answer TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)
