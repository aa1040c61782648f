"""Every solver against the brute force, on thousands of small nasty problems."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings

from allocation.optimize.solution import ProofStatus, Solution
from allocation.optimize.verify import verify
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle import Answer, best_allocation, least_cost_minor
from tests.allocation.optimize.solvers import ANSWERS_ALL, EXACT, SOLVERS
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.problems import problems, random_problem
from tests.strategies.tiers import COST, unfilled

CHUNK = 100
CHUNKS = [
    pytest.param(name, first, id=f"{name}-{first}")
    for name, case in SOLVERS.items()
    for first in range(0, case.problems, CHUNK)
]


@lru_cache(maxsize=4_096)
def answer_to(seed: int) -> Answer:
    """Return the optimum of a seed's problem."""
    return best_allocation(random_problem(seed))


def faults(
    problem: SourcingProblem, solution: Solution, answer: Answer, *, exact: bool
) -> list[str]:
    """Return what a solution gets wrong, in words; nothing if all is well."""
    found = list(verify(problem, solution).problems)
    if exact and solution.values != answer.values:
        found.append(f"values {solution.values}, optimum {answer.values}")
    if solution.values < answer.values:
        found.append(f"values {solution.values} below the optimum {answer.values}")
    if solution.bounds > answer.values:
        found.append(f"bounds {solution.bounds} above the optimum {answer.values}")
    if solution.status is ProofStatus.OPTIMAL and solution.values != answer.values:
        found.append(f"called optimal at {solution.values}, optimum {answer.values}")
    return found


@pytest.mark.parametrize(("name", "first_seed"), CHUNKS)
def test_a_solver_agrees_with_the_brute_force(name: str, first_seed: int) -> None:
    case = SOLVERS[name]
    found: list[str] = []
    answered = 0
    for seed in range(first_seed, first_seed + CHUNK):
        problem = random_problem(seed)
        solution = case.solve(problem)
        if solution is None:
            continue
        answered += 1
        wrong = faults(problem, solution, answer_to(seed), exact=case.exact)
        found += [f"seed {seed}: {fault}" for fault in wrong]
    assert not found, "\n".join(found)
    assert 100 * answered >= case.least_answered_percent * CHUNK


def test_solvers_are_compared_on_thousands_of_problems() -> None:
    assert SOLVERS["ladder"].problems >= 2_000


@pytest.mark.parametrize("name", SOLVERS)
@settings(max_examples=25, deadline=None)
@given(problem=problems())
def test_a_solver_agrees_with_the_brute_force_on_drawn_problems(
    name: str, problem: SourcingProblem
) -> None:
    solution = SOLVERS[name].solve(problem)
    if solution is not None:
        answer = best_allocation(problem)
        assert not faults(problem, solution, answer, exact=SOLVERS[name].exact)


def tiers_before_cost(problem: SourcingProblem) -> int | None:
    """Return how many tiers come before the first that counts cost; ``None`` if none does."""
    return next((at for at, tier in enumerate(problem.tiers) if tier.counts_cost), None)


@pytest.mark.parametrize("name", SOLVERS)
def test_no_cost_is_below_the_cost_bound(name: str) -> None:
    found, weighted = [], 0
    for seed in range(100):
        problem = random_problem(seed)
        before, solution = tiers_before_cost(problem), SOLVERS[name].solve(problem)
        if before is None or solution is None:
            continue
        if solution.cost_bound_minor > solution.cost_minor:
            found.append(f"seed {seed}: bound {solution.cost_bound_minor} above its own cost")
        if solution.values[:before] == answer_to(seed).values[:before]:
            weighted += problem.tiers[before].name == "weighted"
            least = least_cost_minor(problem)
            if solution.cost_bound_minor > least:
                found.append(f"seed {seed}: bound {solution.cost_bound_minor}, but {least} does")
    assert not found, "\n".join(found)
    assert weighted >= 3, "tiers that count more than the cost must occur"


@pytest.mark.parametrize("name", EXACT)
def test_small_problems_are_proven_optimal(name: str) -> None:
    solutions = [SOLVERS[name].solve(random_problem(seed)) for seed in range(40)]
    answered = [solution for solution in solutions if solution is not None]
    assert len(answered) >= 30
    assert {solution.status for solution in answered} == {ProofStatus.OPTIMAL}


@pytest.mark.parametrize("name", SOLVERS)
def test_the_same_problem_twice_has_the_same_solution(name: str) -> None:
    for seed in range(25):
        assert SOLVERS[name].solve(random_problem(seed)) == SOLVERS[name].solve(
            random_problem(seed)
        )


@pytest.mark.parametrize("name", EXACT)
def test_two_shipments_that_share_the_lines_beat_the_location_with_most_of_them(name: str) -> None:
    # Equal lines 1 to 6. A has 1-4, B has 1, 2 and 5, C has 3, 4 and 6. Taking the most
    # lines first ships 1-4 from A, then 5 from B and 6 from C: three shipments. B and C
    # together have everything.
    stock = {"A": (1, 2, 3, 4), "B": (1, 2, 5), "C": (3, 4, 6)}
    available = [[int(line in stock[at]) for at in "ABC"] for line in range(1, 7)]
    problem = problem_by_hand(
        demand=[1] * 6, available=available, weight_ug=[5] * 6, extra_shipment_minor=50
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    # Two parcels of 100 each, and 50 for the second shipment.
    assert solution.values == (0, 250)
    assert [shipment.lane for shipment in solution.allocation.shipments] == [1, 2]


@pytest.mark.parametrize("name", ANSWERS_ALL)
def test_a_location_of_unknown_distance_is_the_last_choice(name: str) -> None:
    distance = np.array([UNKNOWN_DISTANCE_M, 4_000_000], dtype=np.int64)
    problem = problem_by_hand(
        demand=[1],
        available=[[1, 1]],
        shipment_minor=[0, 900],
        tiers=[unfilled(1), Tier("closest", shipment=distance), COST],
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    assert solution.values == (0, 4_000_000, 1_000)


@pytest.mark.parametrize("name", ANSWERS_ALL)
def test_locations_of_unknown_distance_ship_where_there_are_no_others(name: str) -> None:
    distance = np.full(2, UNKNOWN_DISTANCE_M, dtype=np.int64)
    problem = problem_by_hand(
        demand=[1, 1],
        available=[[1, 0], [0, 1]],
        tiers=[unfilled(2), Tier("closest", shipment=distance), COST],
    )
    solution = SOLVERS[name].solve(problem)
    assert solution is not None
    assert verify(problem, solution).ok
    assert solution.values == (0, 2 * UNKNOWN_DISTANCE_M, 200)
