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

from routing.parcels.fit.solids import Placement, Sides, Solid

Int64 = NDArray[np.int64]

AXES: Final = (2, 1, 0)
_TOO_THICK: Final = 2**50


def slabs_fit(room: Sides, solids: Sequence[Solid], counts: Int64) -> NDArray[np.bool_]:
    """Return bool ``[s]``: contents (int64 ``[s, p]``) whose slabs fit along some axis."""
    fits = np.zeros(counts.shape[0], dtype=np.bool_)
    most = counts.max(axis=0, initial=0)
    for axis in AXES:
        total = np.zeros(counts.shape[0], dtype=np.int64)
        for piece, solid in enumerate(solids):
            if most[piece] and solid.is_known:
                thick = [_thickness(room, solid, axis, n)[0] for n in range(int(most[piece]) + 1)]
                total += np.array(thick, dtype=np.int64)[counts[:, piece]]
        fits |= total <= room[axis]
    return fits


def place_slabs(
    room: Sides, solids: Sequence[Solid], counts: Sequence[int]
) -> tuple[Placement, ...] | None:
    """Return where everything stands; ``None`` if slabs fit along no axis."""
    for axis in AXES:
        placed: list[Placement] = []
        level = 0
        for piece, (solid, count) in enumerate(zip(solids, counts, strict=True)):
            if not count or not solid.is_known:
                continue
            thick, way = _thickness(room, solid, axis, count)
            if level + thick > room[axis] or way is None:
                break
            placed += _grid(room, way, axis, level, piece, count)
            level += thick
        else:
            return tuple(placed)
    return None


@lru_cache(maxsize=65_536)
def _thickness(room: Sides, solid: Solid, axis: int, count: int) -> tuple[int, Sides | None]:
    """Return the least thickness of a slab of equal solids, and how they stand in it."""
    if count == 0:
        return 0, None
    best: tuple[int, Sides | None] = (_TOO_THICK, None)
    for way in solid.turned_within(room):
        across = 1
        for other in range(3):
            across *= room[other] // way[other] if other != axis else 1
        thick = -(-count // across) * way[axis]
        if thick < best[0]:
            best = (thick, way)
    return best


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
