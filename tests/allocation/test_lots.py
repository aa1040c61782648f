"""Lots, shelf life and serial numbers in plans."""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

import pytest

from allocation.engine import Engine
from allocation.plan import Plan
from routing.ids import ItemId, LotId
from routing.item import InventoryItem, ItemTracking, PickOrder
from routing.order import OrderLine
from routing.sourcing.policy import Policy
from routing.sourcing.stock import InlineStockView, StockDetail
from routing.sourcing.verdict import Verdict
from tests.networks import item, kit, line, lot, lots, network, order, request, stock, with_details

ENGINE = Engine(monotonic)
MILK = item("milk", tracking=ItemTracking.LOT)
PHONE = item("phone", tracking=ItemTracking.SERIAL)
SPLIT = Policy(line_split=True)


def plan(
    items: list[InventoryItem],
    lines: list[OrderLine],
    levels: InlineStockView,
    policy: Policy | None = None,
) -> Plan:
    return ENGINE.plan(request(order(lines), network(items), levels, policy)).plan


def picked(made: Plan) -> list[tuple[str, str | None, int]]:
    """Location, lot and units of every reservation."""
    return [(row.location_id, row.lot_id, row.quantity.increments) for row in made.reservations]


def milk(**details: StockDetail) -> InlineStockView:
    """Levels of milk that are exactly their lots."""
    levels = {place: sum(one.increments for one in d.lots) for place, d in details.items()}
    return with_details(stock(milk=levels), milk=details)


THREE_LOTS = milk(
    newark=lots(
        lot("young", 3, days=90, received=2),
        lot("old", 3, days=30, received=9),
        lot("older", 3, days=60, received=20),
    )
)


@pytest.mark.parametrize(
    ("pick_order", "expected"),
    [
        (PickOrder.FEFO, [("newark", "old", 3), ("newark", "older", 1)]),
        (PickOrder.FIFO, [("newark", "older", 3), ("newark", "old", 1)]),
        (PickOrder.LIFO, [("newark", "young", 3), ("newark", "old", 1)]),
    ],
)
def test_lots_are_picked_in_the_items_order(pick_order, expected):
    made = plan([replace(MILK, pick_order=pick_order)], [line(1, "milk", 4)], THREE_LOTS)
    assert picked(made) == expected


def test_a_lot_that_expires_on_the_way_is_not_used():
    # Newark delivers to New York by the 25th, five days from now.
    levels = milk(newark=lots(lot("short", 9, days=4), lot("long", 9, days=5)))
    assert picked(plan([MILK], [line(1, "milk", 2)], levels)) == [("newark", "long", 2)]


def test_shelf_life_counts_from_the_delivery_date_of_the_location_that_ships():
    # No service from Reno is as quick as Newark's: the same lot is fresh enough from one.
    levels = milk(reno=lots(lot("a", 9, days=5)), newark=lots(lot("b", 9, days=5)))
    fresh = replace(MILK, min_shelf_life_days=1)
    assert picked(plan([fresh], [line(1, "milk")], levels)) == [("newark", "b", 1)]
    asked = request(order([line(1, "milk")]), network([fresh]), levels, explain=True)
    explanation = ENGINE.plan(asked).plan.explanation
    assert explanation is not None
    reno = next(each for each in explanation.lines[0].verdicts if each.location_id == "reno")
    assert reno.verdict is Verdict.SHELF_LIFE
    assert "fresh enough" in reno.detail


def test_a_line_can_ask_for_more_shelf_life_than_its_item():
    levels = milk(newark=lots(lot("a", 9, days=10), lot("b", 9, days=20)))
    lines = [line(1, "milk", 2, min_shelf_life_days=12), line(2, "milk", 2)]
    assert picked(plan([MILK], lines, levels)) == [("newark", "b", 2), ("newark", "a", 2)]


def test_a_line_that_takes_any_lot_leaves_the_fresh_one_to_a_line_that_needs_it():
    levels = milk(newark=lots(lot("a", 2, days=10), lot("b", 2, days=20)))
    lifo = replace(MILK, pick_order=PickOrder.LIFO)
    lines = [line(1, "milk", 2), line(2, "milk", 2, min_shelf_life_days=12)]
    assert picked(plan([lifo], lines, levels)) == [("newark", "a", 2), ("newark", "b", 2)]


