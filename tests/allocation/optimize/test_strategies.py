"""Every rung against the brute force under every kind of strategy: tier after tier."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import SOLVERS
from tests.allocation.optimize.test_solvers_agree import faults
from tests.strategies.problems import random_problem
from tests.strategies.tiers import COST, closest, fewest_shipments, ranked, unfilled

FIRST, PROBLEMS = 40_000, 6


def late(problem: SourcingProblem) -> Tier:
    """Return the tier that adds up the days of all shipments."""
    day = problem.lanes.delivery_day.astype(np.int64)
    return Tier("late", shipment=day - day.min(initial=0))


Make = Callable[[SourcingProblem], Tier]
TIERS: dict[str, Make] = {
    "unfilled": lambda problem: unfilled(len(problem.lines)),
    "fewest": lambda problem: fewest_shipments(problem.lanes),
    "closest": lambda problem: closest(problem.lanes),
    "ranked": lambda problem: ranked(len(problem.lines), problem.lanes),
    "late": late,
    "cost": lambda problem: COST,
}
STRATEGIES = (
    "unfilled fewest closest ranked",
    "unfilled fewest cost",
    "unfilled closest fewest cost",
    "unfilled ranked cost",
    "unfilled late cost fewest",
    "unfilled cost late",
    "fewest unfilled closest",
    "ranked unfilled",
    "cost unfilled",
)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("name", SOLVERS)
def test_a_rung_agrees_with_the_brute_force_under_a_strategy(name: str, strategy: str) -> None:
    case, answered = SOLVERS[name], 0
    for seed in range(FIRST, FIRST + PROBLEMS):
        problem = random_problem(seed)
        tiers = tuple(TIERS[each](problem) for each in strategy.split())
        problem = replace(problem, tiers=tiers)
        solution = case.solve(problem)
        if solution is not None:
            answered += 1
            assert not faults(problem, solution, best_allocation(problem), exact=case.exact), seed
    assert 2 * answered > PROBLEMS
