"""Which plan has each unit that has a serial, and which lot was picked."""

from __future__ import annotations

from typing import Final

SERIALS: Final = (
    "ALTER TABLE plan_row ADD COLUMN serials text NOT NULL DEFAULT '[]'",
    "ALTER TABLE plan_row ADD COLUMN picked_lot_id text COLLATE \"C\" NOT NULL DEFAULT ''",
    """
    CREATE TABLE serial (
        item_id text COLLATE "C" NOT NULL,
        serial text COLLATE "C" NOT NULL,
        plan_id text COLLATE "C" NOT NULL,
        until_us bigint,
        shipped boolean NOT NULL,
        PRIMARY KEY (item_id, serial)
    )
    """,
)
