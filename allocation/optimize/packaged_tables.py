"""What the parcels of every vector cost where packagings decide: bounds from bounds on fits.

Whether contents go into a carton is known at once where a bound rules it out or slabs of
equal things do; between the two the price is an interval, to be closed by packing.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    _solid_nl: Int64 = field(init=False)
    _takes: CartonTakes = field(init=False)

    def __post_init__(self) -> None:
        pieces = self.problem.pieces
        if pieces.boxing is None:
            raise ValueError("a tariff with packagings needs the sizes of what is packed")
        self._boxing = pieces.boxing
        counts = self.contents.quantities[:, pieces.line] * pieces.per_increment
        self._counts = np.where(pieces.alone, 0, counts)
        self._solid_nl = self._counts @ pieces.boxing.solid_nl
        self._takes = carton_takes(pieces.boxing, self._counts, self.contents.volume_nl)

    def bounds(self, tariffs: Sequence[Tariff], fees: Sequence[int]) -> tuple[Int64, Int64]:
        """Return what the shared parcels of each vector cost, at least and at most.

        Both int64 ``[t, s]``; `NO_PRICE` where there is no way, or none known yet.

        Parameters
        ----------
        fees
            Of every parcel, by tariff.
        """
        least, most = self._in_cartons(tariffs)
        for row, tariff in enumerate(tariffs):
            self._as_they_are(tariff, least[row], most[row])
        for prices in (least, most):
            fee = np.array(fees, dtype=np.int64)[:, None]
            np.minimum(prices + fee, NO_PRICE, out=prices)
        divides = self.one_piece_per_atom and (
            pair_count(self.lattice.shape) <= _MOST_SUMS_PER_TARIFF
        )
        for row, (tariff, fee_minor) in enumerate(zip(tariffs, fees, strict=True)):
            if divides:
                settled = np.array_equal(least[row], most[row])
                least[row] = self._divided(least[row])
                most[row] = least[row] if settled else self._divided(most[row])
            else:
                self._lower_to_several(tariff, fee_minor, least[row])
        least[:, ~self.contents.shared] = most[:, ~self.contents.shared] = 0
        return least, most

    def _in_cartons(self, tariffs: Sequence[Tariff]) -> tuple[Int64, Int64]:
        """Return the price of one parcel with everything in a carton, at least and at most.

        Tariffs whose prices change at the same weights are priced together.
        """
        shape = len(tariffs), self.lattice.size
        least = np.full(shape, NO_PRICE, dtype=np.int64)
        most = least.copy()
        alike: dict[tuple[bytes, bytes], list[int]] = {}
        for row, tariff in enumerate(tariffs):
            table = tariff.cartons
            if table is not None and table.carton.size:
                alike.setdefault((table.limit_ug.tobytes(), table.carton.tobytes()), []).append(row)
        for rows in alike.values():
            tables = [table for row in rows if (table := tariffs[row].cartons) is not None]
            step = np.searchsorted(tables[0].limit_ug, self.contents.weight_ug, side="left")
            low, high = least[rows], most[rows]
            for column, carton in enumerate(tables[0].carton.tolist()):
                prices = np.stack([table.price[:, column] for table in tables])[:, step]
                np.minimum(low, prices + self._takes.possible[carton], out=low)
                np.minimum(high, prices + self._takes.certain[carton], out=high)
            least[rows], most[rows] = low, high
        return least, most

    def _as_they_are(self, tariff: Tariff, least: Int64, most: Int64) -> None:
        """Lower prices to those of things sent as they are, where that is allowed."""
        weight, volume = self.contents.weight_ug, self.contents.volume_nl
        for packaging in tariff.packagings:
            if packaging.carton == NO_CARTON and not packaging.alone_only:
                takes = self._boxing.takes(packaging, self._counts, weight, volume)
                price = np.where(takes, packaging.price(weight, volume), NO_PRICE)
                np.minimum(least, price, out=least)
                np.minimum(most, price, out=most)

    def _lower_to_several(self, tariff: Tariff, parcel_minor: int, least: Int64) -> None:
        """Lower prices to what no two or more parcels undercut."""
        if tariff.bound is None:
            return
        # Two parcels cost at least twice the cheapest one.
        open_ = np.flatnonzero(least > 2 * (tariff.bound.least_minor + parcel_minor))
        if open_.size:
            several = tariff.bound.at_least(
                self.contents.weight_ug[open_], self._solid_nl[open_], parcel_minor, several=True
            )
            least[open_] = np.minimum(least[open_], several)

    def _divided(self, one: Int64) -> Int64:
        part = np.where(one < NO_PRICE, one, INFINITE)
        part[0] = INFINITE
        best = partition(self.lattice.shape, part, None)
        return np.where(best < INFINITE, best, NO_PRICE)
