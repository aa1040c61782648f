"""Place solids one after the other at extreme points: quick, and mostly good enough.

An extreme point is a corner that the solids placed so far leave (Crainic, Perboli and
Tadei, 2008). Several sequences and preferences are tried in turn; failing them all proves
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from routing.parcels.fit.solids import Placement, Sides, Solid

MORE_SEQUENCES: Final = 12

MOST_PLACED: Final = 24
"""With more solids than these the time is better spent otherwise."""

Item = tuple[int, Solid]
_Key = Callable[[Sides], tuple[int, ...]]

_POINT_ORDERS: Final[tuple[_Key, ...]] = (
    lambda at: (at[2], at[1], at[0]),
    lambda at: (at[0], at[1], at[2]),
    lambda at: (at[0] + at[1] + at[2], at[2], at[1]),
)
_SOLID_ORDERS: Final[tuple[Callable[[Item], tuple[int, ...]], ...]] = (
    lambda item: (-item[1].volume_um3, item[0]),
    lambda item: (-max(item[1].sides_um), -item[1].volume_um3, item[0]),
    lambda item: (-min(item[1].sides_um), -item[1].volume_um3, item[0]),
)


def place(
    room: Sides,
    solids: Sequence[Solid],
    counts: Sequence[int],
    more_sequences: int = MORE_SEQUENCES,
) -> tuple[Placement, ...] | None:
    """Return where everything stands; ``None`` if no attempt succeeded.

    Parameters
    ----------
    more_sequences
        How many to try after the sorted ones.
    """
    items = [
        (piece, solid)
        for piece, (solid, count) in enumerate(zip(solids, counts, strict=True))
        if solid.is_known
        for _ in range(count)
    ]
    if len(items) > MOST_PLACED:
        return None
    tried: set[tuple[int, ...]] = set()
    for sequence in _sequences(items, more_sequences):
        named = tuple(piece for piece, _ in sequence)
        if named in tried:
            continue
        tried.add(named)
        for point_order in _POINT_ORDERS:
            placed = _attempt(room, sequence, point_order)
            if placed is not None:
                return placed
    return None


def _sequences(items: list[Item], more: int) -> Iterator[list[Item]]:
    """Yield sequences to try: sorted ones, then large ones first with a few out of turn."""
    for solid_order in _SOLID_ORDERS:
        yield sorted(items, key=solid_order)
    sequence = sorted(items, key=_SOLID_ORDERS[0])
    state = 1
    for _ in range(more):
        moved = list(sequence)
        for _ in range(2):
            # Numbers without a pattern, the same ones every time.
            state = state * 1_103_515_245 + 12_345 & 0x7FFF_FFFF
            moved.insert(0, moved.pop((state >> 8) % len(moved)))
        yield moved


def _attempt(
    room: Sides, sequence: Sequence[Item], point_order: _Key
) -> tuple[Placement, ...] | None:
    space = Space(room, point_order)
    for piece, solid in sequence:
        if not space.add(piece, solid):
            return None
    return tuple(space.placed)


class Space:
    """A room that fills up."""

    def __init__(self, room: Sides, point_order: _Key = _POINT_ORDERS[0]) -> None:
        self.placed: list[Placement] = []
        self._room = room
        self._order = point_order
        self._points: list[Sides] = [(0, 0, 0)]

    def add(self, piece: int, solid: Solid) -> bool:
        """Place one solid at the first point where it can stand; say whether there was one."""
        ways = solid.turned_within(self._room)
        for at in self._points:
            for way in ways:
                if self._is_free(at, way):
                    self._put(Placement(piece, at, way))
                    return True
        return False

    def _is_free(self, at: Sides, way: Sides) -> bool:
        x, y, z = at
        dx, dy, dz = way
        if x + dx > self._room[0] or y + dy > self._room[1] or z + dz > self._room[2]:
            return False
        for _, (px, py, pz), (qx, qy, qz) in self.placed:
            if (
                x < px + qx
                and px < x + dx
                and y < py + qy
                and py < y + dy
                and z < pz + qz
                and pz < z + dz
            ):
                return False
        return True

    def _put(self, new: Placement) -> None:
        points = {point for point in self._points if point != new.at_um}
        points.update(self._corners(new))
        self.placed.append(new)
        self._points = sorted(
            (point for point in points if all(map(int.__lt__, point, self._room))),
            key=self._order,
        )

    def _corners(self, new: Placement) -> Iterator[Sides]:
        """Yield the far corners of a solid, each moved back along another axis to what is there."""
        for axis in range(3):
            corner = list(new.at_um)
            corner[axis] += new.sides_um[axis]
            for back in range(3):
                if back != axis:
                    moved = list(corner)
                    moved[back] = self._rest_at(corner, back)
                    yield moved[0], moved[1], moved[2]

    def _rest_at(self, corner: list[int], back: int) -> int:
        """Return where something moved back from a corner comes to rest."""
        rest = 0
        others = [axis for axis in range(3) if axis != back]
        for each in self.placed:
            end = each.at_um[back] + each.sides_um[back]
            if rest < end <= corner[back] and all(
                each.at_um[axis] <= corner[axis] < each.at_um[axis] + each.sides_um[axis]
                for axis in others
            ):
                rest = end
        return rest
