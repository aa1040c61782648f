"""Search over who ships: one location, two, then more, until bounds exclude the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.location_sets.assign import Assigner
from allocation.optimize.location_sets.coupled import Coupled, make_coupled
from allocation.optimize.location_sets.cover import make_cover
from allocation.optimize.location_sets.knapsack import Knapsack
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.pairs import Few
from allocation.optimize.location_sets.price_search import PriceSearch
from allocation.optimize.location_sets.pricer import Pricer
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.set_tree import Sets, sets_below
from allocation.optimize.location_sets.trial import Found, Trial

Int64 = NDArray[np.int64]

_MOST_LOOKS = 24
_PROOF_S = 0.01
_FEW_STEPS, _AHEAD = 300, 2
"""Steps after which better plans with some more shipments are looked for, and how many more."""


@dataclass(slots=True, eq=False)
class LocationSearch:
    """Finds the best plan of a model; scalars count the further-shipment cost every time.

    Attributes
    ----------
    found
        Starts with the incumbent.
    through
        A place that ships in every plan looked at; ``None``: none has to.
    """

    model: Model
    evaluator: Evaluator
    budget: Budget
    found: Found
    through: int | None = None
    _pricer: Pricer = field(init=False)
    _trial: Trial = field(init=False)
    _few: Few = field(init=False)

    def __post_init__(self) -> None:
        self._pricer = Pricer(self.model, self.evaluator)
        self._begin(self._must())

    def _begin(self, must: NDArray[np.bool_]) -> None:
        """Look for plans that ship all of some atoms, as every better plan does."""
        left_out = np.where(must, INFINITE, self.model.scalars.left_out)
        assigner = Assigner(self.model, self._pricer, self.budget, must, left_out)
        self._few = Few(self.model, must, left_out, self.budget)
        self._trial = Trial(
            self.model, self._pricer, assigner, self.budget, self.found, self._few.weight_ug
        )

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
        if not self._few.must.all():
            # What may be left out has no certain weight, which is what few are bounded by.
            self._by_prices(1, most)
            return
        self._singles()
        if most > 1:
            self._trial.assigner.several = True
            self._pairs(most)
        if most > 2:
            self._by_prices(3, most)

    def _must(self) -> NDArray[np.bool_]:
        """Return the atoms of which every better plan ships everything."""
        model, scalars = self.model, self.model.scalars
        if model.problem.limits.ship_complete:
            return np.ones(model.demand.size, dtype=np.bool_)
        places = model.places
        if len(places) == 0:
            return np.zeros(model.demand.size, dtype=np.bool_)
        least = np.minimum(places.per_unit.min(axis=0), scalars.left_out)
        # There is one shipment at least; further ones are of interest if they bring something.
        first, *others = np.sort(places.value.min(axis=1))[: model.problem.limits.max_shipments]
        further = sum(int(gain) for gain in others if gain < 0)
        floor = int(least @ model.demand) + int(first) + further
        must: NDArray[np.bool_] = floor + scalars.left_out - least >= self.found.best
        return must

    def _singles(self) -> None:
        bounds = self._few.singles()
        if self.through is not None:
            bounds[np.arange(bounds.size) != self.through] = INFINITE
        for place in np.argsort(bounds, kind="stable").tolist():
            if bounds[place] >= self.found.best:
                return
            if not self._trial.run((place,), int(bounds[place])):
                return

    def _pairs(self, most: int) -> None:
        floor = self._few.many(2, most)
        if floor >= self.found.best:
            return
        try:
            first, second, bounds = self._few.pairs(self.found.best)
        except OutOfTimeError:
            self.found.leave(floor)
            return
        if self.through is not None:
            with_it = (first == self.through) | (second == self.through)
            first, second, bounds = first[with_it], second[with_it], bounds[with_it]
        for one, two, bound in zip(first.tolist(), second.tolist(), bounds.tolist(), strict=True):
            if bound >= self.found.best or not self._trial.run((one, two), bound):
                return

    def _by_prices(self, fewest: int, most: int) -> None:
        """Look at plans of so many shipments and more, as long as they can be better."""
        floor = self._few.many(fewest, most)
        alpha = self._first_prices()
        for number in range(fewest, most + 1):
            self._begin(self._must())
            self._trial.assigner.several = number > 1
            if floor >= self.found.best:
                return
            try:
                floor, alpha = self._with(number, most, floor, alpha)
            except OutOfTimeError:
                self.found.leave(floor)
                return

    def _with(self, number: int, most: int, floor: int, alpha: Int64) -> tuple[int, Int64]:
        """Look at plans of so many shipments.

        Parameters
        ----------
        floor
            Bound of all plans with so many shipments and more.

        Returns
        -------
        tuple
            Bound of all plans with more shipments, and prices that prove it.

        Raises
        ------
        OutOfTimeError
            If the budget is over before there are prices.
        """
        knapsack = Knapsack(self.model, self._few.left_out, self.budget)
        if not knapsack.fits:
            self.found.leave(floor)
            return INFINITE, alpha
        floor = max(floor, self._coupled(knapsack, alpha).at_least(number, most))
        if floor >= self.found.best:
            return floor, alpha
        try:
            return self._with_better_prices(knapsack, number, most, floor, alpha)
        except OutOfTimeError:
            self.found.leave(floor)
            return INFINITE, alpha

    def _with_better_prices(
        self, knapsack: Knapsack, number: int, most: int, floor: int, alpha: Int64
    ) -> tuple[int, Int64]:
        """Look for prices, then at plans; see `_with`."""
        alpha = self._priced(knapsack, number, floor, alpha)
        coupled = self._coupled(knapsack, alpha)
        floor = max(floor, coupled.at_least(number, most))
        further = max(floor, coupled.at_least(number + 1, most))
        if number == 1 and self.through is not None:
            self._trial.run((self.through,), floor)
            return further, alpha
        cover = make_cover(self.model, self._few.must)
        sets = sets_below(coupled, number, self.found.best, self.budget, cover, _FEW_STEPS)
        if not sets.complete:
            self._look_at_first(sets, floor)
            self._look_ahead(knapsack, number, most, floor, alpha)
            sets = sets_below(coupled, number, self.found.best, self.budget, cover)
        if not self._sets(number, coupled, floor, sets):
            self.found.leave(further)
            return INFINITE, alpha
        return further, alpha

    def _coupled(self, knapsack: Knapsack, alpha: Int64) -> Coupled:
        coupled = make_coupled(knapsack, alpha)
        return coupled if self.through is None else coupled.with_shipment_from(self.through)

    def _first_prices(self) -> Int64:
        """Return int64 ``[a]``: the least amounts per unit, without postage."""
        per_unit = np.minimum(self.model.places.per_unit.min(axis=0), self._few.left_out)
        return np.where(per_unit >= INFINITE, 0, per_unit)

    def _priced(self, knapsack: Knapsack, number: int, floor: int, alpha: Int64) -> Int64:
        """Return good prices for plans with so many shipments; look at plans on the way."""
        looked: set[tuple[int, ...]] = set()

        def look(places: tuple[int, ...]) -> int:
            if len(places) == number and places not in looked and len(looked) < _MOST_LOOKS:
                looked.add(places)
                self._trial.glance(places, floor)
            return self.found.best

        # What the prices prove is still to be found then.
        budget = self.budget.ending_earlier(min(_PROOF_S, self.budget.left_s() / 4))
        search = PriceSearch(
            knapsack, number, self.found.best, look, budget, alpha, through=self.through
        )
        search.run()
        return search.alpha

    def _look_at_first(self, sets: Sets, floor: int) -> None:
        """Look for better plans from the first of many sets: they leave less to look at."""
        for places, bound in islice(sets, _MOST_LOOKS):
            if bound < self.found.best and not self.budget.is_over:
                self._trial.glance(places, max(floor, bound))

    def _look_ahead(
        self, knapsack: Knapsack, number: int, most: int, floor: int, alpha: Int64
    ) -> None:
        """Look for better plans with more shipments: they leave less to look at with fewer."""
        for further in range(number + 1, min(number + _AHEAD, most) + 1):
            self._priced(knapsack, further, floor, alpha)

    def _sets(self, number: int, coupled: Coupled, floor: int, sets: Sets) -> bool:
        """Try all sets of so many places; note what is not looked at, and say if time is left.

        Parameters
        ----------
        floor
            Bound of all plans with so many shipments.
        sets
            Those of so many places with a lower bound than the best plan has.
        """
        if not sets.complete:
            self.found.leave(max(floor, coupled.exactly(number)))
        for places, bound in sets:
            if bound >= self.found.best:
                break
            if not self._trial.run(places, bound):
                return False
        return self.budget.left_s() > 0
