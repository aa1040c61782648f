"""Divide many pieces into two or three parcels where nothing but their weight decides."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, eq=False)
class WeightPair:
    """A division into two parcels.

    Attributes
    ----------
    cost_minor
        Of both; ``NO_PRICE`` if the carrier accepts no division that was looked at.
    bound_minor
        No two parcels cost less; equal to the cost unless weights had to be rounded.
    first
        int64 ``[p]``: pieces in the first parcel.
    """

    cost_minor: int
    bound_minor: int
    first: Int64


def best_weight_pair(
    tariff: Tariff, parcel_minor: int, pieces: PieceTypes, counts: Int64
) -> WeightPair | None:
    """Return the cheapest two parcels; ``None`` when there are too many pieces.

    Parameters
    ----------
    tariff
        Prices of parcels; see `weight_decides`.
    parcel_minor
        Added to every parcel.
    pieces, counts
        What to divide.
    """
    sums = subset_sums(pieces.weight_ug, counts)
    if sums is None:
        return None
    everything = sums.weights_ug()
    first = everything[: (everything.size + 1) // 2]
    other = everything[-1] - first
    volume = np.zeros_like(first)
    # Pieces without weight are no reason for a parcel of their own: the first sum is none.
    total = parcel_cost_minor(tariff, parcel_minor, first, volume)
    total = total + parcel_cost_minor(tariff, parcel_minor, other, volume)
    total[0] = NO_PRICE
    pick = int(np.argmin(total))
    if not sums.excess_ug:
        cost = min(int(total[pick]), NO_PRICE)
        return WeightPair(cost, cost, sums.pieces_of(int(first[pick])))
    cheapest = np.minimum.accumulate(tariff.price_minor[::-1])[::-1]
    least = 2 * parcel_minor + sum(
        cheapest[np.minimum(np.searchsorted(tariff.limit_ug, weight), cheapest.size - 1)]
        for weight in (np.maximum(0, first - sums.excess_ug), np.maximum(0, other - sums.excess_ug))
    )
    taken = sums.pieces_of(int(first[pick]))
    weights = np.array([taken @ pieces.weight_ug, (counts - taken) @ pieces.weight_ug])
    costs = parcel_cost_minor(tariff, parcel_minor, weights, np.zeros_like(weights))
    cost = min(int(costs.sum()), NO_PRICE)
    return WeightPair(cost, min(cost, int(np.min(least))), taken)


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
        if pair is not None and own[pick] + pair.cost_minor < below:
            below = int(own[pick]) + pair.cost_minor
            best = below, [first, pair.first, counts - first - pair.first]
    return best
