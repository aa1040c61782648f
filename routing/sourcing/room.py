"""Capacity: what each location still takes on today, by its own limits and by the rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.location_facts import LocationFacts
from routing.sourcing.ruling import Ruling

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Room:
    """Orders, lines and units that each location still takes; int64 ``[all locations]``."""

    orders: Int64
    lines: Int64
    units: Int64

    @property
    def full(self) -> NDArray[np.bool_]:
        """Bool ``[all locations]``: takes nothing more today."""
        none: NDArray[np.bool_] = (self.orders <= 0) | (self.lines <= 0) | (self.units <= 0)
        return none


def room_of(locations: LocationFacts, ruling: Ruling) -> Room:
    """Return the tighter of what a location says of itself and what the rules say of it."""
    orders, lines, units = (
        own.copy()
        for own in (
            locations.capacity_orders,
            locations.capacity_lines,
            locations.capacity_units,
        )
    )
    for each in ruling.capacity:
        for limits, most in ((orders, each.orders), (lines, each.lines), (units, each.units)):
            if most is not None:
                np.minimum(limits, most, out=limits, where=each.where)
    return Room(orders, lines, units)
