"""The best plan without a location, or with a shipment from it, at little extra cost.

Usual orders are simply solved again, which takes a tenth of a millisecond. For others that are
solved on sets the tables are made once: every question is then another partition, and what
packing teaches for one holds for all. Larger orders are searched again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allocation.optimize.api import Budget
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.few_lines import solve_few_lines
from allocation.optimize.greedy.bounds import tier_bounds
from allocation.optimize.greedy.view import make_view
from allocation.optimize.set_search import SetSearch
from allocation.optimize.set_solution import solution_of
from allocation.optimize.solution import Solution
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import forced_through, with_lanes

Solve = Callable[[SourcingProblem, Budget], Solution]

_SETS = ExactSets()


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
    _search: SetSearch | None = field(init=False, default=None)
    _looked: bool = field(init=False, default=False)

    def without(self, location: int, budget: Budget) -> Solution:
        """Return the best allocation that ships nothing from a location."""
        restricted = with_lanes(self.problem, self.problem.lanes.location != location)
        usual = solve_few_lines(restricted) if self._is_plain else None
        if usual is not None:
            return usual
        search = self._tables(budget)
        found = None if search is None else _proven(search.without(location, budget))
        return found or self.solve(restricted, budget)

    def through(self, location: int, budget: Budget) -> Solution | None:
        """Return the best allocation with a shipment from a location; ``None`` if there is none."""
        lanes = self.problem.lanes
        here = lanes.location == location
        if not (lanes.eligible & here).any():
            return None
        forced = forced_through(self.problem, here)
        usual = solve_few_lines(forced) if self._is_plain else None
        if usual is not None:
            return self._ships(usual)
        search = self._tables(budget)
        if search is not None:
            other = search.through(location, budget)
            found = other.run()
            if found is not None and not found.parts:
                return None
            if found is not None and found.value == found.bound:
                return solution_of(other, found)
        return self._ships(self.solve(forced, budget))

    @property
    def _is_plain(self) -> bool:
        """Whether the problem is one of those that the rungs themselves solve."""
        return self.problem.supply is None and self.problem.lines.choice is None

    def _tables(self, budget: Budget) -> SetSearch | None:
        if not self._looked and self._is_plain:
            self._search = _SETS.search(self.problem, budget)
        self._looked = True
        return self._search

    def _ships(self, solution: Solution) -> Solution | None:
        """Take away the tier that wants the shipment; ``None`` if there is no shipment."""
        wanted, *values = solution.values
        if wanted >= 0:
            return None
        bounds = tuple(solution.bounds[1:])
        if solution.bounds[0] != wanted:
            bounds = min(tuple(values), tier_bounds(make_view(self.problem)))
        return replace(solution, values=tuple(values), bounds=bounds)


def _proven(search: SetSearch) -> Solution | None:
    """Return the answer of a search if it is proven."""
    found = search.run()
    if found is None or found.value > found.bound:
        return None
    return solution_of(search, found)
