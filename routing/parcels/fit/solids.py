"""Things to be placed, rooms to place them in, and where they were put."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

Sides = tuple[int, int, int]
"""Extents in micrometres along x, y and z; z is vertical."""


@dataclass(frozen=True, slots=True)
class Solid:
    """A cuboid of which there may be several.

    Attributes
    ----------
    sides_um
        Length, width and height. All 0: not known, and then it takes no room.
    upright
        Whether the height must stay vertical.
    """

    sides_um: Sides
    upright: bool = False

    @property
    def is_known(self) -> bool:
        """Whether it has a size at all."""
        return any(self.sides_um)

    @property
    def volume_um3(self) -> int:
        """Volume in cubic micrometres."""
        length, width, height = self.sides_um
        return length * width * height

    def turned(self) -> tuple[Sides, ...]:
        """Return every way to stand, each once, the flattest first."""
        length, width, height = self.sides_um
        if self.upright:
            ways = {(length, width, height), (width, length, height)}
        else:
            ways = {(a, b, c) for a, b, c in permutations(self.sides_um)}
        return tuple(sorted(ways, key=lambda way: (way[2], way[1], way[0])))

    def turned_within(self, room: Sides) -> tuple[Sides, ...]:
        """Return the ways to stand in a room by itself."""
        return tuple(way for way in self.turned() if all(map(int.__le__, way, room)))


@lru_cache(maxsize=65_536)
def six_ways(solid: Solid) -> tuple[Sides, ...]:
    """Return the ways to stand, some of them twice where there are fewer than six."""
    ways = solid.turned()
    return tuple(ways[number % len(ways)] for number in range(6))


@lru_cache(maxsize=65_536)
def ways_within(solid: Solid, room: Sides) -> tuple[Sides, ...]:
    """Return the ways to stand in a room by itself, remembered."""
    return solid.turned_within(room)


class Placement(NamedTuple):
    """Where one thing stands in its carton.

    Attributes
    ----------
    piece
        Its kind.
    at_um
        Its corner nearest to the origin.
    sides_um
        Its extents as turned.
    """

    piece: int
    at_um: Sides
    sides_um: Sides
