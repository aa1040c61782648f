"""Lane sheets: the lanes of a network to one rate area, worked out once for many orders.

Nothing on a sheet depends on what is ordered, only on where it goes, how fast, and which
cutoffs lie ahead. What does depend on the order is decided on top of it, in `build`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from routing.network import Network
from routing.order import Order
from routing.sourcing.lanes import LaneFacts, make_lanes
from routing.sourcing.rate_area import address_kinds, delivery_areas, rate_area


@dataclass(frozen=True, slots=True)
class TimedSheet:
    """Lanes, and the stretch of order times they hold for: `since` inclusive, `until` not."""

    facts: LaneFacts
    since: datetime
    until: datetime


MOST_IDLE: Final = 1_024
"""So many lanes are taken along, whether they may carry something or not."""

_BYTES_A_LOCATION: Final = 100
"""What is remembered of the prices from a location of so few lanes: see `LaneFacts.known`."""


def lane_sheet(order: Order, network: Network, processing_days: int) -> LaneFacts:
    """Return every lane with a price from any location to the order's destination.

    Equal to `make_lanes`, and quick for all but the first order to a rate area until the
    next cutoff. The arrays are shared: they cannot be written to.

    Parameters
    ----------
    processing_days
        Working days the items need on top of the locations' own.
    """
    return timed_sheet(order, network, processing_days).facts


def timed_sheet(order: Order, network: Network, processing_days: int) -> TimedSheet:
    """Return what `lane_sheet` does, with the order times that it holds for."""
    placed = order.placed_time.astimezone(UTC)
    key = (
        rate_area(network, order.destination),
        order.destination.residential,
        order.service_level,
        processing_days,
        placed.date(),
        delivery_areas(network, order.destination),
        address_kinds(order.destination),
    )
    sheet: TimedSheet | None = network.memo.get(key)
    if sheet is None or not sheet.since <= placed < sheet.until:
        facts, until = make_lanes(order, network, processing_days)
        for array in facts.arrays():
            array.setflags(write=False)
        sheet = TimedSheet(facts, placed, until)
        places = np.unique(facts.location).size if len(facts) <= MOST_IDLE else 0
        size = sum(array.nbytes for array in facts.arrays()) + places * _BYTES_A_LOCATION
        network.memo.put(key, sheet, size)
    return sheet
