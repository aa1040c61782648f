"""Tariffs: a rate card folded for one rate zone, one ship date and one kind of address."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.ids import RateCardId
from routing.rating.dimensional import DimensionalRule
from routing.rating.packaged_bound import PackagedBound
from routing.rating.packaging import Packaging
from routing.rating.packaging_table import PackagingTable
from routing.rating.prices import NO_PRICE
from routing.rating.zones import RateZone

__all__ = ["NO_PRICE", "Tariff", "billable_weight_ug", "parcel_price_minor"]


@dataclass(frozen=True, slots=True, eq=False)
class Tariff:
    """The price of a parcel as a step function of its billable weight alone.

    Where parcels come in `packagings`, the steps are no prices but bounds: the least that
    contents of a weight cost in any of them, whatever their size. Everything that holds for
    prices as a lower bound holds for them; what a parcel really costs, the packagings say.

    Every surcharge that depends on weight, rate zone, date or address is already in
    the prices, so a parcel is priced by one search. Because a surcharge may end at a
    weight, prices are *not* promised to grow with weight. Made by
    `routing.rating.fold.fold`; compared by identity.

    Attributes
    ----------
    card_id
        The rate card it was folded from.
    zone
        Its rate zone.
    currency
        ISO 4217 code of all prices.
    limit_ug
        int64[B], strictly increasing: greatest billable weight of each step.
    price_minor
        int64[B]: price of a parcel in that step, all surcharges included.
    dimensional
        How volume becomes weight; ``None`` if it does not.
    subadditive_below_ug
        Greatest weight up to which no two parcels are ever cheaper than one (as long
        as volume does not raise the billable weight); see
        `routing.rating.subadditivity.subadditive_below_ug`.
    fluid_limit_ug, fluid_price_minor
        int64[F]: the bound of `routing.rating.fluid_bound.fluid_bound_minor` as steps.
    packagings
        How parcels are made; empty: by weight and volume alone, as the steps say.
    bound
        What contents in packagings cost at least; ``None`` where there are none.
    cartons
        The packagings with a carton as one table; ``None`` where there are no packagings.
    """

    card_id: RateCardId
    zone: RateZone
    currency: str
    limit_ug: NDArray[np.int64]
    price_minor: NDArray[np.int64]
    dimensional: DimensionalRule | None
    subadditive_below_ug: int
    fluid_limit_ug: NDArray[np.int64]
    fluid_price_minor: NDArray[np.int64]
    packagings: tuple[Packaging, ...] = ()
    bound: PackagedBound | None = None
    cartons: PackagingTable | None = None
    _steps: tuple[list[int], list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # For single parcels, where a search in a list is quicker than one in an array.
        steps = self.limit_ug.tolist(), [*self.price_minor.tolist(), NO_PRICE]
        object.__setattr__(self, "_steps", steps)

    @property
    def dearest_minor(self) -> int:
        """A price that no parcel exceeds."""
        if self.packagings:
            return max(each.dearest_minor for each in self.packagings)
        return int(self.price_minor[self.price_minor < NO_PRICE].max(initial=0))

    @property
    def max_weight_ug(self) -> int:
        """Greatest billable weight of one parcel."""
        return self._steps[0][-1]

    def price_of_one_minor(self, weight_ug: int, volume_nl: int) -> int:
        """Return what `parcel_price_minor` does for a single parcel."""
        billable = weight_ug
        if self.dimensional is not None:
            billable = max(weight_ug, self.dimensional.weight_of_one_ug(volume_nl))
        limits, prices = self._steps
        return prices[bisect_left(limits, billable)]


def billable_weight_ug(
    tariff: Tariff, weight_ug: NDArray[np.int64], volume_nl: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the greater of actual and dimensional weight.

    Parameters
    ----------
    tariff
        Holds the dimensional rule.
    weight_ug, volume_nl
        int64, shapes that broadcast, 0 or more.

    Returns
    -------
    NDArray[np.int64]
        The broadcast shape, micrograms; a dimensional weight is rounded up.
    """
    weight = np.asarray(weight_ug, dtype=np.int64)
    volume = np.asarray(volume_nl, dtype=np.int64)
    if tariff.dimensional is None or not (volume > tariff.dimensional.threshold_nl).any():
        return np.broadcast_arrays(weight, volume)[0]
    return np.maximum(weight, tariff.dimensional.weight_ug(volume))


def parcel_price_minor(
    tariff: Tariff, weight_ug: NDArray[np.int64], volume_nl: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the price of each parcel: the first step that reaches its billable weight.

    Parameters
    ----------
    tariff
        The price steps.
    weight_ug, volume_nl
        int64, shapes that broadcast, 0 or more: actual weight and volume.

    Returns
    -------
    NDArray[np.int64]
        The broadcast shape, minor units; `NO_PRICE` above the tariff's greatest weight.
    """
    billable = billable_weight_ug(tariff, weight_ug, volume_nl)
    step = np.searchsorted(tariff.limit_ug, billable, side="left")
    priced = step < tariff.limit_ug.size
    return np.where(priced, tariff.price_minor[np.where(priced, step, 0)], NO_PRICE)
