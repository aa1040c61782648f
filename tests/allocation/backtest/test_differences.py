"""The orders on which rule sets disagree, and why."""

from __future__ import annotations

import time

from allocation.backtest.case import Contender
from allocation.backtest.differences import differing_orders, explained
from allocation.backtest.run import run_backtest
from allocation.backtest.terms import paid_minor
from allocation.engine import Engine
from routing.sourcing.policy import Policy
from tests.allocation.backtest.scenes import CHEAPEST, NETWORK, case, cups, past
from tests.networks import line, request, stock

LEVELS = {
    "cup": {"newark": 9, "dallas": 9},
    "pot": {"reno": 9, "newark": 1},
    "pan": {"newark": 2, "atlanta": 9},
}
RANKED = Contender("ranked", Policy(name="ranked", objectives=("ranked",)))


def orders():
    return [
        past(1, [line(1, "cup"), line(2, "pan")]),
        past(2, [line(1, "pot", 2)]),
        cups(3, 3),
    ]


def test_orders_that_all_route_alike_are_left_out_and_the_dearest_difference_comes_first():
    result = run_backtest(case(orders(), LEVELS, [CHEAPEST, RANKED]))
    found = differing_orders(result)
    same = {number for number, _ in enumerate(orders())} - {each.number for each in found}
    assert (len(found), same) == (2, {1})
    for number in same:
        assert result.outcomes[0][number].same_choice(result.outcomes[1][number])
    spreads = [each.spread_minor for each in found]
    assert spreads == sorted(spreads, reverse=True)
    for each in found:
        paid = [paid_minor(outcomes[each.number].cost) for outcomes in result.outcomes]
        assert each.spread_minor == max(paid) - min(paid)


def test_an_order_that_not_all_can_fill_comes_before_every_other():
    one = Contender("one", Policy(max_shipments=1))
    asked = [
        past(1, [line(1, "cup"), line(2, "pan", 9)]),
        past(2, [line(1, "cup"), line(2, "pot")]),
    ]
    levels = {"cup": {"newark": 9}, "pot": {"reno": 9}, "pan": {"newark": 9}}
    result = run_backtest(case(asked, levels, [CHEAPEST, one]))
    assert [each.number for each in differing_orders(result)] == [1]


def test_an_explanation_is_the_engines_own_with_the_stock_that_was_left():
    asked = orders()
    result = run_backtest(case(asked, LEVELS, [CHEAPEST, RANKED]))
    steps: list[int] = []
    [order] = explained(result, differing_orders(result)[:1], advance=steps.append)
    assert sum(steps) == 2
    left = {item: dict(places) for item, places in LEVELS.items()}
    for outcome in result.outcomes[1][: order.number]:
        for take in outcome.takes:
            left[take.item_id][take.location_id] -= take.increments
    past_order = asked[order.number]
    wanted = request(
        past_order,
        NETWORK,
        stock(**left),
        RANKED.at(past_order.placed_time),
        explain=True,
        decision_time=past_order.placed_time,
    )
    explanation = Engine(time.monotonic).plan(wanted).plan.explanation
    assert explanation is not None
    assert order.sentences[1] == explanation.sentences


def test_explaining_nothing_takes_nothing():
    result = run_backtest(case([cups(1)], LEVELS, [CHEAPEST, RANKED]))
    assert explained(result, []) == ()
