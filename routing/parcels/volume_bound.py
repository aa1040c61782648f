"""What parcels in packagings cost at least, by weight and by volume of the contents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]


def parcels_bound_minor(
    tariff: Tariff, parcel_minor: int, weight_ug: Int64, solid_nl: Int64
) -> Int64:
    """Return a cost that no parcels of each content undercut; at least one parcel.

    Parameters
    ----------
    tariff
        With packagings.
    parcel_minor
        Added to every parcel, 0 or more.
    weight_ug, solid_nl
        int64 ``[s]``: total weight, and volume rounded down.
    """
    fewest = np.maximum(1, -(-weight_ug // tariff.max_weight_ug))
    least = np.maximum(fluid_bound_minor(tariff, weight_ug), int(tariff.price_minor.min()))
    if tariff.fluid_limit_nl is not None and tariff.fluid_volume_minor is not None:
        rooms, prices = tariff.fluid_limit_nl, tariff.fluid_volume_minor
        step = np.minimum(np.searchsorted(rooms, solid_nl, side="left"), rooms.size - 1)
        least = np.maximum(least, prices[step])
        largest = max(1, largest_room_nl(tariff))
        fewest = np.maximum(fewest, -(-solid_nl // largest))
        least = np.maximum(least, fewest * int(tariff.price_minor.min()))
    bound: Int64 = np.minimum(least + fewest * parcel_minor, NO_PRICE)
    return bound


def largest_room_nl(tariff: Tariff) -> int:
    """Return the greatest volume that one shared parcel holds; only with cartons for all."""
    return max(
        min(each.inner_nl + 1, each.max_volume_nl)
        for each in tariff.packagings
        if not each.alone_only
    )
