"""Exact search for few solids: which of two solids stands before the other, along which axis.

Two solids that do not overlap are apart along some axis, one of them first. The search
gives every pair such a relation, solid by solid; along each axis relations add up to least
positions, and where one leaves the room, the branch ends. A packing exists if and only if
all relations can be given: nothing about corners or layers is assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from routing.parcels.fit.solids import Placement, Sides, Solid

MOST_SOLIDS: Final = 8
MOST_STEPS: Final = 4_000

Relation = tuple[int, bool]
"""Axis, and whether the earlier of the two solids comes first along it."""


class GaveUpError(Exception):
    """The search used up its steps: nothing is proven."""


def search(
    room: Sides, solids: Sequence[Solid], counts: Sequence[int], most_steps: int = MOST_STEPS
) -> tuple[Placement, ...] | None:
    """Return where everything stands; ``None`` if nothing fits, proven.

    Raises
    ------
    GaveUpError
        If there are more than `MOST_SOLIDS` solids or the steps do not suffice.
    """
    items = [
        (piece, solid)
        for piece, (solid, count) in enumerate(zip(solids, counts, strict=True))
        if solid.is_known
        for _ in range(count)
    ]
    if len(items) > MOST_SOLIDS:
        raise GaveUpError
    items.sort(key=lambda item: (-item[1].volume_um3, item[0]))
    state = _Search(
        room, [(piece, solid.turned_within(room)) for piece, solid in items], most_steps
    )
    if not state.place(0):
        return None
    return tuple(
        Placement(piece, (state.least[0][n], state.least[1][n], state.least[2][n]), state.ways[n])
        for n, (piece, _) in enumerate(items)
    )


@dataclass(slots=True)
class _Search:
    """Relations so far, as least positions along each axis and who must come after whom."""

    room: Sides
    items: list[tuple[int, tuple[Sides, ...]]]
    steps: int
    ways: list[Sides] = field(default_factory=list)
    least: list[list[int]] = field(default_factory=lambda: [[], [], []])
    after: list[list[list[int]]] = field(default_factory=lambda: [[], [], []])

    def place(self, number: int) -> bool:
        """Place this solid and all after it."""
        if number == len(self.items):
            return True
        for way in self.items[number][1]:
            self.ways.append(way)
            for axis in range(3):
                self.least[axis].append(0)
                self.after[axis].append([])
            if self._relate(number, 0):
                return True
            self.ways.pop()
            for axis in range(3):
                self.least[axis].pop()
                self.after[axis].pop()
        return False

    def _relate(self, number: int, other: int) -> bool:
        """Give the solid a relation to this and all later ones of the solids before it."""
        if other == number:
            return self.place(number + 1)
        for axis, other_first in self._relations(number, other):
            self.steps -= 1
            if self.steps < 0:
                raise GaveUpError
            first, second = (other, number) if other_first else (number, other)
            before = self.least[axis].copy()
            self.after[axis][first].append(second)
            if self._push(axis, first, second) and self._relate(number, other + 1):
                return True
            self.after[axis][first].pop()
            self.least[axis][:] = before
        return False

    def _relations(self, number: int, other: int) -> Iterator[Relation]:
        """Yield the relations that the sides of both allow, those with most room first."""
        spare = [
            (self.room[axis] - self.ways[number][axis] - self.ways[other][axis], axis)
            for axis in range(3)
        ]
        for room_left, axis in sorted(spare, reverse=True):
            if room_left < 0:
                return
            yield axis, True
            # A packing seen in a mirror is a packing: the first pair needs one direction.
            if number > 1:
                yield axis, False

    def _push(self, axis: int, first: int, second: int) -> bool:
        """Move what must come after, and say whether everything is still inside."""
        least, ways, after = self.least[axis], self.ways, self.after[axis]
        pending = [(first, second)]
        while pending:
            one, two = pending.pop()
            start = least[one] + ways[one][axis]
            if start > least[two]:
                # Back at the first solid the relations go round in a circle.
                if two == first or start + ways[two][axis] > self.room[axis]:
                    return False
                least[two] = start
                pending += [(two, three) for three in after[two]]
        return True
