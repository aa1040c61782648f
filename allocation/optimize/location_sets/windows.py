"""What each of several places may have to ship and can ship when they ship together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.cuboid import Cuboid

Int64 = NDArray[np.int64]


def windows(cap: Int64, demand: Int64, must: NDArray[np.bool_]) -> list[Cuboid] | None:
    """Return, by place, all vectors that leave the others able to take the rest.

    ``None`` if the places do not suffice.

    Parameters
    ----------
    cap
        int64 ``[l, a]``: the most that each place can take.
    demand
        int64 ``[a]``: units to divide.
    must
        bool ``[a]``: atoms of which nothing may be left out.
    """
    high = np.minimum(cap, demand)
    total = high.sum(axis=0)
    if (total < demand)[must].any():
        return None
    low = np.where(must, np.maximum(0, demand - (total - high)), 0)
    return [Cuboid(least, most) for least, most in zip(low, high, strict=True)]
