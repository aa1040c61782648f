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
from routing.parcels.boxing import Boxing
from routing.parcels.partition import INFINITE, pair_count, partition
from routing.parcels.volume_bound import parcels_bound_minor
from routing.rating.packaging import NO_CARTON, Packaging
from routing.rating.tariff import NO_PRICE, Tariff
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

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
    _fits: dict[tuple[int, bool], Bool] = field(init=False)

    def __post_init__(self) -> None:
        pieces = self.problem.pieces
        if pieces.boxing is None:
            raise ValueError("a tariff with packagings needs the sizes of what is packed")
        self._boxing = pieces.boxing
        counts = self.contents.quantities[:, pieces.line] * pieces.per_increment
        self._counts = np.where(pieces.alone, 0, counts)
        self._fits = {}

    def bounds(self, tariff: Tariff, parcel_minor: int) -> tuple[Int64, Int64]:
        """Return what the shared parcels of each vector cost, at least and at most.

        Both int64 ``[s]``; `NO_PRICE` where there is no way, or none known yet.
        """
        least = self._one_parcel(tariff, parcel_minor, certain=False)
        most = self._one_parcel(tariff, parcel_minor, certain=True)
        if self.one_piece_per_atom and pair_count(self.lattice.shape) <= _MOST_SUMS_PER_TARIFF:
            least, most = self._divided(least), self._divided(most)
        else:
            least = np.minimum(least, self._several(tariff, parcel_minor))
        shared = self.contents.shared
        return np.where(shared, least, 0), np.where(shared, most, 0)

    def _one_parcel(self, tariff: Tariff, parcel_minor: int, *, certain: bool) -> Int64:
        weight, volume = self.contents.weight_ug, self.contents.volume_nl
        best = np.full(weight.size, NO_PRICE, dtype=np.int64)
        for packaging in tariff.packagings:
            if not packaging.alone_only:
                takes = self._takes(packaging, certain=certain)
                price = np.where(takes, packaging.price(weight, volume), NO_PRICE)
                np.minimum(best, price, out=best)
        return np.where(best < NO_PRICE, best + parcel_minor, NO_PRICE)

    def _takes(self, packaging: Packaging, *, certain: bool) -> Bool:
        """Ask about each carton once: tariffs share them."""
        if packaging.carton == NO_CARTON:
            return self._boxing.takes(
                packaging, self._counts, self.contents.weight_ug, self.contents.volume_nl
            )
        key = (packaging.carton, certain)
        if key not in self._fits:
            ask = self._boxing.certain if certain else self._boxing.possible
            self._fits[key] = ask(packaging.carton, self._counts)
        return self._fits[key]

    def _several(self, tariff: Tariff, parcel_minor: int) -> Int64:
        solid = self._counts @ self._boxing.solid_nl
        return parcels_bound_minor(tariff, parcel_minor, self.contents.weight_ug, solid)

    def _divided(self, one: Int64) -> Int64:
        part = np.where(one < NO_PRICE, one, INFINITE)
        part[0] = INFINITE
        best = partition(self.lattice.shape, part, None)
        return np.where(best < INFINITE, best, NO_PRICE)