def test_a_line_that_names_lots_has_these_or_nothing():
    wanted = line(1, "milk", 4, lot_ids=frozenset({LotId("old"), LotId("young")}))
    assert picked(plan([MILK], [wanted], THREE_LOTS)) == [
        ("newark", "old", 3),
        ("newark", "young", 1),
    ]
    missing = line(1, "milk", 1, lot_ids=frozenset({LotId("gone")}))
    assert [each.quantity.increments for each in plan([MILK], [missing], THREE_LOTS).unfilled] == [
        1
    ]


def test_a_split_line_takes_what_is_fresh_at_each_location():
    levels = milk(
        newark=lots(lot("a", 2, days=6), lot("b", 1, days=2)), dallas=lots(lot("c", 5, days=60))
    )
    made = plan([MILK], [line(1, "milk", 4)], levels, SPLIT)
    assert sum(units for _, _, units in picked(made)) == 4
    assert ("newark", "b", 1) not in picked(made)


def test_components_of_a_kit_are_picked_from_their_lots():
    levels = with_details(
        stock(milk={"newark": 5}, cup={"newark": 9}),
        milk={"newark": lots(lot("a", 3, days=30), lot("b", 2, days=60))},
    )
    made = plan(
        [MILK, item("cup"), kit("breakfast", milk=2, cup=1)], [line(1, "breakfast", 2)], levels
    )
    rows = [(row.item_id, row.lot_id, row.quantity.increments) for row in made.reservations]
    assert rows == [("cup", None, 2), ("milk", "a", 3), ("milk", "b", 1)]


def test_kits_are_no_more_than_the_fresh_lots_of_a_component_allow():
    levels = with_details(
        stock(milk={"newark": 5}, cup={"newark": 9}),
        milk={"newark": lots(lot("a", 3, days=2), lot("b", 2, days=60))},
    )
    made = plan(
        [MILK, item("cup"), kit("breakfast", milk=2, cup=1)],
        [line(1, "breakfast", 2)],
        levels,
        SPLIT,
    )
    assert made.unfilled[0].quantity.increments == 1
    assert [row.lot_id for row in made.reservations if row.item_id == "milk"] == ["b"]


def test_lots_of_unknown_identity_are_units_like_any_other():
    made = plan([MILK], [line(1, "milk", 2)], stock(milk={"newark": 2}))
    assert picked(made) == [("newark", None, 2)]


def serials(**numbers: tuple[str, ...]) -> InlineStockView:
    levels = {place: len(each) for place, each in numbers.items()}
    details = {place: StockDetail(serials=each) for place, each in numbers.items()}
    return with_details(stock(phone=levels), phone=details)


def test_serial_numbers_are_reserved_one_by_one():
    made = plan([PHONE], [line(1, "phone", 2), line(2, "phone")], serials(newark=("c", "a", "b")))
    assert [row.serials for row in made.reservations] == [("a", "b"), ("c",)]


def test_a_serial_that_a_line_names_is_kept_for_it():
    lines = [line(1, "phone"), line(2, "phone", serials=frozenset({"a"}))]
    made = plan([PHONE], lines, serials(newark=("a", "b")))
    assert [row.serials for row in made.reservations] == [("b",), ("a",)]


def test_a_named_serial_decides_the_location():
    named = line(1, "phone", serials=frozenset({"far"}))
    made = plan([PHONE], [named], serials(newark=("near",), reno=("far",)))
    assert [(row.location_id, row.serials) for row in made.reservations] == [("reno", ("far",))]


def test_serials_that_nobody_has_told_are_a_count():
    made = plan([PHONE], [line(1, "phone", 2)], stock(phone={"newark": 2}))
    assert [(row.quantity.increments, row.serials) for row in made.reservations] == [(2, ())]


def test_the_plan_id_tells_lots_apart():
    first = plan([MILK], [line(1, "milk")], milk(newark=lots(lot("a", 9, days=30))))
    second = plan([MILK], [line(1, "milk")], milk(newark=lots(lot("b", 9, days=30))))
    assert first.id != second.id
    assert first.reservations[0].item_id == ItemId("milk")
