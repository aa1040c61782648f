"""The best division into two parcels, and what three or more must cost at least.

Most heavy shipments are cheapest as two parcels. All sub-multisets are tried as the
first of the two at once; a fluid bound on three or more then often proves the answer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.lattice import lattice_size
from routing.parcels.packing import PieceTypes, parcel_cost_minor
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

PAIR_LIMIT = 400_000
"""Largest number of sub-multisets that are tried as the first of two parcels."""


def best_pair(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64
) -> tuple[int, Int64]:
    """Return the least cost of exactly two parcels, and the contents of the first.

    The number of sub-multisets must be at most `PAIR_LIMIT`. ``NO_PRICE`` when no
    division into two is accepted by the carrier.
    """
    if lattice_size(counts) > PAIR_LIMIT:
        raise ValueError(f"more than {PAIR_LIMIT} sub-multisets; use a bound instead")
    weight = _sums(counts, pieces.weight_ug)
    volume = _sums(counts, pieces.volume_nl)
    half = (weight.size + 1) // 2
    # Numbers of a vector and of its complement add up to size - 1: half of them suffice.
    first = parcel_cost_minor(tariff, parcel_minor, weight[:half], volume[:half])
    other = parcel_cost_minor(tariff, parcel_minor, weight[::-1][:half], volume[::-1][:half])
    total = first + other
    total[0] = NO_PRICE
    number = int(np.argmin(total))
    if total[number] >= NO_PRICE:
        return NO_PRICE, np.zeros_like(counts)
    return int(total[number]), _vector(number, counts)


def _sums(counts: Int64, each: Int64) -> Int64:
    """Return int64 ``[size]``: the sum of every sub-multiset, last type fastest."""
    sums = np.zeros(1, dtype=np.int64)
    for count, value in zip(counts.tolist(), each.tolist(), strict=True):
        sums = (sums[:, None] + np.arange(count + 1, dtype=np.int64) * value).ravel()
    return sums


def _vector(number: int, counts: Int64) -> Int64:
    digits = []
    for count in reversed(counts.tolist()):
        number, digit = divmod(number, count + 1)
        digits.append(digit)
    return np.array(digits[::-1], dtype=np.int64)


def many_parcels_bound(tariff: Tariff, parcel_minor: int, weight_ug: int) -> int:
    """Return a cost that no division into three or more parcels undercuts.

    Two of the parcels lie in some steps, the rest is a fluid in at least one more.
    """
    limits, prices = tariff.limit_ug, tariff.price_minor
    pair_limit = np.add.outer(limits, limits).ravel()
    pair_price = np.add.outer(prices, prices).ravel()
    rest = np.maximum(weight_ug - pair_limit, 0)
    fluid = np.maximum(fluid_bound_minor(tariff, rest), int(prices.min()))
    fewest = max(3, -(-weight_ug // tariff.max_weight_ug))
    return int((pair_price + fluid).min()) + parcel_minor * fewest
