"""Backorders and preorders in plans: what waits, where, until when, and how much at most."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import monotonic

import pytest

from allocation.engine import Engine
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan, UnfilledReason
from routing.daily_capacity import Measure, capacity_item
from routing.ids import ItemId, LocationId
from routing.item import BackorderPolicy, InventoryItem
from routing.location import DailyCapacity
from routing.network import Network
from routing.order import OrderLine
from routing.sourcing.policy import Policy
from routing.sourcing.stock import IncomingStock, InlineStockView, StockDetail
from tests.networks import (
    E6,
    NOW,
    incoming,
    item,
    kit,
    line,
    location,
    network,
    order,
    request,
    stock,
    with_details,
)

ENGINE = Engine(monotonic)
CUP = item("cup", backorder_policy=BackorderPolicy.ALLOW)
SPLIT = Policy(line_split=True)


def plan(
    lines: list[OrderLine],
    levels: InlineStockView,
    policy: Policy | None = None,
    items: list[InventoryItem] | None = None,
    deliver_by: date | None = None,
    days_later: int = 0,
) -> Plan:
    asked = replace(order(lines), deliver_by=deliver_by)
    wish = request(asked, network(items or [CUP]), levels, policy)
    now = wish.decision_time + timedelta(days=days_later)
    return ENGINE.plan(replace(wish, decision_time=now)).plan


def coming(*supply: IncomingStock) -> StockDetail:
    return StockDetail(incoming=supply)


def rows(made: Plan) -> list[tuple[str, int, bool]]:
    """Location, units and whether they wait, of every reservation."""
    return [
        (row.location_id, row.quantity.increments, row.backordered) for row in made.reservations
    ]


THREE_AND_FIVE = with_details(stock(cup={"newark": 3}), cup={"newark": coming(incoming(5, 10))})


@pytest.mark.parametrize(
    ("policy", "expected", "unfilled"),
    [
        (BackorderPolicy.DENY, [("newark", 3, False)], 3),
        (BackorderPolicy.ALLOW, [("newark", 3, False), ("newark", 3, True)], 0),
        (BackorderPolicy.IGNORE_STOCK, [], 0),
    ],
)
def test_three_policies(policy, expected, unfilled):
    made = plan([line(1, "cup", 6, backorder_policy=policy)], THREE_AND_FIVE, SPLIT)
    assert rows(made) == expected
    assert sum(each.quantity.increments for each in made.unfilled) == unfilled


def test_what_waits_ships_when_its_supply_has_come_and_says_so():
    made = plan([line(1, "cup", 6)], THREE_AND_FIVE, SPLIT)
    now, later = made.shipments
    arrival = NOW + timedelta(days=10)
    assert now.ship_date is not None
    assert later.ship_date is not None
    assert now.ship_date < arrival.date() <= later.ship_date
    assert later.latest_delivery_date is not None
    assert later.latest_delivery_date > later.ship_date
    assert [part.backordered for part in made.lines[0].parts] == [False, True]
    assert made.reservations[1].expected_time == arrival


def test_a_line_that_is_not_split_waits_whole():
    made = plan([line(1, "cup", 6)], THREE_AND_FIVE)
    assert len(made.shipments) == 1
    assert rows(made) == [("newark", 3, False), ("newark", 3, True)]
    assert made.lines[0].parts[0].backordered


def test_units_beyond_what_is_known_to_come_wait_without_a_date():
    made = plan([line(1, "cup", 9)], with_details(THREE_AND_FIVE, cup={}), SPLIT)
    assert made.shipments[1].ship_date is None
    assert made.shipments[1].latest_delivery_date is None
    assert made.reservations[1].expected_time is None


def test_a_lead_time_dates_what_nobody_has_ordered_yet():
    patient = replace(CUP, lead_time_days=20)
    made = plan([line(1, "cup", 4)], stock(cup={"newark": 0}), items=[patient])
    assert made.reservations[0].expected_time == NOW + timedelta(days=20)


def test_lead_times_and_overdue_supply_count_from_when_an_older_order_is_planned():
    levels = with_details(stock(cup={"newark": 0}), cup={"newark": coming(incoming(5, 10))})
    slow = replace(CUP, lead_time_days=4)
    made = plan([line(1, "cup", 2)], levels, items=[slow], days_later=20)
    assert [row.expected_time for row in made.reservations] == [NOW + timedelta(days=24)]
    (shipment,) = made.shipments
    assert shipment.ship_date is not None
    assert shipment.ship_date >= (NOW + timedelta(days=24)).date()


def test_a_preorder_that_has_been_released_since_waits_for_nothing():
    levels = stock(cup={"newark": 5})
    soon = replace(CUP, release_time=NOW + timedelta(days=3))
    made = plan([line(1, "cup", 2)], levels, items=[soon], days_later=4)
    assert [row.expected_time for row in made.reservations] == [None]


def test_stock_elsewhere_comes_before_waiting():
    levels = with_details(
        stock(cup={"newark": 0, "reno": 6}), cup={"newark": coming(incoming(9, 1))}
    )
    assert rows(plan([line(1, "cup", 6)], levels)) == [("reno", 6, False)]


def test_waiting_may_be_cheaper_where_it_has_a_price():
    levels = with_details(
        stock(cup={"newark": 0, "reno": 6}), cup={"newark": coming(incoming(9, 1))}
    )
    patient = Policy(backorder_unit_minor=10)
    made = plan([line(1, "cup", 6)], levels, patient)
    assert rows(made) == [("newark", 6, True)]
    assert ("backorder:unit", 60) in made.shipments[0].cost.terms
    hurried = replace(patient, backorder_wait_day_minor=5_000)
    assert rows(plan([line(1, "cup", 6)], levels, hurried)) == [("reno", 6, False)]


def test_a_backorder_waits_where_shipping_is_cheapest_or_where_supply_comes_first():
    levels = with_details(
        stock(cup={"newark": 0, "reno": 0}),
        cup={"newark": coming(incoming(9, 30)), "reno": coming(incoming(9, 3))},
    )
    assert rows(plan([line(1, "cup", 6)], levels)) == [("newark", 6, True)]
    hurried = Policy(backorder_wait_day_minor=100)
    assert rows(plan([line(1, "cup", 6)], levels, hurried)) == [("reno", 6, True)]


def test_supply_that_is_not_sure_counts_in_part():
    levels = with_details(
        stock(cup={"newark": 0}), cup={"newark": coming(incoming(5, 10, 70), incoming(9, 40))}
    )
    dated = {
        units: made.reservations[0].expected_time
        for units in (3, 4)
        for made in [plan([line(1, "cup", units)], levels)]
    }
    # Of five units 70 % are three and a half: three can be promised for the tenth day.
    assert dated[3] == NOW + timedelta(days=10)
    assert plan([line(1, "cup", 4)], levels).reservations[1].expected_time == NOW + timedelta(40)


def test_units_promised_to_others_come_first():
    levels = with_details(stock(cup={"newark": -4}), cup={"newark": coming(incoming(5, 10))})
    made = plan([line(1, "cup", 2)], levels)
    assert [row.expected_time for row in made.reservations] == [NOW + timedelta(days=10), None]


def test_supply_that_is_overdue_comes_nobody_knows_when():
    levels = with_details(stock(cup={"newark": 0}), cup={"newark": coming(incoming(5, -1))})
    assert plan([line(1, "cup", 2)], levels).reservations[0].expected_time is None


def test_a_backorder_limit_is_not_multiplied_by_the_number_of_locations():
    limited = replace(CUP, backorder_limit_e6=7 * E6)
    levels = stock(cup=dict.fromkeys(("newark", "reno", "dallas", "atlanta"), 0))
    made = plan([line(1, "cup", 10)], levels, SPLIT, [limited])
    assert sum(units for _, units, _ in rows(made)) == 7
    assert made.unfilled[0].quantity.increments == 3
    assert made.unfilled[0].reason is UnfilledReason.NOT_IN_STOCK
    assert made.proof.status is ProofStatus.OPTIMAL


def test_what_waits_already_counts_against_the_limit_wherever_it_waits():
    limited = replace(CUP, backorder_limit_e6=7 * E6)
    levels = stock(cup={"newark": 0, "reno": -5})
    made = plan([line(1, "cup", 10)], levels, SPLIT, [limited])
    assert sum(units for _, units, _ in rows(made)) == 2


def test_two_lines_of_an_item_share_its_limit():
    limited = replace(CUP, backorder_limit_e6=7 * E6)
    levels = stock(cup={"newark": 0, "reno": 0})
    made = plan([line(1, "cup", 5), line(2, "cup", 4)], levels, None, [limited])
    assert sum(units for _, units, _ in rows(made)) == 5
    assert [each.line_id for each in made.unfilled] == ["line-2"]


def test_stock_counts_before_the_limit_does():
    limited = replace(CUP, backorder_limit_e6=4 * E6)
    made = plan([line(1, "cup", 10)], stock(cup={"newark": 6}), None, [limited])
    assert rows(made) == [("newark", 6, False), ("newark", 4, True)]


@pytest.mark.parametrize("there", [0, 1, 6])
def test_a_line_beyond_the_limit_lacks_stock_and_says_how_many_may_wait(there):
    limited = replace(CUP, backorder_limit_e6=10 * E6)
    levels = stock(cup={"newark": there})
    assert not plan([line(1, "cup", there + 10)], levels, None, [limited]).unfilled
    (missing,) = plan([line(1, "cup", there + 11)], levels, None, [limited]).unfilled
    assert missing.reason is UnfilledReason.NOT_IN_STOCK
    assert f"{there} in stock" in missing.detail
    assert "at most 10 may wait within backorder_limit" in missing.detail
    assert missing.remedies[0].startswith("1 more of ")


def test_two_lines_beyond_a_limit_that_they_share_lack_stock():
    limited = replace(CUP, backorder_limit_e6=7 * E6)
    lines = [line(1, "cup", 5), line(2, "cup", 4)]
    (missing,) = plan(lines, stock(cup={"newark": 1}), None, [limited]).unfilled
    assert missing.reason is UnfilledReason.NOT_IN_STOCK


def test_ten_from_six_and_ten_are_exactly_ten():
    levels = stock(cup={"newark": 6, "reno": 10})
    for policy in (SPLIT, Policy()):
        made = plan([line(1, "cup", 10)], levels, policy)
        assert sum(units for _, units, _ in rows(made)) == 10
        assert not any(waits for _, _, waits in rows(made))
        assert made.unfilled == ()


def test_a_kit_waits_for_its_components():
    items = [CUP, item("pot"), kit("set", cup=2, pot=1)]
    levels = with_details(
        stock(cup={"newark": 1}, pot={"newark": 5}), cup={"newark": coming(incoming(9, 10))}
    )
    asked = line(1, "set", 2, backorder_policy=BackorderPolicy.ALLOW)
    made = plan([asked], levels, None, items)
    assert [
        (row.item_id, row.quantity.increments, row.backordered) for row in made.reservations
    ] == [
        ("cup", 1, False),
        ("cup", 3, True),
        ("pot", 2, False),
    ]


def test_one_shipment_for_all_can_be_worth_waiting_for():
    levels = with_details(
        stock(cup={"newark": 0}, pot={"newark": 1}), cup={"newark": coming(incoming(9, 10))}
    )
    items = [CUP, item("pot")]
    lines = [line(1, "cup"), line(2, "pot")]
    assert len(plan(lines, levels, None, items).shipments) == 2
    together = plan(lines, levels, Policy(max_shipments=1), items)
    assert rows(together) == [("newark", 1, True), ("newark", 1, False)]


def test_the_last_unit_is_not_promised_now_and_again_for_later():
    # One pot. Line 2 has it now; line 1 could only have it together with its cup, later.
    items = [CUP, item("pot"), kit("set", cup=1, pot=1)]
    levels = with_details(
        stock(cup={"newark": 0}, pot={"newark": 1}), cup={"newark": coming(incoming(9, 10))}
    )
    lines = [line(1, "set", backorder_policy=BackorderPolicy.ALLOW), line(2, "pot")]
    made = plan(lines, levels, None, items)
    pots = [row for row in made.reservations if row.item_id == "pot" and not row.backordered]
    assert sum(row.quantity.increments for row in pots) == 1
    assert made.proof.status is ProofStatus.OPTIMAL


def test_a_preorder_ships_when_it_is_released():
    release = NOW + timedelta(days=30)
    album = replace(item("album"), release_time=release)
    made = plan([line(1, "album", 2)], stock(album={"newark": 9}), None, [album])
    assert made.shipments[0].ship_date is not None
    assert made.shipments[0].ship_date >= release.date()
    assert rows(made) == [("newark", 2, False)]


def test_other_lines_do_not_wait_for_a_preorder_unless_asked_to():
    release = NOW + timedelta(days=30)
    items = [replace(item("album"), release_time=release), item("pot")]
    levels = stock(album={"newark": 9}, pot={"newark": 9})
    lines = [line(1, "album"), line(2, "pot")]
    made = plan(lines, levels, None, items)
    days = sorted(each.ship_date for each in made.shipments if each.ship_date)
    assert len(days) == 2
    assert days[0] < release.date() <= days[1]
    assert len(plan(lines, levels, Policy(max_shipments=1), items).shipments) == 1


def test_a_date_that_supply_cannot_keep_is_too_late():
    made = plan([line(1, "cup", 4)], THREE_AND_FIVE, deliver_by=(NOW + timedelta(days=9)).date())
    assert made.shipments == ()
    kept = plan([line(1, "cup", 4)], THREE_AND_FIVE, deliver_by=(NOW + timedelta(days=29)).date())
    assert rows(kept) == [("newark", 3, False), ("newark", 1, True)]


def busy(**limits: int) -> Network:
    """Return a network of one location that takes so much a day."""
    return network([CUP], [location("reno", capacity=DailyCapacity(**limits))])


def full_today(levels: InlineStockView, measure: Measure, taken: int) -> InlineStockView:
    """Return levels that say what other orders have taken of Reno's day."""
    counter = {ItemId(capacity_item(measure, NOW.date())): {LocationId("reno"): taken}}
    details = {
        item_id: {place: StockDetail(oversold=number) for place, number in places.items()}
        for item_id, places in counter.items()
    }
    return replace(levels, level_details={**levels.level_details, **details})


