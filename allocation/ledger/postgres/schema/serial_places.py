"""Where each unit that has a serial is."""

from __future__ import annotations

from typing import Final

SERIAL_PLACES: Final = (
    "ALTER TABLE serial ADD COLUMN location_id text COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE serial ADD COLUMN lot_id text COLLATE \"C\" NOT NULL DEFAULT ''",
    "ALTER TABLE serial ADD COLUMN set_aside boolean NOT NULL DEFAULT false",
    """
    CREATE INDEX serial_by_place ON serial (item_id, location_id, lot_id) WHERE location_id <> ''
    """,
)
