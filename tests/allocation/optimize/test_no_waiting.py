"""Lines that need not wait are kept from it, and nothing is lost by that."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.ladder import solve_plain
from allocation.optimize.supply.no_waiting import early
from allocation.optimize.supply.search import solve_with_supply
from routing.sourcing.build import build_sourcing
from routing.sourcing.objectives import waiting
from routing.sourcing.problem import NO_LIMIT, SourcingProblem
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.tiers import COST, unfilled
from tests.strategies.told_apart import random_case


def now_and_later(
    demand: list[int], now: list[int], use: list[list[int]] | None = None, later: int = 100
) -> SourcingProblem:
    """Return one place with two slots: what is there of each item, and plenty later."""
    problem = problem_by_hand(
        demand=demand, available=[[units, later] for units in now], use=use, shipment_minor=[90, 0]
    )
    ones = np.ones(len(demand), dtype=np.int64)
    tier = waiting(ones, problem.lanes.location == 1)
    return replace(problem, tiers=(unfilled(len(demand)), tier, COST))


def may_wait(problem: SourcingProblem) -> list[bool]:
    found = early(problem)
    assert found is not None
    allowed: list[bool] = found.problem.lanes.eligible[:, 1].tolist()
    return allowed


def test_only_lines_of_which_too_little_is_there_may_wait() -> None:
    problem = now_and_later([2, 3], [2, 1])
    assert may_wait(problem) == [False, True]
    found = early(problem)
    assert found is not None
    assert found.least == 2


def test_lines_that_share_a_short_item_may_all_wait() -> None:
    problem = now_and_later([2, 2], [3, 9], use=[[1, 0], [1, 1]])
    # One of three and one of two units: at least one has to wait.
    found = early(now_and_later([2, 2, 1], [3, 9], use=[[1, 0], [1, 1], [0, 1]]))
    assert found is not None
    assert found.problem.lanes.eligible[:, 1].tolist() == [True, True, False]
    assert found.least == 1
    # Where every line may wait there is nothing to leave away.
    assert early(problem) is None


def test_stock_without_limit_is_enough() -> None:
    problem = now_and_later([2, 3], [NO_LIMIT, 1])
    assert may_wait(problem) == [False, True]


@pytest.mark.parametrize("first", ["waiting", "cost"])
def test_where_something_else_comes_first_nothing_is_left_away(first: str) -> None:
    problem = now_and_later([2], [9])
    tiers = {"waiting": problem.tiers[1:], "cost": (problem.tiers[2], *problem.tiers[:2])}
    assert early(replace(problem, tiers=tiers[first])) is None


def test_plans_of_lines_that_need_not_wait_are_the_best_of_all() -> None:
    alone = 0
    for seed in range(150):
        case = random_case(seed, "backorders")
        problem = build_sourcing(case.order, case.network, case.stock, case.policy).problem
        found = early(problem)
        if found is None or problem.supply is None:
            continue
        solution = solve_with_supply(found.problem, problem.supply, budget(), solve_plain)
        if found.holds_all_best(solution):
            alone += 1
            assert solution.values == best_allocation(problem).values
    assert alone >= 8
