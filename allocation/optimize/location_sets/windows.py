"""What each of several places may have to ship and can ship when they ship together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.model import Model

Int64 = NDArray[np.int64]


def windows(
    model: Model, must: NDArray[np.bool_], places: tuple[int, ...], demand: Int64
) -> list[Cuboid] | None:
    """Return, by place, all vectors that leave the others able to ship the rest.

    ``None`` if the places do not suffice, or one of them has nothing of the demand.

    Parameters
    ----------
    must
        bool ``[a]``: atoms of which nothing may be left out.
    demand
        int64 ``[a]``: units to divide.
    """
    high = np.minimum(model.places.cap[list(places)], demand)
    total = high.sum(axis=0)
    if (total < demand)[must].any() or not high.any(axis=1).all():
        return None
    low = np.where(must, np.maximum(0, demand - (total - high)), 0)
    return [Cuboid(least, most) for least, most in zip(low, high, strict=True)]
