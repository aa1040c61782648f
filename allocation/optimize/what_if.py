"""The best plan without a location, or with a shipment from it, at little extra cost.

Without it, that is a plan on fewer lanes; see `allocation.optimize.variations`. With it, the same
tables serve for one more partition; large orders are searched over the sets of locations that
hold it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.few_lines import solve_few_lines
from allocation.optimize.greedy import greedy
from allocation.optimize.greedy.bounds import tier_bounds
from allocation.optimize.greedy.view import make_view
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.set_solution import solution_of
from allocation.optimize.solution import ProofStatus, Solution
from allocation.optimize.variations import Variations
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import forced_through

_AGAIN_SHARE = 0.4
"""Share of the time that is kept for solving again what sets of locations leave open."""

Solve = Callable[[SourcingProblem, Budget], Solution]


@dataclass(slots=True, eq=False)
class WhatIf:
    """Answers questions about one problem.

    Attributes
    ----------
    solve
        For problems that are not solved on sets.
    """

    problem: SourcingProblem
    solve: Solve
    _variations: Variations = field(init=False)

    def __post_init__(self) -> None:
        self._variations = Variations(self.problem, self.solve)

    def without(self, location: int, budget: Budget) -> Solution:
        """Return the best allocation that ships nothing from a location."""
        others = self.problem.lanes.location != location
        return self._variations.best(budget, others)[1]

    def through(self, location: int, budget: Budget) -> Solution | None:
        """Return the best allocation with a shipment from a location; ``None`` if there is none."""
        lanes = self.problem.lanes
        here = lanes.location == location
        if not (lanes.eligible & here).any():
            return None
        forced = forced_through(self.problem, here)
        usual = solve_few_lines(forced) if self._variations.is_plain else None
        if usual is not None:
            return self._ships(usual)
        search = self._variations.tables(budget)
        if search is not None:
            other = search.through(location, budget)
            found = other.run()
            if found is not None and not found.parts:
                return None
            if found is not None and found.value == found.bound:
                return solution_of(other, found)
        return self._by_locations(location, forced, budget)

    def _by_locations(
        self, location: int, forced: SourcingProblem, budget: Budget
    ) -> Solution | None:
        """Search over the sets of locations with this one, and otherwise solve again."""
        first = None
        if self._variations.is_plain:
            first = self._ships(greedy(forced, Evaluator(forced, budget), budget))
        if first is not None:
            share = budget.ending_earlier(_AGAIN_SHARE * budget.left_s())
            first = LocationSets().through(self.problem, location, share, first)
            if first.status is ProofStatus.OPTIMAL:
                return first
        again = self._ships(self.solve(forced, budget))
        if again is None or first is None:
            return again or first
        return min(again, first, key=lambda each: each.values)

    def _ships(self, solution: Solution) -> Solution | None:
        """Take away the tier that wants the shipment; ``None`` if there is no shipment."""
        wanted, *values = solution.values
        if wanted >= 0:
            return None
        bounds = tuple(solution.bounds[1:])
        if solution.bounds[0] != wanted:
            bounds = min(tuple(values), tier_bounds(make_view(self.problem)))
        return replace(solution, values=tuple(values), bounds=bounds)
