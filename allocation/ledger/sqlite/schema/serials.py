"""Which plan has each unit that has a serial, and which lot was picked."""

from __future__ import annotations

from typing import Final

SERIALS: Final = (
    "ALTER TABLE plan_row ADD COLUMN serials TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE plan_row ADD COLUMN picked_lot_id TEXT NOT NULL DEFAULT ''",
    """
    CREATE TABLE serial (
        item_id TEXT NOT NULL,
        serial TEXT NOT NULL,
        plan_id TEXT NOT NULL,
        until_us INTEGER,
        shipped INTEGER NOT NULL CHECK (shipped IN (0, 1)),
        PRIMARY KEY (item_id, serial)
    ) STRICT, WITHOUT ROWID
    """,
)
