"""A backtest is the engine, order after order, with the stock that the earlier ones left."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.backtest.case import PastOrder, make_case
from allocation.backtest.run import run_backtest
from allocation.engine import Engine
from allocation.engine_api import Baseline, BaselinePart
from allocation.errors import UnknownItemError
from routing.ids import LineId, LocationId
from routing.order import Order
from routing.sourcing.stock import InlineStockView
from tests.allocation.backtest.scenes import (
    CHEAPEST,
    FEWEST,
    NETWORK,
    SPLITTING,
    case,
    cups,
    past,
)
from tests.networks import E6, PLACES, line, request, stock

levels = st.dictionaries(st.sampled_from(sorted(PLACES)), st.integers(0, 4))
stocks = st.fixed_dictionaries({"cup": levels, "pot": levels, "pan": levels})
lines = st.lists(
    st.tuples(st.sampled_from(["cup", "pot", "pan", "set"]), st.integers(1, 2)),
    min_size=1,
    max_size=2,
).map(lambda wanted: [line(n, name, count) for n, (name, count) in enumerate(wanted, start=1)])
zips = st.sampled_from(["10001", "94103", "60601"])
orders = st.lists(st.tuples(lines, zips), min_size=1, max_size=6).map(
    lambda drawn: [past(number, asked, to) for number, (asked, to) in enumerate(drawn)]
)


def one_by_one(asked: Sequence[Order], start: InlineStockView, contender):
    """Plan the orders in a loop, which is what a backtest must come to."""
    left = {item: dict(places) for item, places in start.levels.items()}
    plans = []
    for each in asked:
        wanted = request(
            each,
            NETWORK,
            InlineStockView(left),
            contender.at(each.placed_time),
            decision_time=each.placed_time,
        )
        plan = Engine(time.monotonic).plan(wanted).plan
        for row in plan.reservations:
            left[row.item_id][row.location_id] -= row.quantity.increments
        plans.append(plan)
    return plans


@settings(max_examples=40, deadline=None)
@given(orders, stocks)
def test_every_order_is_planned_as_if_alone_with_what_the_earlier_ones_left(asked, start):
    result = run_backtest(case(asked, start, [CHEAPEST, FEWEST, SPLITTING]))
    for contender, outcomes in zip(result.case.contenders, result.outcomes, strict=True):
        plans = one_by_one(asked, stock(**start), contender)
        assert [each.cost for each in outcomes] == [plan.cost for plan in plans]
        assert [
            [(part.line_id, part.location_id, part.quantity_e6) for part in each.parts]
            for each in outcomes
        ] == [
            [
                (each.line_id, part.location_id, part.quantity.increments * E6)
                for each in plan.lines
                for part in each.parts
            ]
            for plan in plans
        ]


def test_two_processes_come_to_the_same_as_one():
    asked = [
        past(number, [line(1, name, 1), line(2, "pan", 1 + number % 2)], to)
        for number, (name, to) in enumerate(
            [("cup", "10001"), ("pot", "94103"), ("set", "60601"), ("cup", "94103")] * 5
        )
    ]
    start = {
        "cup": {"reno": 6, "newark": 5},
        "pot": {"dallas": 9, "newark": 2},
        "pan": {"atlanta": 9, "reno": 7},
    }
    several = case(asked, start, [CHEAPEST, FEWEST])
    steps: list[int] = []
    assert run_backtest(several, 2, steps.append).outcomes == run_backtest(several).outcomes
    assert sum(steps) == 2 * len(asked)


def test_the_last_unit_goes_to_the_order_that_was_placed_first():
    result = run_backtest(case([cups(2), cups(1)], {"cup": {"reno": 1}}))
    assert [past.order.id for past in result.case.orders] == ["o001", "o002"]
    first, second = result.outcomes[0]
    assert first.complete
    assert not second.complete
    assert [each.reason for each in second.left_out] == ["not_in_stock"]


def test_every_rule_set_starts_with_all_of_the_stock():
    result = run_backtest(case([cups(1)], {"cup": {"reno": 1}}, [CHEAPEST, FEWEST]))
    assert all(outcomes[0].complete for outcomes in result.outcomes)


def test_with_fresh_stock_every_order_is_planned_as_if_it_were_the_only_one():
    several = make_case(
        [PastOrder(cups(1)), PastOrder(cups(2))],
        NETWORK,
        stock(cup={"reno": 1}),
        [CHEAPEST],
        uses_up_stock=False,
    )
    assert [each.complete for each in run_backtest(several).outcomes[0]] == [True, True]


def test_an_order_that_cannot_be_planned_is_a_problem_and_not_unfilled():
    result = run_backtest(case([past(1, [line(1, "ghost")]), cups(2)], {"cup": {"reno": 1}}))
    ghost, cup = result.outcomes[0]
    assert ghost.problem is not None
    assert ghost.problem.startswith(UnknownItemError.reason)
    assert not ghost.left_out
    assert cup.complete


def test_the_choice_made_at_the_time_is_priced_with_the_stock_of_the_time():
    from_reno = Baseline("oms", (BaselinePart(LineId("line-1"), LocationId("reno"), E6),))
    orders = [PastOrder(cups(number), from_reno) for number in (1, 2)]
    levels = stock(cup={"newark": 9, "reno": 9})
    first, second = run_backtest(make_case(orders, NETWORK, levels, [CHEAPEST])).outcomes[0]
    assert first.baseline is not None
    assert first.baseline.cost_minor is not None
    assert first.baseline.cost_minor > first.cost.total_minor
    assert second.baseline == first.baseline


@pytest.mark.parametrize(
    ("orders", "contenders", "says"),
    [
        ([], [CHEAPEST], "at least one order"),
        ([cups(1)], [], "one rule set"),
        ([cups(1), cups(1)], [CHEAPEST], "appear twice: o001"),
        ([cups(1)], [CHEAPEST, CHEAPEST], "appear twice: cheapest"),
    ],
)
def test_a_case_that_cannot_be_told_apart_is_refused(orders, contenders, says):
    with pytest.raises(ValueError, match=says):
        case(orders, {}, contenders)
