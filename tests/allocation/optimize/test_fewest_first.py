"""Strategies too wide for one integer, whose number of shipments comes first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from allocation.optimize import ladder
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.fewest_first import counting_problem
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus, Rung
from allocation.optimize.verify import verify
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.draws import SeededDraws
from tests.strategies.problems import random_problem
from tests.strategies.tiers import COST, closest, fewest_shipments, unfilled

PROBLEMS = 120
WIDE = 2 * 10**10


def wide_problem(seed: int) -> SourcingProblem:
    """Return a seed's problem whose tiers fit into 64 bits only for few shipments."""
    problem = random_problem(seed)
    draws = SeededDraws(seed)
    amounts = [WIDE * draws.integer(0, 3) for _ in range(len(problem.lanes))]
    wide = Tier("wide", shipment=np.array(amounts, dtype=np.int64))
    first = (unfilled(len(problem.lines)), fewest_shipments(problem.lanes))
    return replace(problem, tiers=(*first, wide, COST))


def test_the_ladder_finds_the_optimum_of_wide_strategies():
    on_sets, declined = 0, 0
    for seed in range(PROBLEMS):
        problem = wide_problem(seed)
        solution = solve(problem, budget())
        assert not verify(problem, solution).problems, seed
        assert solution.values == best_allocation(problem).values, seed
        if ExactSets().solve(problem, budget()) is None:
            declined += 1
            on_sets += solution.rung is Rung.EXACT_SETS and solution.status is ProofStatus.OPTIMAL
    assert declined > PROBLEMS // 4
    assert on_sets > declined // 2


def test_shipments_are_counted_only_where_they_come_first():
    problem = random_problem(1)
    problem = replace(problem, limits=replace(problem.limits, max_shipments=3))
    fill, fewest = unfilled(len(problem.lines)), fewest_shipments(problem.lanes)
    near = closest(problem.lanes)
    counting = counting_problem(replace(problem, tiers=(fill, fewest, near, COST)))
    assert counting is not None
    assert counting.tiers == (fill, fewest)
    for tiers in ((fill, near, fewest, COST), (COST, fewest, near), (fill, COST), (fill, fewest)):
        assert counting_problem(replace(problem, tiers=tiers)) is None
    one = replace(problem.limits, max_shipments=1)
    assert counting_problem(replace(problem, limits=one, tiers=(fill, fewest, COST))) is None


def test_large_orders_count_their_shipments_over_sets_of_locations(monkeypatch):
    monkeypatch.setattr(ladder, "EXACT_SETS", ExactSets(most_vectors=0))
    by_locations = 0
    for seed in range(PROBLEMS):
        problem = wide_problem(seed)
        if len(problem.lines) > 1:
            solution = solve(problem, budget())
            assert not verify(problem, solution).problems, seed
            assert solution.values == best_allocation(problem).values, seed
            by_locations += solution.rung is Rung.LOCATION_SETS
    assert by_locations > PROBLEMS // 3
