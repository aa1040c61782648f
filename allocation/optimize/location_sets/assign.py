"""Who ships what when it is known who ships: exact search over a set of places.

Where only the weight decides what parcels cost, the demand is divided by weight, which
is quick and mostly settles it. Else one place after the other is given every vector it may
take; what is left for the others is bounded by their price curves.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.curves import Curve, least_sum
from allocation.optimize.location_sets.match import REST
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.pricer import Pricer
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.split import Split
from allocation.optimize.location_sets.weigh import Weigher
from allocation.optimize.location_sets.windows import windows

Int64 = NDArray[np.int64]

_MOST_VECTORS = 200_000
_SECONDS_PER_VECTOR = 2e-7
_FEW_VECTORS = 2_000
"""Up to here trying all vectors is as fast as weighing."""


@dataclass(slots=True, eq=False)
class Assigner:
    """Divides the demand over a given set of places.

    Attributes
    ----------
    must
        bool ``[a]``: atoms of which nothing may be left out.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    several
        Whether more than one place ships.
    by_weight
        Whether weights may stand for vectors; off when packing found a price too low.
    patience
        How many more vectors are tried one by one before the rest is left aside.
    gave_up_at
        Least bound of what the last search left aside; `INFINITE` if it left nothing.
    """

    model: Model
    pricer: Pricer
    budget: Budget
    must: NDArray[np.bool_]
    left_out: Int64
    several: bool = False
    by_weight: bool = True
    patience: int = 0
    gave_up_at: int = field(default=INFINITE)
    _weigher: Weigher = field(init=False)
    _curves: dict[int, Curve] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._weigher = Weigher(self.model, self.pricer, self.left_out, self.budget)

    def best(
        self, places: tuple[int, ...], demand: Int64, below: int, bound: int, spent: int = 0
    ) -> Split | None:
        """Return the best division with a scalar under `below`; ``None`` if there is none.

        Every place ships something. Prices are the lower ends known so far.

        Parameters
        ----------
        bound
            Known lower bound of the result, noted when the search must give up.
        spent
            Scalar of the places that already have their share, for that note.
        """
        cap = self.model.places.cap[list(places)]
        cuboids = windows(cap, demand, self.must)
        if cuboids is None or not all(cuboid.high.any() for cuboid in cuboids):
            return None
        sizes = [cuboid.size for cuboid in cuboids]
        first = sizes.index(min(sizes))
        known: Split | None = None
        try:
            if self._weighs(places, sizes[first]):
                found = self._weigher.best(self._parties(places), demand, below)
                known, below, bound = found.split, found.scalar, max(bound, found.bound)
                if bound >= below:
                    return known
            if sizes[first] <= self._most_vectors(places[first]):
                better = self._enumerated(places, first, demand, cuboids, below, spent)
                return known if better is None else better
        except OutOfTimeError:
            pass
        self.gave_up_at = min(self.gave_up_at, spent + bound)
        return known

    def _most_vectors(self, place: int) -> int:
        """Return how many vectors can be priced at a place, and in the time that is left."""
        lanes = len(self.model.places.lanes[place])
        in_time = int(self.budget.left_s() / (lanes * _SECONDS_PER_VECTOR))
        return min(_MOST_VECTORS, in_time)

    def with_room(self, places: tuple[int, ...], below: int, slack_ug: int) -> Split | None:
        """Return a division by weight that leaves room in shipments of several parcels.

        It need not be the best, and its scalar is none that packing could not raise. ``None``
        if there is none, or no time.
        """
        parties = self._parties(places)
        if len(parties) < 2 or not self._weigher.is_exact(places):
            return None
        try:
            return self._weigher.best(parties, self.model.demand, below, slack_ug).split
        except OutOfTimeError:
            return None

    def _parties(self, places: tuple[int, ...]) -> tuple[int, ...]:
        """Return the places, and what is left out if anything may be."""
        return places if bool(self.must.all()) else (*places, REST)

    def _weighs(self, places: tuple[int, ...], size: int) -> bool:
        return self.by_weight and size > _FEW_VECTORS and len(self._parties(places)) > 1

    def _enumerated(
        self,
        places: tuple[int, ...],
        first: int,
        demand: Int64,
        cuboids: list[Cuboid],
        below: int,
        spent: int,
    ) -> Split | None:
        """Give the place with the number `first` among `places` every vector it may take."""
        lower = self.pricer.lower(places[first], cuboids[first], several=self.several)
        if len(places) == 1:
            return self._alone(places[0], demand, cuboids[0], lower, below)
        rest = places[:first] + places[first + 1 :]
        if len(rest) == 1 and bool(self.must.all()):
            return self._matched(places[first], rest[0], demand, cuboids[first], lower, below)
        return self._peeled(places[first], rest, demand, cuboids[first], lower, below, spent)

    def _alone(
        self, place: int, demand: Int64, cuboid: Cuboid, lower: Int64, below: int
    ) -> Split | None:
        optional = np.where(self.must, 0, self.left_out)
        total = lower + (int(optional @ demand) - cuboid.total(optional))
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        return _split((_part(place, cuboid.vector(pick)),), int(total[pick]))

    def _matched(
        self, first: int, last: int, demand: Int64, cuboid: Cuboid, lower: Int64, below: int
    ) -> Split | None:
        """Give the last place exactly what the first does not take."""
        other = Cuboid(demand - cuboid.high, demand - cuboid.low)
        total = lower + self.pricer.lower(last, other, several=self.several)[::-1]
        pick = int(np.argmin(total))
        if total[pick] >= below:
            return None
        vector = cuboid.vector(pick)
        return _split((_part(first, vector), _part(last, demand - vector)), int(total[pick]))

    def _peeled(
        self,
        first: int,
        rest: tuple[int, ...],
        demand: Int64,
        cuboid: Cuboid,
        lower: Int64,
        below: int,
        spent: int,
    ) -> Split | None:
        """Try every vector of the first place, the most promising first."""
        bounds = lower + self._bound_of_rest(rest, demand, cuboid)
        order = np.argsort(bounds, kind="stable")
        order = order[bounds[order] < below]
        best: Split | None = None
        for pick in order.tolist():
            if bounds[pick] >= below:
                break
            self.patience -= 1
            if self.patience < 0 or self.budget.is_over:
                self.gave_up_at = min(self.gave_up_at, spent + int(bounds[pick]))
                break
            vector = cuboid.vector(pick)
            own = int(lower[pick])
            bound = int(bounds[pick]) - own
            found = self.best(rest, demand - vector, below - own, bound, spent + own)
            if found is not None:
                below = own + found.scalar
                best = _split((_part(first, vector), *found.parts), below)
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


def _split(parts: tuple[tuple[int, tuple[int, ...]], ...], scalar: int) -> Split:
    """Return a division that is the best over its places."""
    return Split(parts, scalar, scalar)


def _part(place: int, vector: Int64) -> tuple[int, tuple[int, ...]]:
    return place, tuple(vector.tolist())
