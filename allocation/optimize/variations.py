"""The best plans of one problem on fewer lanes or with fewer shipments, from shared tables.

What parcels cost is the same under every such condition. So usual orders are simply solved
again, and for others that are solved on sets the tables are made once: every condition is then
another partition, and what packing teaches for one holds for all. Larger orders are searched
again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.few_lines import solve_few_lines
from allocation.optimize.fit_judge import FOR_OPTIONS, with_judge
from allocation.optimize.set_search import SetSearch
from allocation.optimize.set_solution import solution_of
from allocation.optimize.solution import ProofStatus, Solution
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import with_lanes, with_max_shipments

Solve = Callable[[SourcingProblem, Budget], Solution]

_SETS = ExactSets()


@dataclass(slots=True, eq=False)
class Variations:
    """Solves one problem under conditions.

    Attributes
    ----------
    solve
        For problems that are not solved on sets.
    """

    problem: SourcingProblem
    solve: Solve
    _search: SetSearch | None = field(init=False, default=None)
    _looked: bool = field(init=False, default=False)

    def best(
        self, budget: Budget, lanes: NDArray[np.bool_] | None = None, most: int | None = None
    ) -> tuple[SourcingProblem, Solution]:
        """Return the best allocation under a condition, and the problem that it solves.

        Parameters
        ----------
        lanes
            bool ``[j]``: the only ones that may ship; ``None``: all.
        most
            Most shipments; ``None``: as the problem says.
        """
        restricted = self.problem if lanes is None else with_lanes(self.problem, lanes)
        if most is not None:
            restricted = with_max_shipments(restricted, most)
        return restricted, self._solve(restricted, lanes, budget)

    def _solve(
        self, restricted: SourcingProblem, lanes: NDArray[np.bool_] | None, budget: Budget
    ) -> Solution:
        if not self.is_plain:
            return self.solve(restricted, budget)
        usual = solve_few_lines(restricted)
        if usual is not None:
            return usual
        search = self.tables(budget)
        found = None if search is None else search.restricted_to(restricted, lanes, budget)
        return self._on_sets(found) or self.solve(restricted, budget)

    @property
    def is_plain(self) -> bool:
        """Whether the problem is one of those that the rungs themselves solve."""
        return self.problem.supply is None and self.problem.lines.choice is None

    def tables(self, budget: Budget) -> SetSearch | None:
        """Return the tables of the problem, made once; ``None`` if it is not solved on sets."""
        if not self._looked and self.is_plain:
            judged = with_judge(self.problem, budget, FOR_OPTIONS)
            self._search = _SETS.search(judged, budget, Evaluator(judged, budget))
        self._looked = True
        return self._search

    def _on_sets(self, search: SetSearch | None) -> Solution | None:
        """Return what the sets say; ``None`` if another way might know more."""
        found = None if search is None else search.run()
        if search is None or found is None:
            return None
        solution = solution_of(search, found)
        if solution.status is ProofStatus.OPTIMAL or self._comes_packaged:
            return solution
        return None

    @property
    def _comes_packaged(self) -> bool:
        """Whether what is open is what fits into cartons, of which no other way knows more."""
        return any(tariff.packagings for tariff in self.problem.lanes.tariffs)
