"""Search over who ships: one location, two, then more, until bounds exclude the rest."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.columns.assign import Assigner
from allocation.optimize.columns.duals import certify
from allocation.optimize.columns.master import Master
from allocation.optimize.columns.model import Model
from allocation.optimize.columns.narrow import Narrowed, narrow
from allocation.optimize.columns.pairs import Few
from allocation.optimize.columns.pricer import Pricer
from allocation.optimize.columns.scalars import INFINITE
from allocation.optimize.columns.sets import Sets, no_sets, sufficient_sets
from allocation.optimize.columns.split import Split
from allocation.optimize.evaluate import Evaluator

Int64 = NDArray[np.int64]

_MOST_SETS = 300_000
_FINE_CELLS = 800
"""Cells of the weight grid on which prices are proven; they are found on a coarser one."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipment of the best plan: lane and units of each atom."""

    lane: int
    units: tuple[int, ...]


@dataclass(slots=True, eq=False)
class LocationSearch:
    """Finds the best plan of a model; scalars count the further-shipment cost every time.

    Attributes
    ----------
    best
        Scalar of the best plan known; starts with the incumbent's.
    shipped
        Its shipments; ``None`` while the incumbent is the best.
    open_at
        Least bound of what was not searched; `INFINITE` if all was.
    """

    model: Model
    evaluator: Evaluator
    budget: Budget
    best: int
    shipped: tuple[Shipped, ...] | None = None
    open_at: int = field(default=INFINITE)
    _pricer: Pricer = field(init=False)
    _assigner: Assigner = field(init=False)
    _few: Few = field(init=False)

    def __post_init__(self) -> None:
        must = self._must()
        left_out = np.where(must, INFINITE, self.model.scalars.left_out)
        self._pricer = Pricer(self.model, self.evaluator)
        self._assigner = Assigner(self.model, self._pricer, self.budget, must, left_out)
        self._few = Few(self.model, must, left_out)

    @property
    def bound(self) -> int:
        """Scalar that no plan undercuts."""
        return min(self.best, self.open_at, self._assigner.gave_up_at)

    def run(self) -> None:
        """Search until nothing better is possible or the budget is used up."""
        most = min(
            self.model.problem.limits.max_shipments,
            len(self.model.places),
            int(self.model.demand.sum()),
        )
        if most < 1 or (
            self.model.problem.limits.ship_complete and not self.model.complete_is_possible
        ):
            return
        self._singles()
        if most > 1:
            self._assigner.several = True
            self._pairs(most)
        if most > 2:
            self._more(most)

    def _must(self) -> NDArray[np.bool_]:
        """Return the atoms of which every better plan ships everything."""
        model, scalars = self.model, self.model.scalars
        if model.problem.limits.ship_complete:
            return np.ones(model.demand.size, dtype=np.bool_)
        places = model.places
        if len(places) == 0:
            return np.zeros(model.demand.size, dtype=np.bool_)
        least = np.minimum(places.per_unit.min(axis=0), scalars.left_out)
        gains = np.sort(np.minimum(places.value.min(axis=1), 0))
        shipments = min(len(places), model.problem.limits.max_shipments)
        floor = int(least @ model.demand) + int(gains[:shipments].sum())
        must: NDArray[np.bool_] = floor + scalars.left_out - least >= self.best
        return must

    def _singles(self) -> None:
        bounds = self._few.singles()
        for place in np.argsort(bounds, kind="stable").tolist():
            if bounds[place] >= self.best:
                return
            if not self._try((place,), int(bounds[place])):
                return

    def _pairs(self, most: int) -> None:
        if min(self._few.many(2, most), INFINITE) >= self.best:
            return
        first, second, bounds = self._few.pairs(self.best)
        for one, two, bound in zip(first.tolist(), second.tolist(), bounds.tolist(), strict=True):
            if bound >= self.best or not self._try((one, two), bound):
                return

    def _more(self, most: int) -> None:
        """Look at plans of three and more shipments, as long as they can be better."""
        if self._few.many(3, most) >= self.best:
            return
        left = narrow(self._few, 3, most, self.best)
        for number in range(3, most + 1):
            if left.places.size < number:
                return
            floor = max(left.few.many(number, most), self._floor(left, number, most))
            if floor >= self.best:
                return
            if self.budget.left_s() <= 0:
                self.open_at = min(self.open_at, floor)
                return
            left = self._priced(left, number, most)
            floor = max(floor, left.few.many(number, most), self._floor(left, number, most))
            if floor >= self.best:
                return
            if not self._sets(number, left, most, floor):
                return

    def _floor(self, left: Narrowed, number: int, most: int) -> int:
        return left.proof.of_plans_with(number, most) + self.model.scalars.first_is_free

    def _priced(self, left: Narrowed, number: int, most: int) -> Narrowed:
        """Improve the prices by column generation, and leave out places once more."""
        start = left.proof.alpha.astype(np.float64)
        dearest = float(4 * (left.model.places.value[:, -1].max() + self._dearest_amounts()))
        left_out = np.where(left.few.must, dearest, self.model.scalars.left_out.astype(np.float64))
        master = Master(left.model, number, left_out)
        found = master.prices(start, float(self.best), self.budget)
        proof = certify(left.model.on_grid(_FINE_CELLS), found.alpha, left.few.left_out)
        if proof.of_plans_with(number, most) < left.proof.of_plans_with(number, most):
            proof = left.proof
        return left.by(proof, number, most, self.best - self.model.scalars.first_is_free)

    def _dearest_amounts(self) -> int:
        per_unit = self.model.places.per_unit
        amounts = np.where(per_unit >= INFINITE, 0, np.abs(per_unit)).max(axis=0)
        return int(amounts @ self.model.demand) + 1

    def _sets(self, number: int, left: Narrowed, most: int, floor: int) -> bool:
        """Try all sets of so many places; note what is not looked at, and say if nothing is.

        Parameters
        ----------
        floor
            Bound of all plans with so many shipments or more.
        """
        base = left.proof.base + self.model.scalars.first_is_free
        while True:
            before = self.best
            sets, complete = self._sets_within(number, left, self.best - base)
            if not self._try_sets(sets, left, base):
                more = max(left.few.many(number + 1, most), self._floor(left, number + 1, most))
                self.open_at = min(self.open_at, more if complete else floor)
                return False
            if complete:
                return True
            if self.best == before:
                self.open_at = min(self.open_at, floor)
                return False

    def _try_sets(self, sets: Sets, left: Narrowed, base: int) -> bool:
        """Try sets, least bounds first; say whether time is left."""
        bounds = np.maximum(base + sets.reduced, left.few.sets(sets.members.astype(np.intp)))
        for each in np.argsort(bounds, kind="stable").tolist():
            if bounds[each] >= self.best:
                break
            places = tuple(np.sort(left.places[sets.members[each]]).tolist())
            if not self._try(places, int(bounds[each])):
                return False
        return True

    def _sets_within(self, number: int, left: Narrowed, room: int) -> tuple[Sets, bool]:
        """Return the sets with the least reduced costs, and whether none is missing."""
        reduced = left.proof.reduced
        least = int(np.sort(reduced)[:number].sum())
        if room <= least or reduced.size < number:
            return no_sets(number), True
        need, supply = self._needs(left.model)
        complete = True
        while room > least:
            sets = sufficient_sets(need, supply, reduced, number, room, _MOST_SETS)
            if sets is not None:
                return sets, complete
            complete = False
            room = least + (room - least) * 2 // 3
        return no_sets(number), False

    def _needs(self, model: Model) -> tuple[Int64, Int64]:
        """Return what must ship, atoms and shared items, and what each place has of it."""
        must = self._few.must
        wanted = np.where(must, model.demand, 0) @ model.contents.need
        items = list(model.shared_items)
        stock = model.problem.available[items][:, model.places.location]
        return (
            np.concatenate((model.demand[must], wanted[items])),
            np.concatenate((model.places.cap[:, must], stock.T), axis=1),
        )

    def _try(self, places: tuple[int, ...], bound: int) -> bool:
        """Find the best plan from exactly these places; say whether time is left."""
        self._assigner.by_weight = True
        while True:
            if self.budget.left_s() <= 0:
                self.open_at = min(self.open_at, bound)
                return False
            split = self._assigner.best(places, self.model.demand, self.best, bound)
            if split is None or self._settle(split):
                return True

    def _settle(self, split: Split) -> bool:
        """Pack the shipments of a split; say whether that leaves its set of places settled."""
        known = self._pricer.known
        value, bound = self._left(split), self._left(split)
        shipped = []
        for place, units in split.parts:
            vector = np.array(units, dtype=np.int64)
            offer = self._pricer.offer(place, vector, several=len(split.parts) > 1)
            if offer is None:
                return False
            value, bound = value + offer.scalar, bound + offer.bound
            shipped.append(Shipped(offer.lane, units))
        if value < self.best:
            self.best, self.shipped = value, tuple(shipped)
        if bound == split.scalar:
            if value > bound:
                self.open_at = min(self.open_at, bound)
            return True
        if self._pricer.known == known and not self._assigner.by_weight:
            raise AssertionError("a price is above its bound, and nothing was learned of it")
        self._assigner.by_weight = False
        return False

    def _left(self, split: Split) -> int:
        """Return the scalar of what a split leaves out."""
        placed = np.array([units for _, units in split.parts], dtype=np.int64).sum(axis=0)
        return int(self.model.scalars.left_out @ (self.model.demand - placed))
