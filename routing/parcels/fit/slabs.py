"""Contents that certainly fit: one slab per kind of solid, slab upon slab along one axis.

In a slab all solids stand alike in a grid across the whole room. Crude, but it settles most
small orders at once, for all contents together, and any number of equal solids.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.solids import Placement, Sides, Solid, six_ways

Int64 = NDArray[np.int64]

AXES: Final = (2, 1, 0)
_TOO_THICK: Final = 2**40


def slabs_fit(room: Sides, solids: Sequence[Solid], counts: Int64) -> NDArray[np.bool_]:
    """Return bool ``[s]``: contents (int64 ``[s, p]``) whose slabs fit along some axis."""
    fits = np.zeros(counts.shape[0], dtype=np.bool_)
    if not solids or not counts.size:
        return ~fits
    thick = _slabs(room, tuple(solids), int(counts.max()))[0]
    kinds = np.arange(len(solids))
    for axis in AXES:
        total = thick[axis][kinds, counts].sum(axis=1)
        fits |= total <= room[axis]
    return fits


def place_slabs(
    room: Sides, solids: Sequence[Solid], counts: Sequence[int]
) -> tuple[Placement, ...] | None:
    """Return where everything stands; ``None`` if slabs fit along no axis."""
    kinds = tuple(solids)
    if not kinds:
        return ()
    thick, way = _slabs(room, kinds, max(counts))
    for axis in AXES:
        placed: list[Placement] = []
        level = 0
        for piece, (solid, count) in enumerate(zip(kinds, counts, strict=True)):
            if not count or not solid.is_known:
                continue
            stand = six_ways(solid)[int(way[axis, piece, count])]
            if level + int(thick[axis, piece, count]) > room[axis]:
                break
            placed += _grid(room, stand, axis, level, piece, count)
            level += int(thick[axis, piece, count])
        else:
            return tuple(placed)
    return None


@lru_cache(maxsize=4_096)
def _slabs(room: Sides, solids: tuple[Solid, ...], most: int) -> tuple[Int64, Int64]:
    """Return the least thickness of slabs and how solids stand in them.

    Both int64 ``[3, p, most + 1]``, by axis, kind and number of solids.
    """
    ways = np.array([six_ways(solid) for solid in solids], dtype=np.int64)
    inside = np.array((ways <= np.array(room, dtype=np.int64)).all(axis=2))
    grid = np.array(room, dtype=np.int64) // np.maximum(ways, 1)
    numbers = np.arange(most + 1, dtype=np.int64)
    shape = (3, len(solids), most + 1)
    thick, stand = np.empty(shape, dtype=np.int64), np.empty(shape, dtype=np.int64)
    for axis in range(3):
        first, second = (other for other in range(3) if other != axis)
        across = np.maximum(grid[:, :, first] * grid[:, :, second], 1)
        layers = -(-numbers // across[:, :, None])
        each = np.where(inside[:, :, None], layers * ways[:, :, axis, None], _TOO_THICK)
        each[:, :, 0] = 0
        stand[axis] = each.argmin(axis=1)
        thick[axis] = each.min(axis=1)
    return thick, stand


def _grid(
    room: Sides, way: Sides, axis: int, level: int, piece: int, count: int
) -> list[Placement]:
    first, second = (other for other in range(3) if other != axis)
    per_row = room[first] // way[first]
    per_layer = per_row * (room[second] // way[second])
    placed = []
    for number in range(count):
        layer, rest = divmod(number, per_layer)
        row, column = divmod(rest, per_row)
        at = [0, 0, 0]
        at[axis] = level + layer * way[axis]
        at[first], at[second] = column * way[first], row * way[second]
        placed.append(Placement(piece, (at[0], at[1], at[2]), way))
    return placed
