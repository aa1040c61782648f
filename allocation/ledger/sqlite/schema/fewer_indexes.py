"""Finding plans that have run out by their expiry alone, and not level by level, too.

An index by level is written to in as many places as a plan has rows. Few plans have run out at
any time, as they are swept; who else looks for plans by level looks for lots or counters.
"""

from __future__ import annotations

from typing import Final

FEWER_INDEXES: Final = (
    "DROP INDEX plan_row_by_expiry",
    """
    CREATE INDEX plan_row_by_mark ON plan_row (item_id, location_id, lot_id)
    WHERE state = 'held' AND (lot_id <> '' OR item_id >= '~')
    """,
)
