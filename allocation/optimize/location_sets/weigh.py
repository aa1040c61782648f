"""Divide a demand over several places by weight: one against all others, then the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.location_sets.cuboid import Cuboid
from allocation.optimize.location_sets.match import REST, Division, WeightMatch
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.pricer import Pricer
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.split import Split
from allocation.optimize.location_sets.tolls import divided
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
    """Divides demands by weight; `REST` among the places stands for what is left out.

    Whatever is asked raises `OutOfTimeError` when the budget is over.

    Attributes
    ----------
    model, pricer
        Of the same problem.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    """

    model: Model
    pricer: Pricer
    left_out: Int64
    budget: Budget = ENDLESS
    _match: WeightMatch = field(init=False)
    _rest_cap: Int64 = field(init=False)

    def __post_init__(self) -> None:
        self._match = WeightMatch(self.model, self.left_out, self.budget)
        self._rest_cap = np.where(self.left_out < INFINITE, self.model.demand, 0)

    def is_exact(self, places: tuple[int, ...]) -> bool:
        """Whether weight alone decides what shipments from these places cost."""
        real = [place for place in places if place != REST]
        return self._match.exact and bool(self.model.places.has_one_row[real].all())

    def best(
        self, places: tuple[int, ...], demand: Int64, below: int, slack_ug: int | None = None
    ) -> Weighed:
        """Return a good division over two or more places, a best one for two.

        Parameters
        ----------
        below
            Only divisions with a smaller scalar are of interest.
        slack_ug
            Room to leave in shipments of several parcels; nothing is a bound with it.
        """
        cuboids = self._windows(places, demand)
        if cuboids is None:
            return Weighed(below, below, None)
        if len(places) > 2:
            return self._among_many(places, demand, cuboids, below, slack_ug)
        task = Division(places[0], places[1:], demand, cuboids[0], slack_ug)
        found = divided(self._match, task, below)
        if found is None:
            return Weighed(below, below, None)
        if found.vector is None or found.scalar >= below:
            return Weighed(below, found.bound, None)
        parts = (*_part(places[0], found.vector), *_part(places[1], demand - found.vector))
        return Weighed(found.scalar, found.bound, Split(parts, found.scalar, found.bound))

    def _windows(self, places: tuple[int, ...], demand: Int64) -> list[Cuboid] | None:
        """Return, by place, all vectors that leave the others able to take the rest."""
        caps = [self._rest_cap if at == REST else self.model.places.cap[at] for at in places]
        return windows(np.array(caps), demand, np.ones(demand.size, dtype=np.bool_))

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
            task = Division(place, others, demand, cuboids[number], slack_ug)
            found = divided(self._match, task, best.scalar)
            if found is None:
                bound = best.scalar
                break
            bound = max(bound, found.bound)
            whole = None
            if found.vector is not None:
                whole = self._completed(task, found.vector, best.scalar)
            if whole is not None:
                best = Weighed(whole.scalar, bound, whole)
            if bound >= best.scalar:
                break
        bound = min(bound, best.scalar)
        split = None if best.split is None else replace(best.split, bound=bound)
        return Weighed(best.scalar, bound, split)

    def _completed(self, task: Division, vector: Int64, below: int) -> Split | None:
        """Return the division in which the first place takes a vector, if it is below a scalar."""
        own = self._own(task.first, vector)
        if own >= below:
            return None
        found = self.best(task.others, task.demand - vector, below - own, task.slack_ug)
        if found.split is None:
            return None
        parts = (*_part(task.first, vector), *found.split.parts)
        return Split(parts, own + found.scalar, -INFINITE)

    def _own(self, place: int, vector: Int64) -> int:
        if place == REST:
            return int(np.where(vector > 0, self.left_out, 0) @ vector)
        return int(self.pricer.lower(place, Cuboid(vector, vector), several=True)[0])


def _part(place: int, vector: Int64) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the part of a place, if it is one."""
    return () if place == REST else ((place, tuple(vector.tolist())),)