def cups(there: int, **supply: StockDetail) -> InlineStockView:
    return with_details(stock(cup={"reno": there}), cup=supply)


def test_what_waits_leaves_on_another_day_than_the_one_that_is_full() -> None:
    supply = coming(incoming(9, days=4))
    wanted = order([line(1, "cup", 2)])
    levels = full_today(cups(0, reno=supply), Measure.ORDERS, 3)
    made = ENGINE.plan(request(wanted, busy(orders=3), levels))
    assert rows(made.plan) == [("reno", 2, True)]
    assert made.capacity == ()
    levels = full_today(cups(5), Measure.ORDERS, 3)
    refused = ENGINE.plan(request(wanted, busy(orders=3), levels)).plan
    assert [each.reason for each in refused.unfilled] == [UnfilledReason.CAPACITY_EXHAUSTED]


def test_what_is_left_of_a_day_does_not_limit_what_leaves_later() -> None:
    levels = full_today(cups(0, reno=coming(incoming(9, days=4))), Measure.UNITS, 3)
    made = ENGINE.plan(request(order([line(1, "cup", 4)]), busy(units=4), levels)).plan
    assert rows(made) == [("reno", 4, True)]
    large = ENGINE.plan(request(order([line(1, "cup", 5)]), busy(units=4), levels)).plan
    assert not rows(large), "no day takes as many"


