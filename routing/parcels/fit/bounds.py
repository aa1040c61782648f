"""Contents that certainly do not fit into a room: volumes, and sums over rounded sides.

A dual feasible function maps sides so that things side by side along an axis that fit
still fit afterwards. Applied to each axis, it turns every solid into another volume that the
room must hold (Fekete and Schepers, 2004). With ``T_k(x) = ceil((k + 1) x / D) - 1``, of
which at most k fit along an axis of length D, a thing counts where it takes more than a
half, a third, a quarter of the axis. A solid that can be turned counts for the least.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.parcels.fit.solids import Sides, Solid, six_ways

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


@lru_cache(maxsize=4_096)
def room_bound(room: Sides, solids: tuple[Solid, ...]) -> RoomBound:
    """Return the conditions of a room for some kinds of solids."""
    ways = np.array([six_ways(solid) for solid in solids], dtype=np.int64).reshape(-1, 6, 3)
    inside = np.array((ways <= np.array(room, dtype=np.int64)).all(axis=2))
    parts = _parts(ways, room)
    x, y, z = (parts[:, :, axis] for axis in range(3))
    amount = x[:, :, :, None, None] * y[:, :, None, :, None] * z[:, :, None, None, :]
    amount = np.where(inside[:, :, None, None, None], amount, _HUGE).min(axis=1)
    amount = amount.reshape(len(solids), _CONDITIONS)
    # True volumes in nanolitres, rounded down, so that sums stay within 64 bits.
    amount[:, 0] = [solid.volume_um3 // _UM3_PER_NL for solid in solids]
    fits_alone = np.array(inside.any(axis=1))
    amount[~fits_alone] = 0
    return RoomBound(fits_alone, amount, _most(room))


_CONDITIONS: Final = len(_KINDS) ** 3
_HUGE: Final = 2**60


def _unit_um(room: Sides) -> int:
    """Return a unit of length in which a room measures at most about a million."""
    return -(-max(room) // 1_000_000)


def _parts(ways: Int64, room: Sides) -> Int64:
    """Return int64 ``[p, 6, 3, kinds]``: each side as each kind counts it."""
    most = np.array(room, dtype=np.int64)
    unit = _unit_um(room)
    kinds = [ways // unit] + [-(-(kind + 1) * ways // most) - 1 for kind in _KINDS[1:]]
    parts: Int64 = np.maximum(np.stack(kinds, axis=3), 0)
    return parts


def _most(room: Sides) -> Int64:
    unit = _unit_um(room)
    kinds = [[-(-side // unit), *_KINDS[1:]] for side in room]
    most = np.array([a * b * c for a, b, c in product(*kinds)], dtype=np.int64)
    most[0] = room[0] * room[1] * room[2] // _UM3_PER_NL
    return most
