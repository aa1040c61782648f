"""Old stock goes first, wherever it is, at a price per unit that keeps for longer."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.engine import Engine
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan
from routing.ids import LocationId
from routing.item import ItemTracking, PickOrder
from routing.network import Network
from routing.rules import RuleSetError, parse_rule_set
from routing.sourcing.build import build_sourcing
from routing.sourcing.policy import Overrides
from routing.sourcing.stock import InlineStockView
from tests.networks import (
    NOW,
    item,
    kit,
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
MILK = item("milk", tracking=ItemTracking.LOT)
PLACES = ("dallas", "newark", "reno")
RULES = """
version: 1
expiry:
  - name: old-first
    because: what is left at its date is thrown away
    steps:
      - {over_days: 20, unit_minor: 300}
      - {over_days: 60, unit_minor: 1000}
"""
STEPS = ((20, 300), (60, 1000))


@cache
def net(pick_order: PickOrder = PickOrder.FEFO) -> Network:
    return network([replace(MILK, pick_order=pick_order)])


@cache
def rules(text: str = RULES):
    return parse_rule_set(text, file_name="r.yaml")


def milk(levels: dict[str, list[tuple[int, int | None]]]) -> InlineStockView:
    """Levels from (units, days until they expire) of each lot."""
    units = {place: sum(number for number, _ in each) for place, each in levels.items()}
    details = {
        place: lots(*(lot(f"{place}-{n}", number, days) for n, (number, days) in enumerate(each)))
        for place, each in levels.items()
    }
    return with_details(stock(milk=units), milk=details)


def plan(levels: InlineStockView, quantity: int, text: str = RULES, **overrides: object) -> Plan:
    source = rules(text).at(NOW, Overrides(**overrides))  # type: ignore[arg-type]
    asked = request(order([line(1, "milk", quantity)]), net(), levels, source)
    return ENGINE.plan(asked).plan


def charged(made: Plan) -> int:
    return dict(made.cost.terms).get("rule:old-first", 0)


def test_stock_that_expires_soon_leaves_from_afar() -> None:
    levels = milk({"newark": [(9, 90)], "reno": [(9, 30)]})
    near, old = plan(levels, 2, "version: 1"), plan(levels, 2)
    assert [each.location_id for each in near.shipments] == ["newark"]
    assert [each.location_id for each in old.shipments] == ["reno"]
    assert charged(old) == 2 * 300


def test_what_the_rest_costs_more_decides_otherwise() -> None:
    levels = milk({"newark": [(9, 90)], "reno": [(9, 30)]})
    low = RULES.replace("1000", "301")
    made = plan(levels, 2, low)
    assert [each.location_id for each in made.shipments] == ["newark"]
    assert charged(made) == 2 * 301


def test_a_line_is_priced_by_the_lots_that_would_be_picked_for_it() -> None:
    levels = milk({"newark": [(2, 25), (9, 90)]})
    assert charged(plan(levels, 2)) == 2 * 300
    # Two of 3.00 and one of 10.00, on average 5.33.
    assert charged(plan(levels, 3)) == 3 * 533


def test_days_count_from_the_order_in_the_rule_sets_time_zone() -> None:
    assert charged(plan(milk({"newark": [(9, 20)]}), 1)) == 0
    assert charged(plan(milk({"newark": [(9, 21)]}), 1)) == 300
    tomorrow_there = RULES.replace("version: 1", "version: 1\ntz: Pacific/Kiritimati")
    assert charged(plan(milk({"newark": [(9, 21)]}), 1, tomorrow_there)) == 0


def test_no_slower_service_is_chosen_so_that_units_are_older_on_arrival() -> None:
    levels = milk({"newark": [(9, 22)]})
    (priced,), (free,) = plan(levels, 1).shipments, plan(levels, 1, "version: 1").shipments
    assert priced.service == free.service
    assert priced.latest_delivery_date == free.latest_delivery_date


def test_what_does_not_expire_keeps_longest_and_items_without_lots_are_free() -> None:
    levels = milk({"newark": [(9, None)], "reno": [(9, 30)]})
    assert [each.location_id for each in plan(levels, 2).shipments] == ["reno"]
    plain = plan(stock(milk={"newark": 9}), 2)
    assert charged(plain) == 0


def test_a_rule_that_is_about_other_lines_costs_nothing() -> None:
    text = RULES.replace("    steps:", "    when: \"'frozen' in line.tags\"\n    steps:")
    assert charged(plan(milk({"newark": [(9, 90)]}), 2, text)) == 0


def test_kits_pay_for_every_unit_of_their_parts() -> None:
    crate = kit("crate", milk=6)
    levels = milk({"newark": [(30, 30)]})
    asked = request(order([line(1, "crate", 2)]), network([MILK, crate]), levels, rules().at(NOW))
    assert charged(ENGINE.plan(asked).plan) == 12 * 300


def test_the_explanation_names_the_rule() -> None:
    levels = milk({"newark": [(9, 90)], "reno": [(9, 30)]})
    source = rules().at(NOW)
    asked = request(order([line(1, "milk", 2)]), network([MILK]), levels, source, explain=True)
    made = ENGINE.plan(asked).plan
    assert made.explanation is not None
    assert "old-first" in str(made.explanation)


def by_hand(picks: list[tuple[int, int]], quantity: int) -> int:
    """Price per unit of the first units of (units, days to expiry) in the order of picking."""
    left, total, units = quantity, 0, 0
    for number, days in picks:
        taken = min(left, number)
        total += taken * next((minor for over, minor in reversed(STEPS) if days > over), 0)
        units, left = units + taken, left - taken
    return (2 * total + units) // (2 * units)


lot_lists = st.lists(
    st.tuples(st.integers(1, 6), st.integers(6, 120) | st.none()), min_size=1, max_size=4
)


@given(
    levels=st.dictionaries(st.sampled_from(PLACES), lot_lists, min_size=1),
    quantity=st.integers(1, 6),
    pick_order=st.sampled_from(PickOrder),
)
def test_every_lane_is_priced_as_by_hand(levels, quantity, pick_order) -> None:
    asked, places = order([line(1, "milk", quantity)]), net(pick_order)
    sourcing = build_sourcing(asked, places, milk(levels), rules().at(NOW))
    free = build_sourcing(asked, places, milk(levels), rules("version: 1").at(NOW))
    expiring = any(days is not None for each in levels.values() for _, days in each)
    for lane, place in enumerate(sourcing.facts.location.tolist()):
        name = places.locations[place].id
        arrives = int(sourcing.facts.latest[lane])
        slot = sourcing.problem.lanes.location[lane]
        picks = [
            (portion.increments, min(10**6, portion.last_day - NOW.date().toordinal()))
            for portion in sourcing.portions
            if portion.place == place and portion.last_day >= arrives
        ]
        amount = sourcing.problem.lanes.unit_minor[0, lane] - free.problem.lanes.unit_minor[0, lane]
        assert amount == (by_hand(picks, quantity) if expiring else 0), (name, slot)


@given(
    levels=st.dictionaries(st.sampled_from(PLACES), lot_lists, min_size=1),
    quantity=st.integers(1, 4),
)
def test_no_single_location_would_have_been_cheaper(levels, quantity) -> None:
    stock_view = milk(levels)
    best = plan(stock_view, quantity)
    if best.unfilled:
        return
    alone = [
        plan(stock_view, quantity, allowed_location_ids=frozenset({LocationId(place)}))
        for place in PLACES
    ]
    costs = [made.cost.total_minor for made in alone if not made.unfilled]
    assert best.cost.total_minor == min(costs)
    assert best.proof.status is ProofStatus.OPTIMAL


def test_steps_out_of_order_are_refused() -> None:
    with pytest.raises(RuleSetError, match="put the steps in order"):
        rules(RULES.replace("over_days: 60", "over_days: 20"))
