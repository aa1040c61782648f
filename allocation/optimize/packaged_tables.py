"""What the parcels of every vector cost where packagings decide: bounds from bounds on fits.

Whether contents go into a carton is known at once where a bound rules it out or slabs of
equal things do; between the two the price is an interval, to be closed by packing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Lattice
from allocation.optimize.contents import Contents
from routing.parcels.boxing import Boxing, CartonTakes, carton_takes
from routing.parcels.partition import INFINITE, pair_count, partition
from routing.rating.packaging import NO_CARTON
from routing.rating.tariff import NO_PRICE, Tariff
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

_MOST_SUMS_PER_TARIFF = 60_000


@dataclass(slots=True, eq=False)
class PackagedTables:
    """Prices all vectors of one lattice on tariffs with packagings.

    Attributes
    ----------
    one_piece_per_atom
        Whether the vectors are the piece counts themselves, so that dividing vectors is
        dividing contents.
    """

    problem: SourcingProblem
    lattice: Lattice
    contents: Contents
    one_piece_per_atom: bool
    _boxing: Boxing = field(init=False)
    _counts: Int64 = field(init=False)
    _takes: CartonTakes = field(init=False)

    def __post_init__(self) -> None:
        pieces = self.problem.pieces
        if pieces.boxing is None:
            raise ValueError("a tariff with packagings needs the sizes of what is packed")
        self._boxing = pieces.boxing
        counts = self.contents.quantities[:, pieces.line] * pieces.per_increment
        self._counts = np.where(pieces.alone, 0, counts)
        self._takes = carton_takes(pieces.boxing, self._counts, self.contents.volume_nl)

    def bounds(self, tariff: Tariff, parcel_minor: int) -> tuple[Int64, Int64]:
        """Return what the shared parcels of each vector cost, at least and at most.

        Both int64 ``[s]``; `NO_PRICE` where there is no way, or none known yet.
        """
        least, most = self._one_parcel(tariff, parcel_minor)
        if self.one_piece_per_atom and pair_count(self.lattice.shape) <= _MOST_SUMS_PER_TARIFF:
            settled = np.array_equal(least, most)
            least = self._divided(least)
            most = least if settled else self._divided(most)
        else:
            least = np.minimum(least, self._several(tariff, parcel_minor))
        shared = self.contents.shared
        return np.where(shared, least, 0), np.where(shared, most, 0)

    def _one_parcel(self, tariff: Tariff, parcel_minor: int) -> tuple[Int64, Int64]:
        """Return the cost of one parcel with everything, at least and at most."""
        weight, volume = self.contents.weight_ug, self.contents.volume_nl
        least = np.full(weight.size, NO_PRICE, dtype=np.int64)
        most = least.copy()
        if tariff.cartons is not None and tariff.cartons.carton.size:
            which = tariff.cartons.carton
            prices = tariff.cartons.prices(weight)
            prices = np.where(
                prices < NO_PRICE, prices + self._takes.void_minor[:, which], NO_PRICE
            )
            least = np.where(self._takes.possible[:, which], prices, NO_PRICE).min(axis=1)
            most = np.where(self._takes.certain[:, which], prices, NO_PRICE).min(axis=1)
        for packaging in tariff.packagings:
            if packaging.carton == NO_CARTON and not packaging.alone_only:
                takes = self._boxing.takes(packaging, self._counts, weight, volume)
                price = np.where(takes, packaging.price(weight, volume), NO_PRICE)
                np.minimum(least, price, out=least)
                np.minimum(most, price, out=most)
        return _with_fee(least, parcel_minor), _with_fee(most, parcel_minor)

    def _several(self, tariff: Tariff, parcel_minor: int) -> Int64:
        if tariff.bound is None:
            return np.full(self.lattice.size, NO_PRICE, dtype=np.int64)
        solid = self._counts @ self._boxing.solid_nl
        return tariff.bound.at_least(self.contents.weight_ug, solid, parcel_minor, several=True)

    def _divided(self, one: Int64) -> Int64:
        part = np.where(one < NO_PRICE, one, INFINITE)
        part[0] = INFINITE
        best = partition(self.lattice.shape, part, None)
        return np.where(best < INFINITE, best, NO_PRICE)


def _with_fee(price: Int64, parcel_minor: int) -> Int64:
    return np.where(price < NO_PRICE, price + parcel_minor, NO_PRICE)
