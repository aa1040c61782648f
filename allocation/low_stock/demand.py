"""Demand: what left a location in each of the last weeks, and what a lead time asks for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from routing.ids import ItemId, LocationId

WEEKS: Final = 8
"""Weeks looked back on, each seven days back from now."""

WEEK_DAYS: Final = 7
WINDOW_DAYS: Final = WEEKS * WEEK_DAYS

DEFAULT_LEAD_TIME_DAYS: Final = 7
"""Of items that have none of their own."""

SERVICE_Z: Final = 1.645
"""Standard deviations above the mean that 95 % of lead times stay below."""


class WeekDemand(NamedTuple):
    """What was fulfilled of an item at a location in one week.

    Attributes
    ----------
    weeks_ago
        0 for the seven days until now, up to `WEEKS` - 1.
    increments
        At least 1.
    """

    item_id: ItemId
    location_id: LocationId
    weeks_ago: int
    increments: int


@dataclass(frozen=True, slots=True)
class LeadTimeDemand:
    """Demand of one lead time: weekly figures of the past, scaled to its days.

    With weekly demand of mean m and standard deviation s, demand over L days has mean
    m L / 7 and, weeks being independent, standard deviation s sqrt(L / 7). See P. L. King,
    "Crack the code: Understanding safety stock and mastering its equations", APICS
    magazine, July/August 2011; Silver, Pyke & Thomas, "Inventory and Production
    Management in Supply Chains", 4th ed. 2017, ch. 6.

    Attributes
    ----------
    total
        Increments in all weeks together.
    lead_time_days
        At least 1.
    root
        Standard deviation of one lead time's demand, times `WINDOW_DAYS`.
    """

    total: int
    lead_time_days: int
    root: float

    @classmethod
    def of(cls, weeks: Sequence[int], lead_time_days: int) -> LeadTimeDemand:
        """Return what increments per week, weeks without any left out or 0, make of it."""
        total = sum(weeks)
        spread = WEEKS * sum(week * week for week in weeks) - total * total
        # Sample variance of a week: spread / (8 * 7); times L / 7, times 56 squared.
        return cls(total, lead_time_days, math.sqrt(float(WEEKS * spread) * lead_time_days))

    @property
    def expected(self) -> int:
        """Increments that a lead time asks for on average, rounded up."""
        return -(-self.total * self.lead_time_days // WINDOW_DAYS)

    @property
    def buffer(self) -> int:
        """Increments on top of it that cover 95 % of lead times, rounded up."""
        return math.ceil(SERVICE_Z * self.root / WINDOW_DAYS)

    def surplus(self, increments: int) -> int:
        """Return how much more there is than a lead time asks for, times `WINDOW_DAYS`."""
        return WINDOW_DAYS * increments - self.total * self.lead_time_days
