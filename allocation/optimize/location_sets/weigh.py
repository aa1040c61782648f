"""Divide a demand over several places by weight: one against all others, then the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.match import WeightMatch
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.pricer import Pricer
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.split import Split
from allocation.optimize.location_sets.windows import windows

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """A division by weight and its bound; both are the limit asked for if there is none."""

    scalar: int
    bound: int
    split: Split | None


@dataclass(slots=True, eq=False)
class Weigher:
    """Divides demands of which nothing may be left out by weight.

    Attributes
    ----------
    model, pricer
        Of the same problem.
    """

    model: Model
    pricer: Pricer
    _match: WeightMatch = field(init=False)
    _every: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self._match = WeightMatch(self.model)
        self._every = np.ones(self.model.demand.size, dtype=np.bool_)

    def is_exact(self, places: tuple[int, ...]) -> bool:
        """Whether weight alone decides what shipments from these places cost."""
        return self._match.exact and bool(self.model.places.has_one_row[list(places)].all())

    def best(
        self,
        places: tuple[int, ...],
        demand: Int64,
        cuboids: list[Cuboid],
        below: int,
        slack_ug: int | None = None,
    ) -> Weighed:
        """Return a good division over two or more places, exact for two.

        Parameters
        ----------
        cuboids
            See `windows`.
        below
            Only divisions with a smaller scalar are of interest.
        slack_ug
            Room to leave in shipments of several parcels; nothing is a bound with it.
        """
        if len(places) == 2:
            found = self._match.best(
                places[0], places[1:], demand, cuboids[0], below, slack_ug=slack_ug
            )
            if found is None:
                return Weighed(below, below, None)
            parts = (_part(places[0], found[1]), _part(places[1], demand - found[1]))
            return Weighed(found[0], found[0], Split(parts, found[0], found[0]))
        return self._among_many(places, demand, cuboids, below, slack_ug)

    def _among_many(
        self,
        places: tuple[int, ...],
        demand: Int64,
        cuboids: list[Cuboid],
        below: int,
        slack_ug: int | None,
    ) -> Weighed:
        """Let each place be the one; the greatest of the scalars found is a bound."""
        bound, best = -INFINITE, Weighed(below, below, None)
        for number, place in enumerate(places):
            others = places[:number] + places[number + 1 :]
            found = self._match.best(
                place, others, demand, cuboids[number], best.scalar, slack_ug=slack_ug
            )
            if found is None:
                bound = best.scalar
                break
            bound = max(bound, found[0])
            whole = self._completed(place, others, demand, found[1], best.scalar, slack_ug)
            if whole is not None:
                best = Weighed(whole.scalar, bound, whole)
            if bound >= best.scalar:
                break
        bound = min(bound, best.scalar)
        split = None if best.split is None else replace(best.split, bound=bound)
        return Weighed(best.scalar, bound, split)

    def _completed(
        self,
        place: int,
        others: tuple[int, ...],
        demand: Int64,
        vector: Int64,
        below: int,
        slack_ug: int | None,
    ) -> Split | None:
        """Return the division in which a place ships a vector, if it is below a scalar."""
        rest = demand - vector
        cuboids = windows(self.model, self._every, others, rest)
        own = int(self.pricer.lower(place, Cuboid(vector, vector), several=True)[0])
        if cuboids is None or own >= below:
            return None
        found = self.best(others, rest, cuboids, below - own, slack_ug)
        if found.split is None:
            return None
        return Split((_part(place, vector), *found.split.parts), own + found.scalar, -INFINITE)


def _part(place: int, vector: Int64) -> tuple[int, tuple[int, ...]]:
    return place, tuple(vector.tolist())
