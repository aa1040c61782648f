"""Packagings: the ways in which a tariff makes a parcel, each with prices of its own.

A plain tariff prices a parcel by weight and volume alone. Where more matters, it has
packagings: one per carton that may be used, with everything that the carton's own size,
weight and cost decide already in its prices; and one for things sent as they are, per set
of size surcharges that they pay. What a parcel costs is the least of the packagings that
take its contents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.rating.dimensional import DimensionalRule
from routing.rating.prices import NO_PRICE
from routing.rating.trigger import Trigger

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

NO_CARTON: Final = -1
UNLIMITED: Final = int(np.iinfo(np.int64).max // 8)

_NL_PER_ML: Final = 1_000_000
_ML_PER_M3: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Packaging:
    """One way to make a parcel, and what that costs by the contents.

    Attributes
    ----------
    carton
        Index into the cartons of the order, `NO_CARTON` for things sent as they are.
    alone_only
        Whether it is for things that travel alone only: those come as they are, while
        everything else needs a carton.
    forbids, requires
        Contents must meet none of the first and each of the second: for things sent as
        they are, whose surcharges depend on what they are.
    max_weight_ug, max_volume_nl
        Most of the contents, actual.
    tare_ug
        Weight of the carton.
    void_fill_minor_per_m3, inner_nl
        As in `routing.carton.Carton`.
    limit_ug, price_minor
        int64[B]: steps by weight with tare; by billable weight where
        `dimensional` is set. All surcharges and the carton itself are included.
    dimensional
        How the volume of the contents becomes weight; ``None`` where the parcel's own size
        is known, or the card has no rule.
    """

    carton: int
    alone_only: bool
    forbids: tuple[Trigger, ...]
    requires: tuple[Trigger, ...]
    max_weight_ug: int
    max_volume_nl: int
    tare_ug: int
    void_fill_minor_per_m3: int
    inner_nl: int
    limit_ug: Int64
    price_minor: Int64
    dimensional: DimensionalRule | None = None

    def price(self, weight_ug: Int64, volume_nl: Int64) -> Int64:
        """Return what parcels with such contents cost, `NO_PRICE` above a limit.

        Parameters
        ----------
        weight_ug, volume_nl
            int64, same shape: contents of each parcel. Whether they fit by their sides is
            not looked at.
        """
        billable = np.asarray(weight_ug, dtype=np.int64) + self.tare_ug
        if self.dimensional is not None:
            billable = np.maximum(billable, self.dimensional.weight_ug(volume_nl))
        step = np.searchsorted(self.limit_ug, billable, side="left")
        takes = (
            (step < self.limit_ug.size)
            & (weight_ug <= self.max_weight_ug)
            & (volume_nl <= self.max_volume_nl)
        )
        price = self.price_minor[np.where(takes, step, 0)]
        if self.void_fill_minor_per_m3:
            price = price - (-self._void_ml(volume_nl) * self.void_fill_minor_per_m3 // _ML_PER_M3)
        return np.where(takes, price, NO_PRICE)

    def admits(self, counts: Int64, sides_um: Int64, weight_ug: Int64, volume_nl: Int64) -> Bool:
        """Say which contents meet nothing forbidden and everything required.

        Parameters
        ----------
        counts
            int64 ``[s, p]``: pieces of each kind.
        sides_um
            int64 ``[p, 3]``: of each piece; 0 where not known.
        weight_ug, volume_nl
            int64 ``[s]``: of each content.
        """
        admitted = np.ones(counts.shape[0], dtype=np.bool_)
        for trigger, wanted in (
            *((each, False) for each in self.forbids),
            *((each, True) for each in self.requires),
        ):
            met = (counts[:, trigger.met_by_each(sides_um)] > 0).any(axis=1)
            met |= trigger.met_by_bulk(volume_nl, weight_ug)
            admitted &= met == wanted
        return admitted

    @property
    def most_contents_ug(self) -> int:
        """Greatest weight of contents with a price, by the actual weight alone."""
        return min(self.max_weight_ug, int(self.limit_ug[-1]) - self.tare_ug)

    @property
    def dearest_minor(self) -> int:
        """A price that no parcel in it exceeds."""
        void_ml = -(-self.inner_nl // _NL_PER_ML)
        return int(self.price_minor.max()) - (-void_ml * self.void_fill_minor_per_m3 // _ML_PER_M3)

    def _void_ml(self, volume_nl: Int64) -> Int64:
        void: Int64 = -(-np.maximum(self.inner_nl - volume_nl, 0) // _NL_PER_ML)
        return void
