"""With little or no time every answer is still allowed, and its bounds are still true."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat import CpSatOptimizer
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.greedy import greedy
from allocation.optimize.ladder import solve
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import Rung, Solution
from bench.instances.draw import draw_instance
from bench.instances.families import Cell
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.test_solvers_agree import faults
from tests.strategies.problems import random_problem

FIRST = 20_000


def incumbent(problem: SourcingProblem) -> Solution:
    return greedy(problem, Evaluator(problem))


TIMED: dict[str, Callable[[SourcingProblem, Budget], Solution | None]] = {
    "exact_sets": lambda p, budget: ExactSets().solve(p, budget, incumbent(p)),
    "location_sets": lambda p, budget: LocationSets().solve(p, budget, incumbent(p)),
    "columns": lambda p, budget: CpSatOptimizer(steps=False).solve(p, budget, incumbent(p)),
    "steps": lambda p, budget: CpSatOptimizer(columns=False).solve(p, budget, incumbent(p)),
    "ladder": solve,
}


@pytest.mark.parametrize("name", TIMED)
@pytest.mark.parametrize("readings", [0, 1, 3])
def test_an_answer_out_of_time_is_allowed_and_its_bounds_are_true(name: str, readings: int) -> None:
    """The budget is over after so many readings of its clock, whatever the machine does."""
    found: list[str] = []
    for seed in range(FIRST, FIRST + 25):
        problem = random_problem(seed)
        ticks = count()
        solution = TIMED[name](
            problem, Budget(lambda ticks=ticks: next(ticks) * 10.0, readings * 10.0 - 5.0)
        )
        if solution is None:
            continue
        wrong = faults(problem, solution, best_allocation(problem), exact=False)
        if name != "ladder" and solution.values > incumbent(problem).values:
            wrong.append("worse than the incumbent")
        found += [f"seed {seed}: {fault}" for fault in wrong]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + 25))
def test_the_ladder_answers_without_any_time(seed: int) -> None:
    assert solve(random_problem(seed), Budget(lambda: 1.0, 0.0)) is not None


def test_a_usual_order_is_solved_on_sets_without_any_time() -> None:
    """Whoever used the time up: an order that takes a few milliseconds is not left to greedy."""
    solved = worse = 0
    for seed in range(12):
        problem = draw_instance(Cell("wide", 7, 30, (1, 1), (1, 1)), 5, seed).problem
        found = solve(problem, Budget(lambda: 1.0, 0.0))
        solved += found.rung is Rung.EXACT_SETS
        worse += found.values < greedy(problem, Evaluator(problem)).values
    assert solved == 12
    assert worse > 0
