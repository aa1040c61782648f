"""Lower bounds of plans with few shipments, from weights alone and all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.columns.curves import add_curves, least_sum
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.scalars import INFINITE

Int64 = NDArray[np.int64]

_CELLS_AT_A_TIME = 1_000_000
_MOST_CONVOLUTIONS = 12


@dataclass(frozen=True, slots=True, eq=False)
class Few:
    """Bounds by the price curves of a model.

    Attributes
    ----------
    must
        bool ``[a]``: atoms of which nothing may be left out.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    """

    model: Model
    must: NDArray[np.bool_]
    left_out: Int64

    @property
    def cell(self) -> int:
        """Cell of everything that must ship."""
        demand = np.where(self.must, self.model.demand, 0)
        return int(self.model.grid.unit @ demand)

    def singles(self) -> Int64:
        """Return int64 ``[l]``: what a single shipment from each place costs at least."""
        places, demand = self.model.places, self.model.demand
        per_unit = np.minimum(places.per_unit, self.left_out)
        covers = (places.cap[:, self.must] >= demand[self.must]).all(axis=1)
        amounts = np.where(per_unit >= INFINITE, 0, per_unit) @ demand
        return np.where(covers, places.curve[:, self.cell] + amounts, INFINITE)

    def pairs(self, below: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Int64]:
        """Return the pairs of places with a bound under `below`, least bounds first."""
        places, demand = self.model.places, self.model.demand
        first, second = np.triu_indices(len(places), 1)
        keep = self._unwindowed(first, second) < below
        first, second = first[keep], second[keep]
        cap = places.cap[:, self.must]
        covers = (cap[first] + cap[second] >= demand[self.must]).all(axis=1)
        first, second = first[covers], second[covers]
        bounds = self._windowed(first, second) + self._amounts(first, second)
        keep = bounds < below
        first, second, bounds = first[keep], second[keep], bounds[keep]
        order = np.argsort(bounds, kind="stable")
        return first[order], second[order], bounds[order]

    def many(self, at_least: int, at_most: int) -> int:
        """Return what plans with so many shipments cost at least; by weight alone."""
        places, demand = self.model.places, self.model.demand
        if at_least > at_most or len(places) == 0:
            return INFINITE
        curve = places.curve.min(axis=0)
        per_unit = np.minimum(places.per_unit.min(axis=0), self.left_out)
        amounts = int(np.where(per_unit >= INFINITE, 0, per_unit) @ demand)
        cheapest = int(curve[0])
        if cheapest < 0 and at_most > _MOST_CONVOLUTIONS:
            return -INFINITE
        total = least_sum([curve] * at_least)
        best = int(total[self.cell])
        for number in range(at_least + 1, at_most + 1):
            if cheapest >= 0 and number * cheapest >= best:
                break
            if number > _MOST_CONVOLUTIONS:
                best = min(best, number * cheapest)
                break
            total = add_curves(total, curve)
            best = min(best, int(total[self.cell]))
        return best + amounts

    def _unwindowed(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        """Bound pairs by the distinct curves of their places."""
        curve = self.model.places.curve[:, : self.cell + 1]
        distinct, kind = np.unique(curve, axis=0, return_inverse=True)
        kind = kind.reshape(-1)
        table = np.empty((distinct.shape[0], distinct.shape[0]), dtype=np.int64)
        for number in range(distinct.shape[0]):
            table[number] = (distinct[:, ::-1] + distinct[number]).min(axis=1)
        return table[kind[first], kind[second]] + self._amounts(first, second)

    def _amounts(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        per_unit = np.minimum(self.model.places.per_unit, self.left_out)
        distinct, kind = np.unique(per_unit, axis=0, return_inverse=True)
        kind = kind.reshape(-1)
        table = np.empty((distinct.shape[0], distinct.shape[0]), dtype=np.int64)
        for number in range(distinct.shape[0]):
            least = np.minimum(distinct, distinct[number])
            table[number] = np.where(least >= INFINITE, 0, least) @ self.model.demand
        amounts: Int64 = table[kind[first], kind[second]]
        return amounts

    def _windowed(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        """Bound pairs by what each of the two has to ship because the other cannot."""
        places, demand, unit = self.model.places, self.model.demand, self.model.grid.unit
        most = np.where(self.must, np.minimum(places.cap, demand), 0) @ unit
        low_first = self.cell - most[second]
        bounds = np.empty(first.size, dtype=np.int64)
        size = self.cell + 1
        step = max(1, _CELLS_AT_A_TIME // size)
        cells = np.arange(size)
        for start in range(0, first.size, step):
            here = slice(start, start + step)
            one, two = first[here], second[here]
            total = places.curve[one, :size] + places.curve[two, :size][:, ::-1]
            outside = (cells < low_first[here, None]) | (cells > most[one][:, None])
            total[outside] = INFINITE
            bounds[here] = total.min(axis=1)
        return bounds
