"""Alternatives and the runner-up against the brute force."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocation.alternatives import by_cost, pareto_options
from allocation.engine import Engine
from allocation.optimize.api import ENDLESS
from allocation.optimize.ladder import solve
from allocation.optimize.solution import Solution
from allocation.optimize.variations import Variations
from allocation.plan import AlternativeKind
from routing.sourcing.build import build_sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import with_lanes, with_max_shipments
from tests.allocation.optimize.oracle import best_allocation
from tests.networks import item, line, network, order, request, stock
from tests.strategies.problems import random_problem
from tests.strategies.tiers import COST, unfilled

FIRST, PROBLEMS = 50_000, 120
ENGINE = Engine(time.monotonic)

Point = tuple[int, int, int]
"""Cost, latest day, shipments."""


def filling_first(seed: int) -> SourcingProblem:
    problem = random_problem(seed)
    return by_cost(replace(problem, tiers=(unfilled(len(problem.lines)), COST)))


def options_of(problem: SourcingProblem) -> list[Point]:
    """Return what the engine's code finds."""
    variations = Variations(problem, solve)

    def solver(lanes: NDArray[np.bool_] | None, most: int | None) -> Solution:
        return variations.best(ENDLESS, lanes, most)[1]

    options = pareto_options(problem, solve(problem, ENDLESS), solver, lambda: True)
    assert options[0].kinds[0] is AlternativeKind.CHEAPEST
    return [(each.cost_minor, each.latest_day, each.shipments) for each in options]


def true_options(problem: SourcingProblem) -> list[Point]:
    """Return the plans not beaten in every respect, from the optimum under every limit."""
    filled = best_allocation(problem).values[0]
    found: set[Point] = set()
    for day, most in limits_of(problem):
        limited = with_max_shipments(with_lanes(problem, problem.lanes.delivery_day <= day), most)
        best = best_allocation(limited)
        if best.values[0] == filled:
            shipments = [each.lane for each in best.shipments]
            days = problem.lanes.delivery_day[shipments].tolist()
            # With nothing to ship no day is a limit.
            found.add((best.cost_minor, day if days else 0, most if days else 0))
    return sorted(
        point
        for point in found
        if not any(beats(other, point) for other in found if other != point)
    )


def limits_of(problem: SourcingProblem) -> Iterator[tuple[int, int]]:
    for day in np.unique(problem.lanes.delivery_day).tolist():
        for most in range(1, problem.n_locations + 1):
            if most <= problem.limits.max_shipments:
                yield day, most


def beats(one: Point, other: Point) -> bool:
    return all(mine <= theirs for mine, theirs in zip(one, other, strict=True))


def test_alternatives_are_the_plans_that_nothing_beats() -> None:
    several = 0
    for seed in range(FIRST, FIRST + PROBLEMS):
        problem = filling_first(seed)
        found = options_of(problem)
        assert sorted(found) == true_options(problem), seed
        several += len(found) > 1
    assert several > PROBLEMS // 6


def test_the_runner_up_is_the_best_plan_without_one_of_the_plans_locations() -> None:
    items = [item("cup"), item("pot", 3), item("pan", 8)]
    lines = [line(1, "cup", 2), line(2, "pot", 1), line(3, "pan", 1)]
    levels = stock(
        cup={"reno": 2, "newark": 2, "dallas": 1}, pot={"reno": 1, "dallas": 3}, pan={"newark": 1}
    )
    for policy in (Policy(), Policy(line_split=True), Policy(extra_shipment_minor=900)):
        asked = request(order(lines), network(items), levels, policy, explain=True)
        plan = ENGINE.plan(asked).plan
        problem = build_sourcing(asked.order, asked.network, asked.stock, policy).problem
        used = [shipment.location_id for shipment in plan.shipments]
        ids = [problem.location_ids[at] for at in problem.lanes.location.tolist()]
        without = [
            best_allocation(with_lanes(problem, np.array([each != place for each in ids])))
            for place in used
        ]
        best = min(without, key=lambda answer: answer.values)
        assert plan.explanation is not None
        runner_up = plan.explanation.runner_up
        assert runner_up is not None
        assert runner_up.cost is not None
        assert runner_up.cost.total_minor == best.cost_minor
        assert runner_up.extra_minor == best.cost_minor - plan.cost.total_minor
