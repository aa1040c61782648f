"""Price parcels on many tariffs at once: tariffs of one card share their weight steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import NO_PRICE, Tariff, billable_weight_ug

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class RateSheet:
    """Tariffs by common weight steps.

    Attributes
    ----------
    samples
        One tariff of each family: same step limits and dimensional rule.
    prices
        Per family, int64 ``[tariffs of the family, steps + 1]``; the last is ``NO_PRICE``.
    family, row
        int64 ``[tariffs]``: where to find a tariff.
    one_parcel_ug
        int64 ``[tariffs]``: weight up to which one parcel is known to be cheapest.
    max_ug
        int64 ``[tariffs]``: greatest weight of a parcel.
    """

    samples: tuple[Tariff, ...]
    prices: tuple[Int64, ...]
    family: Int64
    row: Int64
    one_parcel_ug: Int64
    max_ug: Int64

    def price_minor(self, tariff: Int64, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Price one parcel each; same shapes ``[c]``; ``NO_PRICE`` where refused."""
        price = np.empty(tariff.size, dtype=np.int64)
        family = self.family[tariff]
        for index, sample in enumerate(self.samples):
            only = len(self.samples) == 1
            where = np.arange(tariff.size) if only else np.flatnonzero(family == index)
            billable = billable_weight_ug(sample, weight_ug[where], volume_nl[where])
            step = np.searchsorted(sample.limit_ug, billable, side="left")
            price[where] = self.prices[index][self.row[tariff[where]], step]
        return price


def make_rate_sheet(tariffs: tuple[Tariff, ...]) -> RateSheet:
    """Group tariffs by step limits and dimensional rule."""
    families: dict[object, list[int]] = {}
    for index, tariff in enumerate(tariffs):
        families.setdefault((tariff.limit_ug.tobytes(), tariff.dimensional), []).append(index)
    family = np.zeros(len(tariffs), dtype=np.int64)
    row = np.zeros(len(tariffs), dtype=np.int64)
    prices = []
    for number, members in enumerate(families.values()):
        family[members] = number
        row[members] = np.arange(len(members))
        table = [np.append(tariffs[index].price_minor, NO_PRICE) for index in members]
        prices.append(np.array(table, dtype=np.int64))
    return RateSheet(
        tuple(tariffs[members[0]] for members in families.values()),
        tuple(prices),
        family,
        row,
        np.array([tariff.subadditive_below_ug for tariff in tariffs], dtype=np.int64),
        np.array([tariff.max_weight_ug for tariff in tariffs], dtype=np.int64),
    )
