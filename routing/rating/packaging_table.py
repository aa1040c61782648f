"""Prices of all cartons of a tariff as one table over the weight of the contents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.prices import NO_PRICE

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class PackagingTable:
    """Prices by weight of the contents, for every carton at once.

    Void fill, which depends on volume, and whether contents fit are not in it.

    Attributes
    ----------
    packaging, carton
        intp ``[c]``: which packagings of the tariff, and their cartons.
    limit_ug
        int64 ``[b]``, increasing: weights of the contents at which some price changes.
    price
        int64 ``[b + 1, c]``: price up to each of them; `NO_PRICE` above a carton's most.
    """

    packaging: NDArray[np.intp]
    carton: NDArray[np.intp]
    limit_ug: Int64
    price: Int64

    def prices(self, weight_ug: Int64) -> Int64:
        """Return int64 ``[s, c]`` for contents of each weight."""
        found: Int64 = self.price[np.searchsorted(self.limit_ug, weight_ug, side="left")]
        return found


def packaging_table(packagings: Sequence[Packaging]) -> PackagingTable:
    """Merge the cartons among some packagings."""
    numbers = [at for at, each in enumerate(packagings) if each.carton != NO_CARTON]
    cartons = [packagings[at] for at in numbers]
    reach = [np.minimum(each.limit_ug - each.tare_ug, each.max_weight_ug) for each in cartons]
    none = np.zeros(0, dtype=np.int64)
    limits = np.unique(np.concatenate([none, *reach]))
    columns = []
    for each, own in zip(cartons, reach, strict=True):
        step = np.searchsorted(own, limits, side="left")
        prices = np.append(each.price_minor, NO_PRICE)
        columns.append(np.append(prices[step], NO_PRICE))
    table = np.array(columns, dtype=np.int64).reshape(len(cartons), limits.size + 1)
    return PackagingTable(
        np.array(numbers, dtype=np.intp),
        np.array([each.carton for each in cartons], dtype=np.intp),
        limits,
        np.ascontiguousarray(table.T),
    )
