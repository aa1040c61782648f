"""Place solids one after the other at extreme points: quick, and mostly good enough.

An extreme point is a corner that the solids placed so far leave (Crainic, Perboli and
Tadei, 2008). Several sequences and preferences are tried in turn; failing them all proves
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from routing.parcels.fit.solids import Placement, Sides, Solid, ways_within

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
        self._taken: list[tuple[int, int, int, int, int, int]] = []

    def add(self, piece: int, solid: Solid) -> bool:
        """Place one solid at the first point where it can stand; say whether there was one."""
        length, width, height = self._room
        taken = self._taken
        ways = ways_within(solid, self._room)
        for x, y, z in self._points:
            for dx, dy, dz in ways:
                x_end, y_end, z_end = x + dx, y + dy, z + dz
                if x_end > length or y_end > width or z_end > height:
                    continue
                # The one placed last is the likeliest to be in the way.
                for x0, y0, z0, x1, y1, z1 in reversed(taken):
                    if x < x1 and x0 < x_end and y < y1 and y0 < y_end and z < z1 and z0 < z_end:
                        break
                else:
                    self._put(Placement(piece, (x, y, z), (dx, dy, dz)))
                    taken.append((x, y, z, x_end, y_end, z_end))
                    return True
        return False

    def _put(self, new: Placement) -> None:
        length, width, height = self._room
        points = set(self._points)
        points.discard(new.at_um)
        points.update(
            at for at in self._corners(new) if at[0] < length and at[1] < width and at[2] < height
        )
        self.placed.append(new)
        self._points = sorted(points, key=self._order)

    def _corners(self, new: Placement) -> Iterator[Sides]:
        """Yield the far corners of a solid, each moved back along another axis to what is there."""
        (x, y, z), (dx, dy, dz) = new.at_um, new.sides_um
        for corner, first, second in (
            ((x + dx, y, z), 1, 2),
            ((x, y + dy, z), 0, 2),
            ((x, y, z + dz), 0, 1),
        ):
            yield self._moved_back(corner, first)
            yield self._moved_back(corner, second)

    def _moved_back(self, corner: Sides, back: int) -> Sides:
        """Return where something moved back from a corner along an axis comes to rest."""
        one, two = _OTHERS[back]
        rest, most, first, second = 0, corner[back], corner[one], corner[two]
        for ends in self._taken:
            end = ends[back + 3]
            if (
                rest < end <= most
                and ends[one] <= first < ends[one + 3]
                and ends[two] <= second < ends[two + 3]
            ):
                rest = end
        x, y, z = corner
        return (rest, y, z) if back == 0 else (x, rest, z) if back == 1 else (x, y, rest)


_OTHERS: Final = ((1, 2), (0, 2), (0, 1))
