"""The short way of usual orders gives what the long way gives, in every respect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from allocation import engine as engine_module
from allocation.engine import Engine
from allocation.engine_api import PlanningRequest
from allocation.errors import EngineError
from allocation.optimize.few_lines import solve_by_lane
from allocation.optimize.ladder import solve
from allocation.optimize.usual_order import solve_usual
from allocation.optimize.verify import verify
from allocation.plan import Plan
from routing.errors import InvalidInputError
from routing.item import InventoryItem
from routing.order import Order, OrderLine
from routing.sourcing.build import Sourcing, build_any_sourcing, build_sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.restrict import with_lanes, with_max_shipments
from routing.sourcing.ruling import Ruling
from tests.allocation.optimize.solvers import budget
from tests.strategies.usual_orders import draw_request

ORDERS = 2_000
PLANS = 400
NOT_COMPARED = ("usual", "known", "known_verdicts", "level_details")


def differences(one: object, other: object, path: str = "") -> list[str]:
    """Return the paths of everything in which two values differ."""
    if type(one) is not type(other):
        return [f"{path}: {type(one)} {type(other)}"]
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        equal = one.dtype == other.dtype and np.array_equal(one, other)
        return [] if equal else [f"{path}: {one} {other}"]
    if is_dataclass(one) and not one.__dataclass_params__.eq:  # type: ignore[union-attr]
        pairs = [
            (each.name, getattr(one, each.name), getattr(other, each.name))
            for each in fields(one)
            if each.name not in NOT_COMPARED
        ]
    elif isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = [(str(at), *both) for at, both in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, Mapping) and isinstance(other, Mapping) and set(one) == set(other):
        pairs = [(str(key), one[key], other[key]) for key in one]
    else:
        return [] if one == other else [f"{path}: {one} {other}"]
    return [found for name, a, b in pairs for found in differences(a, b, f"{path}.{name}")]


def built(make: Callable[..., Sourcing], asked: PlanningRequest) -> Sourcing | str:
    try:
        return make(asked.order, asked.network, asked.stock, asked.policy, asked.decision_time)
    except InvalidInputError as error:
        return str(error)


def test_problems_and_optima_are_those_of_the_long_way() -> None:
    usual = solved = split = short = sized = 0
    for seed in range(ORDERS):
        asked = draw_request(seed)
        one, other = built(build_sourcing, asked), built(build_any_sourcing, asked)
        if isinstance(one, str) or isinstance(other, str):
            assert one == other
            continue
        assert differences(one, other) == [], seed
        assert differences(one.verdicts, other.verdicts) == [], seed
        if one.problem.usual is None:
            continue
        usual += 1
        quick = solve_usual(one.problem)
        if quick is not None:
            long = solve_by_lane(other.problem) or solve(other.problem, budget())
            assert quick == long, seed
            assert verify(other.problem, quick).ok, seed
            sized += bool(other.problem.pieces.volume_nl.any())
            solved += 1
            split += len(quick.allocation.shipments) > 1
            short += any(quick.allocation.unfilled)
    assert usual > ORDERS // 4
    assert solved > ORDERS // 5
    assert sized > ORDERS // 50
    assert split > ORDERS // 50
    assert short > ORDERS // 50


def planned(asked: PlanningRequest) -> Plan | str:
    try:
        return Engine(clock=lambda: 0.0).plan(asked).plan
    except EngineError as error:
        return f"{type(error)} {error}"


def test_plans_with_all_that_is_said_of_them_are_those_of_the_long_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    requests = [draw_request(100_000 + seed) for seed in range(PLANS)]
    short = [planned(asked) for asked in requests]
    monkeypatch.setattr(engine_module, "build_sourcing", build_any_sourcing)
    long = [planned(asked) for asked in requests]
    assert short == long
    plans = [plan for plan in short if isinstance(plan, Plan)]
    assert sum(plan.explanation is not None for plan in plans) > PLANS // 40
    assert sum(bool(plan.alternatives) for plan in plans) > PLANS // 100


def first_usual() -> Sourcing:
    found = (built(build_sourcing, draw_request(seed)) for seed in range(ORDERS))
    return next(
        each
        for each in found
        if isinstance(each, Sourcing)
        and (best := solve_usual(each.problem)) is not None
        and best.allocation.shipments
    )


def test_a_changed_problem_is_not_solved_by_what_was_known_before() -> None:
    problem = first_usual().problem
    best = solve_usual(problem)
    assert best is not None
    lane = best.allocation.shipments[0].lane
    others = problem.lanes.location != problem.lanes.location[lane]
    assert solve_usual(with_lanes(problem, others)) is None
    assert solve_usual(replace(problem, available=problem.available * 0)) is None
    assert solve_usual(replace(problem, tiers=problem.tiers[::-1])) is None
    one = with_max_shipments(problem, 1)
    again = solve_usual(one)
    assert again is None or len(again.allocation.shipments) <= 1


def test_the_short_way_knows_of_everything_that_can_make_an_order_unusual() -> None:
    """A field that is new here has to be looked at in `routing.sourcing.usual`, too."""
    assert {each.name for each in fields(Ruling)} == {
        "rules",
        "blocked_by",
        "amounts",
        "safety_stock",
        "safety_rule",
        "capacity",
        "expiry",
        "volume",
        "backorder",
        "shelf_life",
        "network",
    }
    assert len(fields(Policy)) == 18
    assert len(fields(OrderLine)) == 17
    assert len(fields(Order)) == 10
    assert len(fields(InventoryItem)) == 19


def test_what_usual_orders_share_cannot_be_written_to() -> None:
    problem = first_usual().problem
    lanes, lines, pieces = problem.lanes, problem.lines, problem.pieces
    shared = (
        lanes.location,
        lanes.tariff,
        lanes.shipment_minor,
        lanes.parcel_minor,
        lanes.line_minor,
        lanes.unit_minor,
        lanes.delivery_day,
        lanes.distance_m,
        lines.use,
        lines.group,
        pieces.line,
        pieces.per_increment,
        pieces.alone,
        pieces.item,
        problem.unfilled_minor,
        problem.limits.location_lines,
        problem.limits.location_units,
    )
    assert [array.flags.writeable for array in shared] == [False] * len(shared)
