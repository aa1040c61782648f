"""Queries of figures that both engines understand; `%s` stands for a parameter."""

from __future__ import annotations

from typing import Final

from routing.daily_capacity import CAPACITY_PREFIX

_IS_STOCK: Final = f"item_id NOT LIKE '{CAPACITY_PREFIX}%%'"

VERSION: Final = "SELECT coalesce(max(version), 0) FROM schema_version"
LAST_ENTRY: Final = "SELECT time_us FROM entry ORDER BY entry_id DESC LIMIT 1"
LEVELS: Final = f"SELECT count(*) FROM level WHERE {_IS_STOCK}"  # noqa: S608  # constants only
OVERDUE: Final = "SELECT count(*) FROM plan WHERE state = 'held' AND expire_us < %s"
OLD_COMMITMENTS: Final = "SELECT count(*) FROM plan WHERE state = 'committed' AND create_us < %s"
OVERSOLD: Final = (
    f"SELECT count(*) FROM level WHERE {_IS_STOCK} "  # noqa: S608  # constants only
    "AND on_hand - unavailable - held - committed < 0"
)
OBSERVED: Final = (
    "SELECT location_id, max(observed_us) FROM level "
    "WHERE observed_us IS NOT NULL GROUP BY location_id"
)
