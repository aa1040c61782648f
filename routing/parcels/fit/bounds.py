"""Contents that certainly do not fit into a room: volumes, and sums over rounded sides.

A dual feasible function maps sides so that things side by side along an axis that fit
still fit afterwards. Applied to each axis, it turns every solid into another volume that the
room must hold (Fekete and Schepers, 2004). With ``T_k(x) = ceil((k + 1) x / D) - 1``, of
which at most k fit along an axis of length D, a thing counts where it takes more than a
half, a third, a quarter of the axis. A solid that can be turned counts for the least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.solids import Sides, Solid

Int64 = NDArray[np.int64]

_KINDS: Final = (0, 1, 2, 3)
"""Per axis: 0 takes the side as it is, k takes ``T_k``."""

_UM3_PER_NL: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class RoomBound:
    """What contents of a room must satisfy, if they are to fit.

    Attributes
    ----------
    fits_alone
        bool ``[p]``: the solid fits by itself.
    amount
        int64 ``[p, m]``: what one solid counts for in each condition.
    most
        int64 ``[m]``: most that a room holds of each.
    """

    fits_alone: NDArray[np.bool_]
    amount: Int64
    most: Int64

    def possible(self, counts: Int64) -> NDArray[np.bool_]:
        """Return bool ``[s]``: contents (int64 ``[s, p]``) that nothing here rules out."""
        possible = np.array(~(counts[:, ~self.fits_alone] > 0).any(axis=1))
        if not counts.size:
            return possible
        # What everything together does not break, no part of it breaks.
        binding = np.flatnonzero(counts.max(axis=0) @ self.amount > self.most)
        if binding.size:
            possible &= (counts @ self.amount[:, binding] <= self.most[binding]).all(axis=1)
        return possible


def room_bound(room: Sides, solids: Sequence[Solid]) -> RoomBound:
    """Return the conditions of a room for some kinds of solids."""
    rows = [_amounts(room, solid) for solid in solids]
    return RoomBound(
        np.array([row is not None for row in rows], dtype=np.bool_),
        np.array([row or (0,) * len(_CONDITIONS) for row in rows], dtype=np.int64).reshape(
            len(solids), len(_CONDITIONS)
        ),
        np.array([_most(room, kinds) for kinds in _CONDITIONS], dtype=np.int64),
    )


_CONDITIONS: Final = tuple(product(_KINDS, repeat=3))


@lru_cache(maxsize=16_384)
def _amounts(room: Sides, solid: Solid) -> tuple[int, ...] | None:
    """Return what a solid counts for in each condition; ``None`` if it does not fit alone."""
    if not solid.is_known:
        return (0,) * len(_CONDITIONS)
    ways = solid.turned_within(room)
    if not ways:
        return None
    parts = [
        [[_part(kind, side, most) for kind in _KINDS] for side, most in zip(way, room, strict=True)]
        for way in ways
    ]
    return tuple(
        _scaled(kinds, min(x[kinds[0]] * y[kinds[1]] * z[kinds[2]] for x, y, z in parts))
        for kinds in _CONDITIONS
    )


def _part(kind: int, side: int, most: int) -> int:
    return side if kind == 0 else -(-(kind + 1) * side // most) - 1


def _scaled(kinds: tuple[int, ...], amount: int) -> int:
    """Return true volumes in nanolitres, rounded down, so that sums stay within 64 bits."""
    return amount // _UM3_PER_NL if kinds == (0, 0, 0) else amount


def _most(room: Sides, kinds: tuple[int, ...]) -> int:
    amount = 1
    for kind, most in zip(kinds, room, strict=True):
        amount *= kind or most
    return _scaled(kinds, amount)
