"""Locations with little of their day left: the ladder against the brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.draws import SeededDraws, chance
from tests.strategies.problems import random_problem
from tests.strategies.supplies import random_shared_problem

CHUNK = 50


def random_full_day(seed: int) -> SourcingProblem:
    """Return a problem whose locations have less room than it has lines and units."""
    draws = SeededDraws(seed + 2_000_000)
    problem = random_shared_problem(seed) if chance(draws, 20) else random_problem(seed)
    n_locations = len(problem.limits.location_lines)
    units = int(problem.lines.demand.sum())
    lines = problem.limits.location_lines.copy()
    most = problem.limits.location_units.copy()
    for place in range(n_locations):
        if chance(draws, 70):
            lines[place] = min(lines[place], draws.integer(1, len(problem.lines)))
        if chance(draws, 70):
            most[place] = min(most[place], draws.integer(1, max(1, units - 1)))
    limits = replace(problem.limits, location_lines=lines, location_units=most)
    return replace(problem, limits=limits)


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
        for fault in faults(random_full_day(seed))
    ]
    assert not found, "\n".join(found)


def test_most_problems_are_really_short_of_room() -> None:
    problems = [random_full_day(seed) for seed in range(200)]
    free = [
        replace(
            each,
            limits=replace(
                each.limits,
                location_lines=np.full_like(each.limits.location_lines, 10**9),
                location_units=np.full_like(each.limits.location_units, 10**9),
            ),
        )
        for each in problems[:60]
    ]
    changed = [
        best_allocation(short).values != best_allocation(roomy).values
        for short, roomy in zip(problems, free, strict=False)
    ]
    assert sum(changed) >= 20


@pytest.mark.parametrize("first_seed", range(0, 200, CHUNK))
def test_the_ladder_agrees_with_the_brute_force(first_seed: int) -> None:
    agree(first_seed, CHUNK)


@pytest.mark.soak
@pytest.mark.parametrize("first_seed", range(1_000, 3_000, 500))
def test_the_ladder_agrees_with_the_brute_force_on_thousands(first_seed: int) -> None:
    agree(first_seed, 500)
