"""What a parcel costs from each location on the cheapest of its lanes, by weight step.

Worked out once for all usual orders to an area: where a location may ship a line on all of
its lanes or on none, no order needs to look at the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.rate_table import RateTable, rate_table
from routing.quick import quick
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import Lanes
from routing.sourcing.usual.lines import MOST_LINES

Int64 = NDArray[np.int64]

ROWS_KEPT: Final = 16
"""Steps that are remembered of an area, at 12 bytes a location: most orders weigh no more."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Weights of the last digits of a scalar: cost, shipments, then location indices.

    Attributes
    ----------
    cost
        Of a minor unit of landed cost.
    shipment
        Of a shipment; a location index counts as it is.
    """

    cost: int
    shipment: int


def scale_of(locations: int) -> Scale:
    """Return the scale for as many lines as a usual order can have; see `scalar.scalarize`."""
    shipment = MOST_LINES * locations + 1
    return Scale(shipment * (MOST_LINES + 1), shipment)


@quick
@dataclass(frozen=True, slots=True, eq=False)
class PriceRow:
    """Prices of one weight step.

    Attributes
    ----------
    scalar
        int64 ``[l]``: least price of a parcel on a location's lanes, times `Scale.cost`.
    lane
        int32 ``[l]``: the first lane at that price.
    """

    scalar: Int64
    lane: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class LocationPrices:
    """Prices of all lanes, by location.

    Attributes
    ----------
    rates
        Of the lanes' tariffs.
    limit_ug
        Greatest weight of each step.
    tariff
        int32 ``[j]``.
    first
        intp ``[l]``: first lane of each location.
    floor
        Of each step: no parcel of its weight or more has a price with a smaller scalar.
    dearest_minor
        No price is greater.
    scale
        Of the scalars.
    """

    rates: RateTable
    limit_ug: list[int]
    tariff: NDArray[np.int32]
    first: NDArray[np.intp]
    floor: list[int]
    dearest_minor: int
    scale: Scale
    _rows: dict[int, PriceRow] = field(init=False, default_factory=dict, repr=False)

    def row(self, step: int) -> PriceRow | None:
        """Return the prices of a weight step; ``None`` where a lane has none."""
        found = self._rows.get(step)
        if found is None:
            found = self._make_row(step)
            if found is not None and len(self._rows) < ROWS_KEPT:
                self._rows[step] = found
        return found

    def _make_row(self, step: int) -> PriceRow | None:
        price = self.rates.price[step][self.tariff]
        if price.max() >= NO_PRICE:
            return None
        least = np.minimum.reduceat(price, self.first)
        sizes = np.diff(self.first, append=price.size)
        cheapest = np.flatnonzero(price == np.repeat(least, sizes))
        lane = cheapest[np.searchsorted(cheapest, self.first)].astype(np.int32)
        return PriceRow(least * self.scale.cost, lane)


def make_location_prices(lanes: Lanes, first: NDArray[np.intp]) -> LocationPrices:
    """Prepare the prices of lanes.

    Parameters
    ----------
    first
        intp ``[l]``: first lane of each location.
    """
    rates, scale = rate_table(lanes.tariffs), scale_of(first.size)
    used = rates.price[:, np.unique(lanes.tariff)]
    floor = np.minimum.accumulate(used.min(axis=1)[::-1])[::-1]
    return LocationPrices(
        rates=rates,
        limit_ug=rates.limit_ug.tolist(),
        tariff=lanes.tariff,
        first=first,
        floor=[scale.cost * each for each in floor.tolist()],
        dearest_minor=int(used[used < NO_PRICE].max(initial=0)),
        scale=scale,
    )
