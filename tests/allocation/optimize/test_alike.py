"""Lines that nobody can tell apart are one line to the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
import pytest

from allocation.optimize.alike.merge import merge_alike
from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve_plain
from allocation.optimize.solution import ProofStatus, Solution
from allocation.optimize.verify import verify
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.allocation.optimize.test_solvers_agree import faults
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.twins import random_packaged_twins, random_twins, repeated

CHUNK = 30
LEAST_MERGED = 12
"""Of so many problems; in the others a limit counts lines, or nothing is there twice."""
RANDOM = [random_twins, random_packaged_twins]


def cups(n_lines: int, *stock: int, demand: int = 1) -> SourcingProblem:
    """Return lines of one item, of which there is so much at each location."""
    one = problem_by_hand(demand=[demand], available=[stock], unfilled_minor=[5_000])
    return repeated(one, [0] * n_lines)


def merged_plan(problem: SourcingProblem) -> Solution | None:
    """Return the plan of the merged problem, told line by line; ``None`` if none are alike."""
    merged = merge_alike(problem)
    return None if merged is None else merged.apart(solve_plain(merged.problem, budget()))


def compare(random: Callable[[int], SourcingProblem], first: int) -> None:
    merged, wrong = 0, []
    for seed in range(first, first + CHUNK):
        problem = random(seed)
        solution = merged_plan(problem)
        if solution is None:
            continue
        merged += 1
        found = faults(problem, solution, best_allocation(problem), exact=True)
        wrong += [f"seed {seed}: {fault}" for fault in found]
    assert not wrong, "\n".join(wrong)
    assert merged >= LEAST_MERGED


@pytest.mark.parametrize("random", RANDOM)
def test_what_is_best_of_merged_lines_is_best_of_them_all(
    random: Callable[[int], SourcingProblem],
) -> None:
    compare(random, 0)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(1_000, 2_200, CHUNK))
@pytest.mark.parametrize("random", RANDOM)
def test_many_problems_with_lines_that_are_alike(
    random: Callable[[int], SourcingProblem], first: int
) -> None:
    compare(random, first)


@pytest.mark.parametrize("line_split", [False, True])
@pytest.mark.parametrize("demand", [1, 3])
def test_sixty_lines_of_one_item_with_six_in_stock_are_proven_at_once(
    line_split: bool, demand: int
) -> None:
    problem = cups(60, 3, 2, 1, demand=demand)
    problem = replace(problem, limits=replace(problem.limits, line_split=line_split))
    solution = solve_plain(problem, Budget(monotonic, monotonic() + 1.0))
    assert solution.status is ProofStatus.OPTIMAL
    assert not verify(problem, solution).problems
    filled = problem.lines.demand - np.array(solution.allocation.unfilled)
    assert int(filled.sum()) == (6 if line_split or demand == 1 else 3)
    assert (np.diff((filled > 0).astype(int)) <= 0).all(), "the first lines are filled"


def test_lines_stay_whole_where_they_are_not_to_be_split() -> None:
    problem = cups(5, 4, 4, demand=3)
    problem = replace(problem, limits=replace(problem.limits, line_split=False))
    solution = merged_plan(problem)
    assert solution is not None
    assert solution.values == best_allocation(problem).values
    assert [each.quantities for each in solution.allocation.shipments] == [((0, 3),), ((1, 3),)]
    assert solution.allocation.unfilled == (0, 0, 3, 3, 3)


def changed_lane(problem: SourcingProblem, name: str, value: int) -> SourcingProblem:
    array = getattr(problem.lanes, name).copy()
    array[1, 0] = value
    return replace(problem, lanes=replace(problem.lanes, **{name: array}))


def changed_line(problem: SourcingProblem, name: str, value: int) -> SourcingProblem:
    array = getattr(problem.lines, name).copy()
    array[1] = value
    return replace(problem, lines=replace(problem.lines, **{name: array}))


def changed_piece(problem: SourcingProblem, name: str, value: int) -> SourcingProblem:
    array = getattr(problem.pieces, name).copy()
    array[1] = value
    return replace(problem, pieces=replace(problem.pieces, **{name: array}))


def with_tier(problem: SourcingProblem, tier: Tier) -> SourcingProblem:
    return replace(problem, tiers=(tier, *problem.tiers))


def with_limits(problem: SourcingProblem, **limits: object) -> SourcingProblem:
    return replace(problem, limits=replace(problem.limits, **limits))  # type: ignore[arg-type]


DIFFERENT: dict[str, Callable[[SourcingProblem], SourcingProblem]] = {
    "demand": lambda p: changed_line(p, "demand", 2),
    "items": lambda p: changed_line(p, "use", 2),
    "group": lambda p: changed_line(p, "group", 0),
    "value": lambda p: changed_line(p, "value_minor", 7),
    "unfilled": lambda p: replace(p, unfilled_minor=p.unfilled_minor + np.array([0, 1])),
    "per unit": lambda p: changed_lane(p, "unit_minor", 7),
    "per line": lambda p: changed_lane(p, "line_minor", 7),
    "eligible": lambda p: changed_lane(p, "eligible", 0),
    "weight": lambda p: changed_piece(p, "weight_ug", 7),
    "alone": lambda p: changed_piece(p, "alone", 1),
    "tier of units": lambda p: with_tier(p, Tier("t", unit=np.array([[1, 1], [2, 1]]))),
    "tier of what is left": lambda p: with_tier(p, Tier("t", unfilled=np.array([1, 2]))),
    "a limit of lines": lambda p: with_limits(p, location_lines=np.array([1, 9])),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_lines_that_differ_in_anything_are_kept_apart(name: str) -> None:
    problem = cups(2, 3, 3)
    assert merge_alike(problem) is not None
    assert merge_alike(DIFFERENT[name](problem)) is None


def test_what_a_line_costs_that_cannot_ship_there_does_not_matter() -> None:
    problem = cups(2, 3, 3)
    eligible = problem.lanes.eligible.copy()
    eligible[:, 0] = False
    problem = replace(problem, lanes=replace(problem.lanes, eligible=eligible))
    assert merge_alike(changed_lane(problem, "unit_minor", 7)) is not None


def test_limits_of_units_are_kept_where_units_stay_units() -> None:
    single = with_limits(cups(4, 9, 9), location_units=np.array([2, 1]))
    solution = merged_plan(single)
    assert solution is not None
    assert solution.values == best_allocation(single).values
    double = with_limits(cups(4, 9, 9, demand=2), line_split=False)
    assert merge_alike(double) is not None
    assert merge_alike(with_limits(double, location_units=np.array([2, 9]))) is None
    assert merge_alike(with_limits(double, min_shipment_units=3)) is None
