"""Who ships what when it is known who ships: exact search over a set of locations.

One location after the other is given every vector it may take; what is left for the others
is bounded by their price curves. The last two are matched vector by vector, or by weight
where only the weight decides what parcels cost.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.columns.cuboid import Cuboid
from allocation.optimize.columns.curves import Curve, least_sum
from allocation.optimize.columns.match import WeightMatch
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.pricer import Pricer
from allocation.optimize.columns.scalars import INFINITE

Int64 = NDArray[np.int64]

_MOST_VECTORS = 200_000
_FEW_VECTORS = 2_000
"""Up to here matching vectors is as fast as matching weights."""


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
    by_weight
        Whether weights may stand for vectors; off when packing found a price too low.
    gave_up_at
        Least bound of what was too large to enumerate; `INFINITE` if nothing was.
    """

    model: Model
    pricer: Pricer
    budget: Budget
    must: NDArray[np.bool_]
    left_out: Int64
    several: bool = False
    by_weight: bool = True
    gave_up_at: int = field(default=INFINITE)
    _match: WeightMatch = field(init=False)
    _curves: dict[int, Curve] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._match = WeightMatch(self.model)

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
        cuboids = [Cuboid(low, high) for low, high in zip(*windows, strict=True)]
        first = min(range(len(places)), key=lambda i: (cuboids[i].size, i))
        rest = places[:first] + places[first + 1 :]
        all_must = bool(self.must.all())
        if len(rest) == 1 and all_must and self._weighs(places, cuboids[first]):
            return self._weighed(places[first], rest[0], demand, cuboids[first], below)
        if cuboids[first].size > _MOST_VECTORS:
            self.gave_up_at = min(self.gave_up_at, bound)
            return None
        if not rest:
            return self._alone(places[0], demand, cuboids[0], below)
        lower = self.pricer.lower(places[first], cuboids[first], several=self.several)
        if len(rest) == 1 and all_must:
            return self._matched(places[first], rest[0], demand, cuboids[first], lower, below)
        return self._peeled(places[first], rest, demand, cuboids[first], lower, below)

    def _windows(self, places: tuple[int, ...], demand: Int64) -> tuple[Int64, Int64] | None:
        high = np.minimum(self.model.places.cap[list(places)], demand)
        total = high.sum(axis=0)
        if (total[self.must] < demand[self.must]).any() or (high.sum(axis=1) == 0).any():
            return None
        low = np.where(self.must, np.maximum(0, demand - (total - high)), 0)
        return low, high

    def _alone(self, place: int, demand: Int64, cuboid: Cuboid, below: int) -> Split | None:
        total = self.pricer.lower(place, cuboid, several=self.several)
        optional = np.where(self.must, 0, self.left_out)
        total = total + (int(optional @ demand) - cuboid.total(optional))
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        return Split(((place, tuple(cuboid.vector(pick).tolist())),), int(total[pick]))

    def _weighs(self, places: tuple[int, ...], cuboid: Cuboid) -> bool:
        if not self.by_weight or not self._match.possible or cuboid.size <= _FEW_VECTORS:
            return False
        return bool(self.model.places.has_one_row[list(places)].all())

    def _weighed(
        self, first: int, last: int, demand: Int64, cuboid: Cuboid, below: int
    ) -> Split | None:
        found = self._match.best(first, last, demand, cuboid, below)
        if found is None:
            return None
        scalar, vector = found
        return Split(_parts(first, last, demand, vector), scalar)

    def _matched(
        self, first: int, last: int, demand: Int64, cuboid: Cuboid, lower: Int64, below: int
    ) -> Split | None:
        """Give the last place exactly what the first does not take."""
        other = Cuboid(demand - cuboid.high, demand - cuboid.low)
        total = lower + self.pricer.lower(last, other, several=self.several)[::-1]
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        return Split(_parts(first, last, demand, cuboid.vector(pick)), int(total[pick]))

    def _peeled(
        self,
        first: int,
        rest: tuple[int, ...],
        demand: Int64,
        cuboid: Cuboid,
        lower: Int64,
        below: int,
    ) -> Split | None:
        """Try every vector of the first place, the most promising first."""
        bounds = lower + self._bound_of_rest(rest, demand, cuboid)
        order = np.argsort(bounds, kind="stable")
        order = order[bounds[order] < below]
        best: Split | None = None
        for pick in order.tolist():
            if bounds[pick] >= below:
                break
            if self.budget.left_s() <= 0:
                self.gave_up_at = min(self.gave_up_at, int(bounds[pick]))
                break
            vector = cuboid.vector(pick)
            own = int(lower[pick])
            found = self.best(rest, demand - vector, below - own, int(bounds[pick]) - own)
            if found is not None:
                below = own + found.scalar
                best = Split(((first, tuple(vector.tolist())), *found.parts), below)
        return best

    def _bound_of_rest(self, rest: tuple[int, ...], demand: Int64, cuboid: Cuboid) -> Int64:
        """Return int64 ``[s]``: what the other places cost at least, by weight and amounts."""
        places = self.model.places
        weight_ug = np.where(self.must, self.model.contents.weight_ug, 0)
        weight = int(weight_ug @ demand) - cuboid.total(weight_ug)
        curve = least_sum([self._curve(place) for place in rest], int(weight.max()))
        per_unit = np.minimum(places.per_unit[list(rest)].min(axis=0), self.left_out)
        # Nothing is left over of an atom that the other places do not have.
        per_unit = np.where(per_unit >= INFINITE, 0, per_unit)
        return curve.at(weight) + (int(per_unit @ demand) - cuboid.total(per_unit))

    def _curve(self, place: int) -> Curve:
        if place not in self._curves:
            self._curves[place] = self.model.places.curve(place)
        return self._curves[place]


def _parts(
    first: int, last: int, demand: Int64, vector: Int64
) -> tuple[tuple[int, tuple[int, ...]], ...]:
    return (first, tuple(vector.tolist())), (last, tuple((demand - vector).tolist()))
