"""Rules can pay for a line at a location: amounts per line below 0 keep every rung exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.verify import verify
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import SOLVERS
from tests.strategies.draws import SeededDraws, chance
from tests.strategies.problems import random_problem

PROBLEMS = 90


def with_credits(seed: int) -> SourcingProblem:
    """Return a seed's problem in which some locations are paid for some lines."""
    problem = random_problem(seed)
    draws = SeededDraws(seed)
    paid = [
        [-400 if chance(draws, 40) else 0 for _ in range(len(problem.lanes))]
        for _ in range(len(problem.lines))
    ]
    line_minor = problem.lanes.line_minor + np.array(paid, dtype=np.int64)
    return replace(problem, lanes=replace(problem.lanes, line_minor=line_minor))


@pytest.mark.parametrize("name", SOLVERS)
def test_a_solver_agrees_with_the_brute_force_where_lines_are_paid_for(name: str) -> None:
    case = SOLVERS[name]
    answered = 0
    for seed in range(PROBLEMS):
        problem = with_credits(seed)
        solution = case.solve(problem)
        if solution is None:
            continue
        answered += 1
        best = best_allocation(problem).values
        assert not verify(problem, solution).problems, seed
        assert solution.values >= best, seed
        assert solution.bounds <= best, seed
        assert not case.exact or solution.values == best, seed
    assert 100 * answered >= case.least_answered_percent * PROBLEMS
