"""Fulfilled units by week, as every store of the ledger counts them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from allocation.ledger.instants import to_us
from allocation.low_stock.demand import WEEK_DAYS, WEEKS, WeekDemand
from routing.ids import ItemId, LocationId

WEEK_US: Final = WEEK_DAYS * 86_400 * 1_000_000
NO_LONGER_US: Final = WEEKS * WEEK_US
"""What left so long ago, or longer, is not looked at."""


def weeks_ago(fulfill_time: datetime, now: datetime) -> int | None:
    """Return in which week before `now` something left; ``None`` if in none of them."""
    ago_us = to_us(now) - to_us(fulfill_time)
    return ago_us // WEEK_US if 0 <= ago_us < NO_LONGER_US else None


def demand_from(rows: Iterable[tuple[str, str, int, int]]) -> tuple[WeekDemand, ...]:
    """Return rows of (item, location, week, increments) as demand."""
    return tuple(
        WeekDemand(ItemId(item), LocationId(location), int(week), int(increments))
        for item, location, week, increments in rows
    )
