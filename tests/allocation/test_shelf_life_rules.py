"""Rules that say how long lots must keep after delivery."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from hypothesis import given
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.engine_api import PlanningResult
from allocation.plan import UnfilledReason
from routing.ids import LineId
from routing.item import ItemTracking
from routing.rules import parse_rule_set
from routing.sourcing.policy import Overrides
from routing.sourcing.verdict import Verdict
from tests.networks import (
    NOW,
    item,
    line,
    lot,
    lots,
    network,
    order,
    request,
    stock,
    with_details,
)

ENGINE = Engine(monotonic)
NET = network([item("milk", tracking=ItemTracking.LOT), item("cup")])
RULES = """
version: 1
shelf_life:
  - {name: marketplace-weeks, when: order.channel == 'market', days: 21}
  - {name: everybody, days: 2}
"""
LEVELS = with_details(
    stock(milk={"newark": 4, "reno": 4}, cup={"newark": 9}),
    milk={"newark": lots(lot("old", 4, 12)), "reno": lots(lot("new", 4, 60))},
)


def plan(channel: str | None, text: str = RULES, own_days: int = 0, units: int = 2):
    asked = order([line(1, "milk", units, min_shelf_life_days=own_days), line(2, "cup")])
    source = parse_rule_set(text, file_name="r.yaml").at(NOW, Overrides())
    made = request(replace(asked, channel=channel), NET, LEVELS, source)
    return ENGINE.plan(replace(made, explain=True))


def lots_of(result: PlanningResult) -> set[str | None]:
    return {row.lot_id for row in result.plan.reservations if row.item_id == "milk"}


def test_a_channel_gets_fresher_lots_than_others() -> None:
    assert lots_of(plan(None)) == {"old"}
    assert lots_of(plan("market")) == {"new"}
    assert plan("market").terms[LineId("line-1")].shelf_life_days == 21


def test_the_verdict_names_the_rule_that_a_lot_is_too_old_for() -> None:
    explained = plan("market").plan.explanation
    assert explained is not None
    (newark,) = (each for each in explained.lines[0].verdicts if each.location_id == "newark")
    assert newark.verdict is Verdict.SHELF_LIFE
    assert newark.rule == "marketplace-weeks"
    assert "by rule marketplace-weeks" in newark.detail


def test_what_the_line_asks_counts_if_it_is_more_and_then_no_rule_is_named() -> None:
    text = "version: 1\nshelf_life: [{name: weeks, days: 5}]"
    assert lots_of(plan(None, text)) == {"old"}
    strict = plan(None, text, own_days=30)
    assert lots_of(strict) == {"new"}
    assert strict.terms[LineId("line-1")].shelf_life_days == 30
    assert strict.plan.explanation is not None
    verdicts = strict.plan.explanation.lines[0].verdicts
    assert [each.rule for each in verdicts if each.verdict is Verdict.SHELF_LIFE] == [None]


def test_an_unfilled_line_says_what_is_too_old_and_which_rule_is_in_the_way() -> None:
    made = plan(None, "version: 1\nshelf_life: [{name: months, days: 90}]", units=4).plan
    (unfilled,) = made.unfilled
    assert unfilled.reason is UnfilledReason.NOT_IN_STOCK
    assert "8 in lots that are not fresh enough" in unfilled.detail
    assert made.explanation is not None
    (conflict,) = made.explanation.conflicts
    assert [(each.rule, each.detail) for each in conflict.obstacles] == [
        ("months", "no rule months")
    ]


@given(st.integers(1, 80), st.integers(0, 80))
def test_a_rule_asks_as_the_line_itself_would(ruled: int, own: int) -> None:
    text = f"version: 1\nshelf_life: [{{name: days, days: {ruled}}}]"
    by_rule = plan(None, text, own_days=own).plan
    by_line = plan(None, "version: 1", own_days=max(ruled, own)).plan
    assert by_rule.reservations == by_line.reservations
    assert by_rule.cost == by_line.cost