def test_a_location_that_takes_nothing_on_any_day_has_nothing_wait_either() -> None:
    levels = cups(0, reno=coming(incoming(9, days=4)))
    made = ENGINE.plan(request(order([line(1, "cup", 2)]), busy(orders=0), levels)).plan
    assert [each.reason for each in made.unfilled] == [UnfilledReason.CAPACITY_EXHAUSTED]


def test_what_is_there_may_leave_later_with_what_waits_when_the_day_is_full() -> None:
    deny = replace(CUP, backorder_policy=BackorderPolicy.DENY)
    wait = replace(line(2, "cup", 1), backorder_policy=BackorderPolicy.ALLOW)
    net = network([deny], [location("reno", capacity=DailyCapacity(orders=1))])
    levels = full_today(cups(1, reno=coming(incoming(5, days=4))), Measure.ORDERS, 1)
    made = ENGINE.plan(request(order([line(1, "cup", 1), wait]), net, levels)).plan
    assert sorted(rows(made)) == [("reno", 1, False), ("reno", 1, True)]
    assert len(made.shipments) == 1


def test_a_full_day_says_so_where_nothing_waits() -> None:
    levels = full_today(cups(5, reno=coming(incoming(5, days=4))), Measure.ORDERS, 1)
    deny = replace(line(1, "cup", 1), backorder_policy=BackorderPolicy.DENY)
    made = ENGINE.plan(request(order([deny]), busy(orders=1), levels)).plan
    assert [each.reason for each in made.unfilled] == [UnfilledReason.CAPACITY_EXHAUSTED]
