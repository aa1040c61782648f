"""Capacity: what each location still takes on, by its own limits and by the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from routing.daily_capacity import Measure, capacity_item
from routing.location_facts import UNLIMITED, LocationFacts
from routing.network import Network
from routing.order import Order
from routing.promise.departure import departure
from routing.sourcing.ruling import Ruling
from routing.sourcing.stock import StockView

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Orders, lines and units that each location still takes; int64 ``[all locations]``.

    Attributes
    ----------
    most
        Limits of the day, before anything was taken; int64 ``[all locations]`` each.
    days
        Day that each limited location would send the order on, by index; in its own zone.
    """

    orders: Int64
    lines: Int64
    units: Int64
    most: Mapping[Measure, Int64] = field(default_factory=lambda: MappingProxyType({}))
    days: Mapping[int, date] = field(default_factory=lambda: MappingProxyType({}))

    def left(self, measure: Measure) -> Int64:
        """Return what is left of a measure; int64 ``[all locations]``."""
        figures = {Measure.ORDERS: self.orders, Measure.LINES: self.lines}
        return figures.get(measure, self.units)

    def full_measures(self, place: int) -> tuple[Measure, ...]:
        """Return the measures of which a location takes nothing more on its day."""
        return tuple(measure for measure in Measure if self.left(measure)[place] <= 0)

    @property
    def full(self) -> NDArray[np.bool_]:
        """Bool ``[all locations]``: takes nothing more on its day."""
        none: NDArray[np.bool_] = (self.orders <= 0) | (self.lines <= 0) | (self.units <= 0)
        return none

    def of_other_days(self) -> Room:
        """Return what each location takes on a day of which nothing is taken yet."""
        most = self.most
        return replace(
            self, orders=most[Measure.ORDERS], lines=most[Measure.LINES], units=most[Measure.UNITS]
        )


def room_of(
    order: Order, network: Network, ruling: Ruling, stock: StockView, processing_days: int
) -> Room:
    """Return what is left of the day on which each location would send the order.

    The limit is the tighter of what a location says of itself and what the rules say of it;
    what other orders have taken is known where the stock view counts it.

    Parameters
    ----------
    processing_days
        Working days of the slowest line, on top of the calendar's.
    """
    if network.facts.unlimited and not ruling.capacity:
        return unlimited_room(network)
    most = _limits(network.facts, ruling)
    limited = np.flatnonzero(np.minimum.reduce(list(most.values())) < UNLIMITED)
    days = {place: _day(order, network, place, processing_days) for place in limited.tolist()}
    left = {measure: limits.copy() for measure, limits in most.items()}
    counters = {
        (measure, day): capacity_item(measure, day)
        for day in sorted(set(days.values()))
        for measure in Measure
    }
    taken = stock.details(list(counters.values())) if counters else {}
    for place, day in days.items() if taken else ():
        for measure, limits in most.items():
            counter = taken.get(counters[measure, day], {}).get(network.locations[place].id)
            if counter is not None and limits[place] < UNLIMITED:
                left[measure][place] -= counter.oversold
    return Room(left[Measure.ORDERS], left[Measure.LINES], left[Measure.UNITS], most, days)


def unlimited_room(network: Network) -> Room:
    """Return the same room for all orders: nothing in it is ever written to."""
    known: Room | None = network.memo.get("unlimited")
    if known is None:
        most = np.full(len(network.locations), UNLIMITED, dtype=np.int64)
        most.setflags(write=False)
        known = Room(most, most, most, dict.fromkeys(Measure, most))
        network.memo.put("unlimited", known, most.nbytes)
    return known


def _day(order: Order, network: Network, place: int, processing_days: int) -> date:
    leaves = departure(network.schedules, place, order.placed_time, processing_days)
    if leaves is not None:
        return leaves.date
    schedules = network.schedules
    return order.placed_time.astimezone(schedules.distinct[int(schedules.index[place])].zone).date()


def _limits(locations: LocationFacts, ruling: Ruling) -> dict[Measure, Int64]:
    most = {
        Measure.ORDERS: locations.capacity_orders.copy(),
        Measure.LINES: locations.capacity_lines.copy(),
        Measure.UNITS: locations.capacity_units.copy(),
    }
    for each in ruling.capacity:
        by_rule = {
            Measure.ORDERS: each.orders,
            Measure.LINES: each.lines,
            Measure.UNITS: each.units,
        }
        for measure, limit in by_rule.items():
            if limit is not None:
                np.minimum(most[measure], limit, out=most[measure], where=each.where)
    return most
