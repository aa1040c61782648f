"""Prices of single parcels on many tariffs at once, for weights that volume does not raise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RateTable:
    """Tariffs merged into one table of steps.

    Attributes
    ----------
    limit_ug
        int64 ``[b]``, increasing: every weight at which some tariff changes its price.
    price
        int64 ``[b + 1, t]``: price up to each of them; `NO_PRICE` above a tariff's greatest.
    one_parcel_ug, one_parcel_nl
        int64 ``[t]``: up to both, one parcel is proven cheapest, priced by its weight alone.
    least
        The least of either over all tariffs.
    """

    limit_ug: Int64
    price: Int64
    one_parcel_ug: Int64
    one_parcel_nl: Int64
    least: tuple[int, int]

    def one_parcel_is_cheapest(
        self, tariff: NDArray[np.int32], weight_ug: int, volume_nl: int
    ) -> bool:
        """Whether no tariff of these is cheaper in several parcels for any part of a weight."""
        least_ug, least_nl = self.least
        if weight_ug <= least_ug and volume_nl <= least_nl:
            return True
        return weight_ug <= int(self.one_parcel_ug[tariff].min()) and volume_nl <= int(
            self.one_parcel_nl[tariff].min()
        )

    def price_minor(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[w, t]``: the price of one parcel of each weight on each tariff."""
        found: Int64 = self.price[np.searchsorted(self.limit_ug, weight_ug, side="left")]
        return found


@lru_cache(maxsize=512)
def rate_table(tariffs: tuple[Tariff, ...]) -> RateTable:
    """Merge tariffs; those of one sheet of lanes come again with every order to its area."""
    limits = np.unique(np.concatenate([tariff.limit_ug for tariff in tariffs]))
    columns = []
    for tariff in tariffs:
        prices = np.append(tariff.price_minor, NO_PRICE)
        step = np.searchsorted(tariff.limit_ug, limits, side="left")
        columns.append(np.append(prices[step], NO_PRICE))
    one_parcel_ug = [min(each.subadditive_below_ug, each.max_weight_ug) for each in tariffs]
    one_parcel_nl = [
        np.iinfo(np.int64).max if each.dimensional is None else each.dimensional.threshold_nl
        for each in tariffs
    ]
    return RateTable(
        limit_ug=limits,
        price=np.ascontiguousarray(np.stack(columns, axis=1)),
        one_parcel_ug=np.array(one_parcel_ug, dtype=np.int64),
        one_parcel_nl=np.array(one_parcel_nl, dtype=np.int64),
        least=(min(one_parcel_ug), min(one_parcel_nl)),
    )
