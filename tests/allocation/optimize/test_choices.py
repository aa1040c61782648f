"""Lines of which only one ships: the ladder against the brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from routing.sourcing.objectives import substituted
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.draws import SeededDraws, chance
from tests.strategies.problems import random_problem
from tests.strategies.supplies import random_shared_problem
from tests.strategies.tiers import COST, unfilled

CHUNK = 50


def random_choice(seed: int) -> SourcingProblem:
    """Return a problem in which some lines take each other's place."""
    draws = SeededDraws(seed + 1_000_000)
    problem = random_shared_problem(seed) if chance(draws, 30) else random_problem(seed)
    n_lines = len(problem.lines)
    choice = np.array(
        [draws.integer(0, 1) if chance(draws, 60) else -1 for _ in range(n_lines)], dtype=np.int32
    )
    demand = problem.lines.demand.copy()
    group = problem.lines.group.copy()
    rank = np.zeros(n_lines, dtype=np.int64)
    first = np.arange(n_lines)
    for number in set(choice[choice >= 0].tolist()):
        members = np.flatnonzero(choice == number)
        demand[members] = demand[members].min()
        group[members] = group[members[0]]
        rank[members] = np.arange(members.size)
        first[members] = members[0]
    # Leaving any of a choice out counts the same.
    tiers = tuple(
        replace(tier, unfilled=None if tier.unfilled is None else tier.unfilled[first])
        for tier in problem.tiers
    )
    if chance(draws, 60):
        tier = substituted(np.ones(n_lines, dtype=np.int64), rank, len(problem.lanes))
        at = 1 if tiers[0].name == "unfilled" else 0
        tiers = (*tiers[:at], tier, *tiers[at:])
    lines = replace(problem.lines, choice=choice, demand=demand, group=group)
    unfilled_minor = problem.unfilled_minor[first]
    return replace(problem, lines=lines, tiers=tiers, unfilled_minor=unfilled_minor)


def faults(problem: SourcingProblem) -> list[str]:
    solution = solve(problem, budget())
    found = list(verify(problem, solution).problems)
    answer = best_allocation(problem)
    if solution.values != answer.values:
        found.append(f"values {solution.values}, optimum {answer.values}")
    if solution.status is not ProofStatus.OPTIMAL:
        found.append("not proven")
    return found


def agree(first_seed: int, count: int) -> None:
    found = [
        f"seed {seed}: {fault}"
        for seed in range(first_seed, first_seed + count)
        for fault in faults(random_choice(seed))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("first_seed", range(0, 200, CHUNK))
def test_the_ladder_agrees_with_the_brute_force(first_seed: int) -> None:
    agree(first_seed, CHUNK)


@pytest.mark.soak
@pytest.mark.parametrize("first_seed", range(1_000, 3_000, 500))
def test_the_ladder_agrees_with_the_brute_force_on_thousands(first_seed: int) -> None:
    agree(first_seed, 500)


def two_lines(available: list[list[int]], shipment_minor: list[int]) -> SourcingProblem:
    """Return a line and its substitute, each an item of its own."""
    problem = problem_by_hand(demand=[2, 2], available=available, shipment_minor=shipment_minor)
    choice = np.zeros(2, dtype=np.int32)
    rank = np.array([0, 1], dtype=np.int64)
    tier = substituted(np.ones(2, dtype=np.int64), rank, len(problem.lanes))
    lines = replace(problem.lines, choice=choice)
    return replace(problem, lines=lines, tiers=(unfilled(2), tier, COST))


def test_what_was_ordered_comes_first_even_if_it_is_dearer() -> None:
    solution = solve(two_lines([[2, 0], [0, 2]], [900, 0]), budget())
    assert solution.values == (0, 0, 1_000)
    assert solution.allocation.unfilled == (0, 0)


def test_a_substitute_is_better_than_nothing_and_than_half() -> None:
    solution = solve(two_lines([[1, 0], [0, 2]], [900, 0]), budget())
    assert solution.values == (0, 2, 100)
    assert solution.allocation.shipments[0].quantities == ((1, 2),)


def test_where_nothing_ships_the_ordered_line_is_the_one_left_out() -> None:
    solution = solve(two_lines([[0, 0], [0, 0]], [0, 0]), budget())
    assert solution.allocation.unfilled == (2, 0)
    assert solution.status is ProofStatus.OPTIMAL


def test_out_of_time_the_first_choice_stands_with_an_honest_bound() -> None:
    late = Budget(lambda: 0.0, 0.0)
    for seed in range(60):
        problem = random_choice(seed)
        solution = solve(problem, late)
        assert verify(problem, solution).ok
        assert solution.bounds <= best_allocation(problem).values <= solution.values


def test_verify_refuses_two_of_a_choice_and_none_of_it() -> None:
    problem = two_lines([[2, 0], [2, 0]], [0, 0])
    solution = solve(problem, budget())
    assert verify(problem, solution).ok
    free = replace(problem, lines=replace(problem.lines, choice=None))
    both = solve(free, budget())
    assert not verify(problem, both).ok
    none = replace(solution, allocation=replace(solution.allocation, unfilled=(0, 0), shipments=()))
    assert not verify(problem, none).ok
