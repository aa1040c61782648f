"""Rung 1: exact on sets. Every set is priced at every location, then partitioned.

Why it is exact. Every allocation divides what is shipped into one vector per shipping
location; its value is the sum of the shipments' values, whatever set function they are.
`set_table` holds the least value of every vector over all lanes, so the cheapest
partition (`partition`) is a lower bound; it is attained when its parts leave different
locations, or when parts that share one can be merged without cost. Where neither holds,
`split_search` solves again, with each location that was used twice used at most once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from allocation.optimize.api import Budget
from allocation.optimize.atoms import Atoms, Lattice, make_atoms, make_lattice
from allocation.optimize.contents import make_contents
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.lane_classes import classify, side_limits
from allocation.optimize.set_search import SetSearch
from allocation.optimize.set_solution import solution_of
from allocation.optimize.set_table import make_set_tables
from allocation.optimize.solution import Solution
from routing.parcels.partition import pair_count
from routing.sourcing.problem import SourcingProblem

_cached_lattice = lru_cache(maxsize=64)(
    lambda counts: make_lattice(np.array(counts, dtype=np.int64))
)


@dataclass(frozen=True, slots=True)
class ExactSets:
    """The exact rung for orders whose lattice is small enough to enumerate.

    Attributes
    ----------
    most_vectors
        Largest lattice taken on.
    most_sums
        Most sums of one partition.
    """

    most_vectors: int = 20_000
    most_sums: int = 600_000

    def takes(self, atoms: Atoms) -> bool:
        """Whether the lattice of these atoms is small enough."""
        if atoms.lattice_size() > self.most_vectors:
            return False
        return pair_count(tuple(int(count) + 1 for count in atoms.count)) <= self.most_sums

    def solve(
        self,
        problem: SourcingProblem,
        budget: Budget,
        incumbent: Solution | None = None,
        evaluator: Evaluator | None = None,
    ) -> Solution | None:
        """Return the optimum with its proof; ``None`` if the order is too large.

        Where the parcels of a decisive vector are too many to pack exactly, or two
        shipments cannot be told apart in time, the answer is FEASIBLE with its bound.
        """
        search = self.search(problem, budget, evaluator)
        if search is None:
            return None
        found = search.run()
        if found is None:
            return incumbent
        return _better(solution_of(search, found), incumbent)

    def search(
        self,
        problem: SourcingProblem,
        budget: Budget,
        evaluator: Evaluator | None = None,
    ) -> SetSearch | None:
        """Build the tables of a problem; ``None`` if it is too large for this rung or its time.

        What takes hardly any time is done whatever the budget: price lists that are made for
        the first time may have used it up, and the next best plan may be far worse.
        """
        atoms = make_atoms(problem)
        if not self.takes(atoms) or _expected_s(problem, atoms) > max(budget.left_s(), _ALWAYS_S):
            return None
        # A partition that has begun is not given up.
        budget = budget.ending_earlier(_partition_s(atoms))
        lattice: Lattice = _cached_lattice(tuple(atoms.count.tolist()))
        contents = make_contents(problem, atoms, lattice)
        sides = side_limits(problem, atoms, lattice)
        classes = classify(problem, atoms, lattice, sides)
        tables = make_set_tables(problem, atoms, lattice, contents, classes)
        if tables is None:
            return None
        return SetSearch(tables, sides, evaluator or Evaluator(problem), budget)


def _expected_s(problem: SourcingProblem, atoms: Atoms) -> float:
    """Estimate the time of a solve: sums of the partition and cells of the tables."""
    cells = atoms.lattice_size() * min(len(problem.lanes), _MANY_CLASSES)
    per_cell_s = _SECONDS_PER_CELL * (_SHARING if _shares_items(problem) else 1)
    return _SET_UP_S + _partition_s(atoms) + cells * per_cell_s


def _shares_items(problem: SourcingProblem) -> bool:
    """Whether lines share items: then lanes are told apart one by one, and parts contested."""
    return bool(((problem.lines.use > 0).sum(axis=0) > 1).any())


def _partition_s(atoms: Atoms) -> float:
    return pair_count(tuple(int(count) + 1 for count in atoms.count)) * _SECONDS_PER_SUM


_ALWAYS_S = 0.003
"""What takes hardly any time is done whatever the budget: the next best plan may be far worse."""
_MANY_CLASSES = 64
_SET_UP_S = 5e-4
_SECONDS_PER_SUM = 1.5e-8
_SECONDS_PER_CELL = 2e-8
_SHARING = 2.5


def _better(found: Solution, incumbent: Solution | None) -> Solution:
    if incumbent is not None and incumbent.values < found.values:
        return incumbent
    return found
