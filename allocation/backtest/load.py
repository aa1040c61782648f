"""What each location has to do, and where it sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from allocation.backtest.case import PastOrder
from allocation.backtest.outcome import OrderOutcome
from routing.geo.coordinates import Coordinates
from routing.ids import LocationId
from routing.network import Network

FLOW_CELL_DEG: Final = 2.0
"""Destinations within a square of this side are one end of a flow."""


@dataclass(frozen=True, slots=True)
class LocationLoad:
    """What one location ships over the whole backtest.

    Attributes
    ----------
    busiest_day_shipments
        Shipments of the day (of the orders, UTC) with most.
    """

    location_id: LocationId
    shipments: int
    lines: int
    units_e6: int
    cost_minor: int
    busiest_day_shipments: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Shipments from a location to an area, given by its middle."""

    location_id: LocationId
    to: Coordinates
    shipments: int


def loads(
    network: Network, orders: Sequence[PastOrder], outcomes: Sequence[OrderOutcome]
) -> tuple[LocationLoad, ...]:
    """Return the load of every location, in the network's order, idle ones too."""
    shipments: Counter[LocationId] = Counter()
    lines: Counter[LocationId] = Counter()
    units_e6: Counter[LocationId] = Counter()
    cost_minor: Counter[LocationId] = Counter()
    by_day: dict[LocationId, Counter[int]] = {}
    for past, outcome in zip(orders, outcomes, strict=True):
        day = past.order.placed_time.date().toordinal()
        for each in outcome.shipments:
            shipments[each.location_id] += 1
            lines[each.location_id] += each.lines
            units_e6[each.location_id] += each.units_e6
            cost_minor[each.location_id] += each.cost_minor
            by_day.setdefault(each.location_id, Counter())[day] += 1
    return tuple(
        LocationLoad(
            place.id,
            shipments[place.id],
            lines[place.id],
            units_e6[place.id],
            cost_minor[place.id],
            max(by_day.get(place.id, {0: 0}).values()),
        )
        for place in network.locations
    )


def flows(orders: Sequence[PastOrder], outcomes: Sequence[OrderOutcome]) -> tuple[Flow, ...]:
    """Return where shipments go, most first; destinations without coordinates are left out."""
    counts: Counter[tuple[LocationId, int, int]] = Counter()
    for past, outcome in zip(orders, outcomes, strict=True):
        at = past.order.destination.coordinates
        if at is None:
            continue
        cell = (int(at.lat_deg // FLOW_CELL_DEG), int(at.lng_deg // FLOW_CELL_DEG))
        counts.update((each.location_id, *cell) for each in outcome.shipments)
    return tuple(
        Flow(location_id, _middle(row, column), count)
        for (location_id, row, column), count in sorted(
            counts.items(), key=lambda entry: (-entry[1], entry[0])
        )
    )


def _middle(row: int, column: int) -> Coordinates:
    lat_deg, lng_deg = (row + 0.5) * FLOW_CELL_DEG, (column + 0.5) * FLOW_CELL_DEG
    return Coordinates(min(lat_deg, 90.0), min(lng_deg, 180.0))
