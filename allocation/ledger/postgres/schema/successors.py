"""Which plan took the place of a plan."""

from __future__ import annotations

from typing import Final

SUCCESSORS: Final = (
    "ALTER TABLE plan ADD COLUMN replaced_by text COLLATE \"C\" NOT NULL DEFAULT ''",
)
