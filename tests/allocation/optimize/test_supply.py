"""Stock shared portion by portion: the ladder against the brute force, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve, solve_plain
from allocation.optimize.solution import Pick, ProofStatus, Solution
from allocation.optimize.supply.search import solve_with_supply
from allocation.optimize.verify import verify
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, Supply
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.supplies import random_shared_problem, shared_problems

CHUNK = 50


def faults(problem: SourcingProblem) -> list[str]:
    """Return what the ladder gets wrong, in words."""
    solution = solve(problem, budget())
    found = list(verify(problem, solution).problems)
    answer = best_allocation(problem)
    if solution.values != answer.values:
        found.append(f"values {solution.values}, optimum {answer.values}")
    if solution.status is not ProofStatus.OPTIMAL:
        found.append(f"not proven: {solution.bounds} below {solution.values}")
    return found


def agree(first_seed: int, count: int) -> None:
    found = [
        f"seed {seed}: {fault}"
        for seed in range(first_seed, first_seed + count)
        for fault in faults(random_shared_problem(seed))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("first_seed", range(0, 300, CHUNK))
def test_the_ladder_agrees_with_the_brute_force(first_seed: int) -> None:
    agree(first_seed, CHUNK)


@pytest.mark.soak
@pytest.mark.parametrize("first_seed", range(1_000, 5_000, 500))
def test_the_ladder_agrees_with_the_brute_force_on_thousands(first_seed: int) -> None:
    agree(first_seed, 500)


@settings(max_examples=40, deadline=None)
@given(shared_problems())
def test_the_ladder_agrees_with_the_brute_force_on_drawn_problems(
    problem: SourcingProblem,
) -> None:
    assert not faults(problem)


def solves_of(problem: SourcingProblem) -> int:
    """Return how many problems without supply it takes to solve one with it."""
    assert problem.supply is not None
    count = 0

    def counted(plain: SourcingProblem, left: Budget) -> Solution:
        nonlocal count
        count += 1
        return solve_plain(plain, left)

    solve_with_supply(problem, problem.supply, budget(), counted)
    return count


def test_branching_is_rare_but_it_happens() -> None:
    counts = [solves_of(random_shared_problem(seed)) for seed in range(100)]
    assert counts.count(1) >= 50
    assert sum(count > 3 for count in counts) >= 5


def two_slots_of_one_place(first: int, second: int, together: int, demand: int) -> SourcingProblem:
    """Return one line and two slots: each has so much, both together have `together`."""
    problem = problem_by_hand(demand=[demand], available=[[first, second]])
    common = first + second - together
    supply = Supply(
        use=problem.lines.use,
        resource=np.zeros(3, dtype=np.int32),
        quantity=np.array([first - common, common, second - common], dtype=np.int64),
        ceiling=np.full(3, NO_CEILING, dtype=np.int32),
        ceiling_most=np.zeros(0, dtype=np.int64),
        pair_portion=np.array([0, 1, 1, 2], dtype=np.int32),
        pair_line=np.zeros(4, dtype=np.int32),
        pair_slot=np.array([0, 0, 1, 1], dtype=np.int32),
    )
    return replace(problem, supply=supply)


def test_a_shortage_of_hundreds_is_no_reason_to_branch_unit_by_unit() -> None:
    problem = two_slots_of_one_place(400, 700, 700, demand=1_000)
    assert solve(problem, budget()).values == (300, 100)
    assert solves_of(problem) <= 3


def test_complete_orders_stay_away_when_there_is_too_little_in_all() -> None:
    problem = two_slots_of_one_place(4, 7, 8, demand=9)
    problem = replace(problem, limits=replace(problem.limits, ship_complete=True))
    solution = solve(problem, budget())
    assert solution.allocation.shipments == ()
    assert solution.status is ProofStatus.OPTIMAL


def test_out_of_time_there_is_an_allowed_plan_and_an_honest_bound() -> None:
    late = Budget(lambda: 0.0, 0.0)
    for seed in range(60):
        problem = random_shared_problem(seed)
        solution = solve(problem, late)
        assert verify(problem, solution).ok
        assert solution.bounds <= best_allocation(problem).values <= solution.values


def test_the_same_problem_twice_has_the_same_solution() -> None:
    for seed in range(30):
        problem = random_shared_problem(seed)
        assert solve(problem, budget()) == solve(problem, budget())


def spoilt(picks: tuple[Pick, ...]) -> list[tuple[Pick, ...]]:
    """Return picks that are wrong in one way each."""
    first = picks[0]
    return [
        picks[1:],
        (*picks, replace(first, portion=10_000)),
        (replace(first, units=first.units + 1), *picks[1:]),
        (replace(first, lane=first.lane + 1_000), *picks[1:]),
        (replace(first, line=first.line + 1_000), *picks[1:]),
        (first, *picks),
    ]


def test_verify_refuses_picks_that_do_not_add_up() -> None:
    looked_at = 0
    for seed in range(40):
        problem = random_shared_problem(seed)
        solution = solve(problem, budget())
        if not solution.allocation.picks:
            continue
        looked_at += 1
        for picks in spoilt(solution.allocation.picks):
            wrong = replace(solution, allocation=replace(solution.allocation, picks=picks))
            assert not verify(problem, wrong).ok
    assert looked_at >= 20


def test_verify_refuses_more_than_portions_hold_and_portions_for_others() -> None:
    problem = two_slots_of_one_place(4, 7, 8, demand=8)
    solution = solve(problem, budget())
    assert verify(problem, solution).ok
    assert problem.supply is not None
    less = replace(problem.supply, quantity=problem.supply.quantity - 1)
    assert not verify(replace(problem, supply=less), solution).ok
    elsewhere = replace(problem.supply, pair_slot=1 - problem.supply.pair_slot)
    assert not verify(replace(problem, supply=elsewhere), solution).ok
    assert not verify(replace(problem, supply=None), solution).ok
