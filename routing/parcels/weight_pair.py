"""Divide many pieces into two or three parcels where nothing but their weight decides."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.packing import PieceTypes, parcel_cost_minor
from routing.parcels.subset_sums import subset_sums
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]

_MOST_FIRST_PARCELS = 16


def weight_decides(tariff: Tariff, volume_nl: int) -> bool:
    """Whether no parcel with some of so much volume is billed for more than its weight."""
    rule = tariff.dimensional
    return rule is None or volume_nl == 0 or volume_nl <= rule.threshold_nl


def best_weight_pair(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64
) -> tuple[int, Int64] | None:
    """Return the least cost of exactly two parcels, and the contents of the first.

    The cost is ``NO_PRICE`` when no division into two is accepted by the carrier.

    Parameters
    ----------
    tariff
        Prices of parcels; see `weight_decides`.
    parcel_minor
        Added to every parcel.
    pieces, counts
        What to divide.

    Returns
    -------
    tuple or None
        ``None`` when there are too many pieces or different weights.
    """
    sums = subset_sums(pieces.weight_ug, counts)
    if sums is None:
        return None
    everything = sums.weights_ug()
    first = everything[: (everything.size + 1) // 2]
    volume = np.zeros_like(first)
    # Pieces without weight are no reason for a parcel of their own.
    total = parcel_cost_minor(tariff, parcel_minor, first, volume)
    total = total + parcel_cost_minor(tariff, parcel_minor, everything[-1] - first, volume)
    total[0] = NO_PRICE
    pick = int(np.argmin(total))
    if total[pick] >= NO_PRICE:
        return NO_PRICE, np.zeros_like(counts)
    return int(total[pick]), sums.pieces_of(int(first[pick]))


def good_weight_triple(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64, below: int
) -> tuple[int, list[Int64]] | None:
    """Return three parcels that cost less than `below`, if some are found.

    The first is filled up to a price step, as full as can be; the others are the best pair.
    """
    sums = subset_sums(pieces.weight_ug, counts)
    if sums is None:
        return None
    everything = sums.weights_ug()
    limits = tariff.limit_ug[tariff.limit_ug < everything[-1]]
    filled = np.unique(everything[np.searchsorted(everything, limits, side="right") - 1])
    filled = filled[filled > 0]
    own = parcel_cost_minor(tariff, parcel_minor, filled, np.zeros_like(filled))
    rest = fluid_bound_minor(tariff, everything[-1] - filled) + 2 * parcel_minor
    best: tuple[int, list[Int64]] | None = None
    for pick in np.argsort(own + rest, kind="stable")[:_MOST_FIRST_PARCELS].tolist():
        if own[pick] + rest[pick] >= below:
            break
        first = sums.pieces_of(int(filled[pick]))
        pair = best_weight_pair(tariff, parcel_minor, pieces, counts - first)
        if pair is not None and pair[0] < NO_PRICE and own[pick] + pair[0] < below:
            below = int(own[pick]) + pair[0]
            best = below, [first, pair[1], counts - first - pair[1]]
    return best
