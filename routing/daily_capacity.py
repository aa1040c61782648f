"""What a location takes on in a day, as counters that a ledger can keep beside its stock.

A counter is a level of a pseudo-item: one per measure and day. What is taken of it is what
it falls below zero, so that it obeys the rules that hold for units of stock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final

from routing.ids import ItemId, LineId, LocationId

CAPACITY_PREFIX: Final = "~capacity/"

WHOLE_ORDER: Final = LineId("")
"""Stands for the line of what an order takes once."""


class Measure(Enum):
    """What a limit counts."""

    ORDERS = "orders"
    LINES = "lines"
    UNITS = "units"


class PeriodMeasure(Enum):
    """What a share of the volume is counted in, and for how long."""

    DAY_ORDERS = "day-orders"
    DAY_UNITS = "day-units"
    WEEK_ORDERS = "week-orders"
    WEEK_UNITS = "week-units"
    MONTH_ORDERS = "month-orders"
    MONTH_UNITS = "month-units"


ORDER_MEASURES: Final = frozenset(
    {PeriodMeasure.DAY_ORDERS, PeriodMeasure.WEEK_ORDERS, PeriodMeasure.MONTH_ORDERS}
)
"""Those that count an order once at each location; the others count units."""

WITHOUT_LIMIT: Final = 10**15
"""Stands for the limit of what is only counted."""


@dataclass(frozen=True, slots=True)
class CapacityTake:
    """What an order takes of a location's day, or adds to its volume of a period.

    Attributes
    ----------
    day
        Day on which the location sends it, in its own time zone; of a period, its last day.
    quantity
        At least 1; units are line units in increments.
    most
        Limit for all orders together, in the same unit; `WITHOUT_LIMIT` of a period.
    line_id
        `WHOLE_ORDER` for what is taken once.
    """

    location_id: LocationId
    day: date
    measure: Measure | PeriodMeasure
    quantity: int
    most: int
    line_id: LineId = WHOLE_ORDER


def capacity_item(measure: Measure | PeriodMeasure, day: date) -> ItemId:
    """Return the pseudo-item that counts a measure on a day, or in a period up to it."""
    return ItemId(f"{CAPACITY_PREFIX}{measure.value}/{day.isoformat()}")


def is_capacity_item(item_id: str) -> bool:
    """Say whether an id is that of a counter; no item may have such an id."""
    return item_id.startswith(CAPACITY_PREFIX)


def is_period_item(item_id: str) -> bool:
    """Say whether a counter is that of a period's volume, whenever in it the units leave."""
    measure = item_id.removeprefix(CAPACITY_PREFIX).split("/")[0]
    return any(measure == each.value for each in PeriodMeasure)


def counted_day(item_id: str) -> date:
    """Return the day that a counter is for, or the last of its period."""
    return date.fromisoformat(item_id.rsplit("/", 1)[1])


def counter_name(item_id: str) -> str:
    """Return a counter in words: `orders on 2026-11-26`."""
    measure, day = item_id.removeprefix(CAPACITY_PREFIX).split("/")
    return f"{measure} on {day}"
