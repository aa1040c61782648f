"""Price steps over the weights that can occur."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """``weight[first] .. weight[last]`` cost ``price``; int64 arrays of one length."""

    least: Int64
    most: Int64
    price_minor: Int64

    def up_to(self, weight: int) -> Steps:
        """Return the steps that a total of at most `weight` can be in, the last one cut."""
        kept = int(np.searchsorted(self.least, weight, side="right"))
        most = np.minimum(self.most[:kept], weight)
        return Steps(self.least[:kept], most, self.price_minor[:kept])

    @property
    def monotone(self) -> bool:
        """Whether heavier never costs less, so that a step needs no least weight."""
        return bool((np.diff(self.price_minor) >= 0).all())


def cheapest_steps(tariffs: Sequence[Tariff], weights: Int64, unit_ug: int) -> Steps:
    """Return the lower envelope of tariffs over the given weights (units, ascending).

    Weights that no tariff carries are left out.
    """
    price = np.min([_prices(tariff, weights * unit_ug) for tariff in tariffs], axis=0)
    priced = price < NO_PRICE
    weights, price = weights[priced], price[priced]
    if not weights.size:
        return Steps(weights, weights, price)
    starts = np.flatnonzero(np.concatenate(([True], np.diff(price) != 0)))
    ends = np.concatenate((starts[1:], [weights.size])) - 1
    return Steps(weights[starts], weights[ends], price[starts])


def never_dearer(one: Tariff, other: Tariff, up_to_ug: int) -> bool:
    """Whether `one` costs no more than `other` for every parcel up to a weight."""
    limits = np.concatenate((one.limit_ug, other.limit_ug))
    grid = np.unique(np.concatenate((limits, limits + 1, [0, up_to_ug])))
    grid = grid[grid <= up_to_ug]
    return bool((_prices(one, grid) <= _prices(other, grid)).all())


def _prices(tariff: Tariff, weight_ug: Int64) -> Int64:
    step = np.searchsorted(tariff.limit_ug, weight_ug, side="left")
    return np.append(tariff.price_minor, NO_PRICE)[step]
