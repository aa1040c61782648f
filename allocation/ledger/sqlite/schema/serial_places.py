"""Where each unit that has a serial is."""

from __future__ import annotations

from typing import Final

SERIAL_PLACES: Final = (
    "ALTER TABLE serial ADD COLUMN location_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE serial ADD COLUMN lot_id TEXT NOT NULL DEFAULT ''",
    """
    ALTER TABLE serial ADD COLUMN set_aside INTEGER NOT NULL DEFAULT 0 CHECK (set_aside IN (0, 1))
    """,
    """
    CREATE INDEX serial_by_place ON serial (item_id, location_id, lot_id) WHERE location_id <> ''
    """,
)
