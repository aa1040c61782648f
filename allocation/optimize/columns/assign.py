"""Who ships what when it is known who ships: exact search over a set of locations.

One location after the other is given every vector it may take; what is left for the others
is bounded by their price curves. The last two are matched vector by vector.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.atoms import make_lattice
from allocation.optimize.columns.curves import least_sum
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.pricer import Box, Pricer
from allocation.optimize.columns.scalars import INFINITE

Int64 = NDArray[np.int64]

_lattice = lru_cache(maxsize=256)(lambda counts: make_lattice(np.array(counts, dtype=np.int64)))

_MOST_VECTORS = 140_000


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Vectors of a set of locations, by place, and the scalar of everything together."""

    parts: tuple[tuple[int, tuple[int, ...]], ...]
    scalar: int


@dataclass(slots=True, eq=False)
class Assigner:
    """Divides the demand over a given set of locations.

    Attributes
    ----------
    must
        bool ``[a]``: atoms of which nothing may be left out.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    several
        Whether more than one location ships.
    gave_up_at
        Least bound of what was too large to enumerate; `INFINITE` if nothing was.
    """

    model: Model
    pricer: Pricer
    budget: Budget
    must: NDArray[np.bool_]
    left_out: Int64
    several: bool = False
    gave_up_at: int = field(default=INFINITE)

    def best(self, places: tuple[int, ...], demand: Int64, below: int, bound: int) -> Split | None:
        """Return the best division with a scalar under `below`; ``None`` if there is none.

        Every place ships something. Prices are the lower ends known so far.

        Parameters
        ----------
        bound
            Known lower bound of the result, noted when the search must give up.
        """
        windows = self._windows(places, demand)
        if windows is None:
            return None
        low, high = windows
        if len(places) == 1:
            return self._alone(places[0], demand, low[0], high[0], below, bound)
        sizes = [_size(low[i], high[i]) for i in range(len(places))]
        first = min(range(len(places)), key=lambda i: (sizes[i], i))
        if sizes[first] > _MOST_VECTORS:
            self.gave_up_at = min(self.gave_up_at, bound)
            return None
        rest = places[:first] + places[first + 1 :]
        box = _box(low[first], high[first])
        lower = self.pricer.lower(places[first], box, several=self.several)
        if len(rest) == 1 and bool(self.must.all()):
            return self._matched(places[first], rest[0], demand, box, lower, below)
        return self._peeled(places[first], rest, demand, box, lower, below)

    def _windows(self, places: tuple[int, ...], demand: Int64) -> tuple[Int64, Int64] | None:
        high = np.minimum(self.model.places.cap[list(places)], demand)
        total = high.sum(axis=0)
        if (total[self.must] < demand[self.must]).any() or (high.sum(axis=1) == 0).any():
            return None
        low = np.where(self.must, np.maximum(0, demand - (total - high)), 0)
        return low, high

    def _alone(
        self, place: int, demand: Int64, low: Int64, high: Int64, below: int, bound: int
    ) -> Split | None:
        if _size(low, high) > _MOST_VECTORS:
            self.gave_up_at = min(self.gave_up_at, bound)
            return None
        box = _box(low, high)
        total = self.pricer.lower(place, box, several=self.several)
        total = total + (self._left(demand) - box.total(np.where(self.must, 0, self.left_out)))
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        return Split(((place, tuple(box.vector(pick).tolist())),), int(total[pick]))

    def _left(self, demand: Int64) -> int:
        optional = ~self.must
        return int(self.left_out[optional] @ demand[optional])

    def _matched(
        self, first: int, last: int, demand: Int64, box: Box, lower: Int64, below: int
    ) -> Split | None:
        """Give the last place exactly what the first does not take."""
        top = box.vector(box.lattice.size - 1)
        other = Box(demand - top, box.free, box.lattice)
        total = lower + self.pricer.lower(last, other, several=self.several)[::-1]
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        vector = box.vector(pick)
        parts = ((first, tuple(vector.tolist())), (last, tuple((demand - vector).tolist())))
        return Split(parts, int(total[pick]))

    def _peeled(
        self,
        first: int,
        rest: tuple[int, ...],
        demand: Int64,
        box: Box,
        lower: Int64,
        below: int,
    ) -> Split | None:
        """Try every vector of the first place, the most promising first."""
        bounds = lower + self._bound_of_rest(rest, demand, box)
        order = np.argsort(bounds, kind="stable")
        order = order[bounds[order] < below]
        best: Split | None = None
        for pick in order.tolist():
            if bounds[pick] >= below:
                break
            if self.budget.left_s() <= 0:
                self.gave_up_at = min(self.gave_up_at, int(bounds[pick]))
                break
            vector = box.vector(pick)
            own = int(lower[pick])
            found = self.best(rest, demand - vector, below - own, int(bounds[pick]) - own)
            if found is not None:
                below = own + found.scalar
                best = Split(((first, tuple(vector.tolist())), *found.parts), below)
        return best

    def _bound_of_rest(self, rest: tuple[int, ...], demand: Int64, box: Box) -> Int64:
        """Return int64 ``[s]``: what the other places cost at least, by weight and amounts."""
        places, grid = self.model.places, self.model.grid
        curve = least_sum([places.curve[place] for place in rest])
        per_unit = np.minimum(places.per_unit[list(rest)].min(axis=0), self.left_out)
        if not self.must.all():
            per_unit = np.where(self.must, per_unit, np.minimum(per_unit, self.left_out))
        shipped = np.where(self.must, grid.unit, 0)
        cell = int(shipped @ demand) - box.total(shipped)
        # A unit that no other place has costs nothing to leave over if there is none of it.
        per_unit = np.where(per_unit >= INFINITE, 0, per_unit)
        return curve[cell] + (int(per_unit @ demand) - box.total(per_unit))


def _size(low: Int64, high: Int64) -> int:
    size = 1
    for more in (high - low).tolist():
        size *= more + 1
    return size


def _box(low: Int64, high: Int64) -> Box:
    free = np.flatnonzero(high > low)
    return Box(low, free, _lattice(tuple((high - low)[free].tolist())))
