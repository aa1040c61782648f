"""Which rule limits, keeps stock or prices a way, by its name."""

from __future__ import annotations

import numpy as np

from allocation.plan import Plan
from routing.ids import LocationId
from routing.sourcing.resolve import resolve_lines
from routing.sourcing.ruling import NO_RULE
from routing.sourcing.verdict import Verdict
from tests.networks import line, order
from tests.routing.rules.test_deciding import (
    NET,
    plan,
    rules,
    verdicts,
)


def test_of_capacity_rules_and_the_locations_own_limit_the_least_counts():
    text = """
capacity:
  - {name: all, units_per_day: 3}
  - {name: newark, location: location.id == 'newark', units_per_day: 1}
"""
    only = {"newark": 5}
    assert len(plan(rules(text), "cup", "acid", levels=only).unfilled) == 1
    assert plan(rules(text), "cup", "acid", levels={"dallas": 5}).unfilled == ()


def detail(found: Plan, place: str) -> str:
    assert found.explanation is not None
    return next(v.detail for v in found.explanation.lines[0].verdicts if v.location_id == place)


def test_rules_that_keep_stock_or_limit_capacity_are_named_where_they_decide():
    keep = "safety_stock: [{name: keep-5, units: 5, location: location.kind == 'store'}]"
    found = plan(rules(keep), "cup")
    assert verdicts(found)["newark"] == (Verdict.OUT_OF_STOCK, "keep-5")
    assert detail(found, "newark") == "none available beyond the 5 that rule keep-5 keeps there"
    assert verdicts(found)["reno"] == (Verdict.ELIGIBLE, None)
    closed = "capacity: [{name: closed, orders_per_day: 0, location: location.kind == 'store'}]"
    found = plan(rules(closed), "cup")
    assert verdicts(found)["newark"] == (Verdict.CAPACITY, "closed")
    taken = "takes 0 orders on 2026-11-20, and 0 are taken by rule closed"
    assert detail(found, "newark") == taken


def test_what_no_rule_decides_names_none():
    keep = "safety_stock: [{name: keep-1, units: 1, location: location.kind == 'store'}]"
    found = plan(rules(keep), "cup", levels={"dallas": 1, "reno": 0})
    assert verdicts(found)["reno"] == (Verdict.OUT_OF_STOCK, None)
    assert verdicts(found)["newark"] == (Verdict.NOT_STOCKED, None)


PICKED = "require: [{name: no-transfers, when: line.picked_up, destination: pickup_location}]"


def test_lines_that_are_collected_can_be_kept_to_the_stock_of_their_place():
    asked = order([line(1, "cup", pickup_location_id=LocationId("reno")), line(2, "acid")])
    _, ruling = rules(PICKED).decide(asked, resolve_lines(asked, NET), NET)
    assert ruling.blocked_by is not None
    places = [str(each.id) for each in NET.locations]
    free = [
        [place for place, by in zip(places, row, strict=True) if by == NO_RULE]
        for row in ruling.blocked_by.tolist()
    ]
    assert free == [["reno"], places]


def test_a_price_on_transfers_is_for_each_line_and_its_own_place():
    text = PICKED.replace("}]", ", hard: false, price_minor: 40, per: unit}]")
    asked = order(
        [
            line(1, "cup", pickup_location_id=LocationId("reno")),
            line(2, "acid", pickup_location_id=LocationId("dallas")),
        ]
    )
    _, ruling = rules(text).decide(asked, resolve_lines(asked, NET), NET)
    places = [str(each.id) for each in NET.locations]
    paid = {
        (number, place): minor
        for each in ruling.amounts
        for number in np.flatnonzero(each.lines).tolist()
        for place, minor in zip(places, each.location_minor.tolist(), strict=True)
    }
    assert {pair for pair, minor in paid.items() if minor == 0} == {(0, "reno"), (1, "dallas")}
    assert set(paid.values()) == {0, 40}
