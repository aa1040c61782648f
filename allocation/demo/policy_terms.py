"""What a simple policy looks at and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Levels = Mapping[str, Mapping[str, int]]
"""Available increments by item id, then by location id; absent: not stocked."""


@dataclass(frozen=True, slots=True)
class Want:
    """A line: so many increments (at least 1) of an item."""

    line_id: str
    item_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Place:
    """A location and its distance to the destination in metres, ``None`` when unknown.

    A sequence of places is in the merchant's own order of preference.
    """

    location_id: str
    distance_m: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """So many increments of a line from a location."""

    line_id: str
    location_id: str
    quantity: int


class Remaining:
    """Stock that grows less as lines take it."""

    def __init__(self, levels: Levels) -> None:
        self._levels = {item: dict(by_location) for item, by_location in levels.items()}

    def take(self, want: Want, location_id: str) -> bool:
        """Take the whole line from a location, or nothing and return false."""
        by_location = self._levels.get(want.item_id, {})
        if by_location.get(location_id, 0) < want.quantity:
            return False
        by_location[location_id] -= want.quantity
        return True
