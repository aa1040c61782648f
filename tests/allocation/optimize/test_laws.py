"""Laws that relate the answers to two problems, for the oracle and for every exact solver."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count, islice

import numpy as np
import pytest

from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import EXACT, SOLVERS
from tests.strategies.problems import random_problem
from tests.strategies.relaxed import (
    RELAXATIONS,
    permuted,
    with_another_location,
    with_more_stock,
)

PROBLEMS = {"oracle": 60, "exact_sets": 60, "location_sets": 60, "cp_sat": 25}
PROBLEMS |= {"columns": 25, "steps": 12, "ladder": 60}
FIRST = 10_000

Values = tuple[int, ...]


def values_of(name: str, problem: SourcingProblem) -> Values | None:
    if name == "oracle":
        return best_allocation(problem).values
    solution = SOLVERS[name].solve(problem)
    return None if solution is None else solution.values


def pairs(
    name: str,
    change: Callable[[SourcingProblem, np.random.Generator], SourcingProblem],
    concerned: Callable[[SourcingProblem], bool] = lambda problem: True,
) -> list[tuple[int, Values, Values]]:
    """Return seed, values before and values after a change, where a solver answers both."""
    found = []
    suitable = (seed for seed in count(FIRST) if concerned(random_problem(seed)))
    for seed in islice(suitable, PROBLEMS[name]):
        problem = random_problem(seed)
        before = values_of(name, problem)
        after = values_of(name, change(problem, np.random.default_rng(seed)))
        if before is not None and after is not None:
            found.append((seed, before, after))
    assert 2 * len(found) > PROBLEMS[name], "too few problems were answered"
    return found


def test_the_laws_are_checked_for_every_exact_solver() -> None:
    assert set(PROBLEMS) == {"oracle", *EXACT}


@pytest.mark.parametrize("name", PROBLEMS)
def test_more_stock_is_never_worse(name: str) -> None:
    found = pairs(name, with_more_stock)
    assert not [row for row in found if row[2] > row[1]]
    assert [row for row in found if row[2] < row[1]], "more stock must help some order"


@pytest.mark.parametrize("name", PROBLEMS)
def test_another_location_is_never_worse(name: str) -> None:
    found = pairs(name, with_another_location)
    assert not [row for row in found if row[2] > row[1]]
    assert [row for row in found if row[2] < row[1]], "a location must help some order"


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_order_of_lines_and_locations_does_not_matter(name: str) -> None:
    assert not [row for row in pairs(name, permuted) if row[1] != row[2]]


@pytest.mark.parametrize("name", ["oracle", "ladder"])
@pytest.mark.parametrize("restriction", RELAXATIONS)
def test_a_dropped_restriction_is_never_worse(name: str, restriction: str) -> None:
    relaxation = RELAXATIONS[restriction]
    found = pairs(name, lambda problem, _: relaxation.drop(problem), relaxation.restricts)
    assert not [row for row in found if row[2] > row[1]]
    assert [row for row in found if row[2] < row[1]], "without it some order must be better off"
