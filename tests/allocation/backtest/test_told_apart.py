"""Backtests use up lots, serials, supply, days and promised volumes, as live orders do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from allocation.backtest.case import Contender, PastOrder, make_case
from allocation.backtest.run import run_backtest
from routing.daily_capacity import PeriodMeasure
from routing.ids import OrderId
from routing.item import BackorderPolicy, ItemTracking
from routing.network import Network
from routing.order import Order
from routing.rules import parse_rule_set
from routing.sourcing.policy import Policy
from routing.sourcing.stock import InlineStockView, StockDetail
from tests.allocation.backtest.scenes import CHEAPEST, past
from tests.networks import incoming, item, line, lot, lots, network, stock, with_details

NETWORK = network(
    [
        item("milk", tracking=ItemTracking.LOT),
        item("phone", tracking=ItemTracking.SERIAL),
        item("desk", backorder_policy=BackorderPolicy.ALLOW, backorder_limit_e6=5_000_000),
        item("cup"),
        item("pot"),
    ]
)


def outcomes(
    orders: list[Order],
    levels: InlineStockView,
    contender: Contender = CHEAPEST,
    places: Network = NETWORK,
    processes: int = 1,
):
    case = make_case([PastOrder(each) for each in orders], places, levels, [contender], 30.0)
    return run_backtest(case, processes).outcomes[0]


def at_most_a_day(orders: int) -> Contender:
    """A rule set with a limit for Newark."""
    rule = f"{{name: newark, location: location.id == 'newark', orders_per_day: {orders}}}"
    return Contender("limited", parse_rule_set(f"version: 1\ncapacity: [{rule}]", file_name="r"))


def wanting(item_id: str, quantity: int, day: int) -> Order:
    placed = past(24 * 60 * day, [line(1, item_id, quantity)])
    return replace(placed, id=OrderId(f"{item_id}-{day}"))


def test_no_lot_is_sold_twice():
    levels = with_details(
        stock(milk={"newark": 5}),
        milk={"newark": lots(lot("old", 3, days=40), lot("new", 2, days=90))},
    )
    found = outcomes([wanting("milk", n, day) for day, n in enumerate((2, 2, 1, 1))], levels)
    assert [[(take.lot_id, take.increments) for take in each.takes] for each in found] == [
        [("old", 2)],
        [("old", 1), ("new", 1)],
        [("new", 1)],
        [],
    ]
    assert [each.complete for each in found] == [True, True, True, False]


def test_no_serial_is_sold_twice():
    levels = with_details(
        stock(phone={"newark": 2}), phone={"newark": StockDetail(serials=("p1", "p2"))}
    )
    found = outcomes([wanting("phone", 1, day) for day in range(3)], levels)
    assert [[take.serials for take in each.takes] for each in found] == [[("p1",)], [("p2",)], []]


def test_supply_is_promised_once_within_the_limit_and_arrives_in_time():
    levels = with_details(
        stock(desk={"newark": 1}), desk={"newark": StockDetail(incoming=(incoming(6, 5),))}
    )
    asked = [wanting("desk", 3, day) for day in (0, 1, 2, 6)]
    found = outcomes(asked, levels)
    waits = [sum(take.increments for take in each.takes if take.waits) for each in found]
    # At most five may wait: two of the first, three of the second, none of the third.
    assert waits[:3] == [2, 3, 0]
    # On the sixth day one is left of the six that came.
    there = [sum(take.increments for take in each.takes if not take.waits) for each in found]
    assert (there[0], there[3]) == (1, 1)


def test_orders_share_the_days_of_locations_even_if_they_share_no_item():
    text = (
        "version: 1\ncapacity: [{name: two, location: location.id == 'newark', orders_per_day: 2}]"
    )
    rules = Contender("two", parse_rule_set(text, file_name="two.yaml"))
    names = ["cup", "pot", "cup", "pot", "cup", "pot"]
    asked = [past(number, [line(1, name)]) for number, name in enumerate(names)]
    levels = stock(cup={"newark": 9, "reno": 9}, pot={"newark": 9, "reno": 9})
    for processes in (1, 2):
        found = outcomes(asked, levels, rules, processes=processes)
        places = [each.shipments[0].location_id for each in found]
        assert places == ["newark", "newark", "reno", "reno", "reno", "reno"]


def test_shares_of_the_volume_are_counted_over_past_orders():
    text = (
        "version: 1\nvolume: [{name: half, location: location.id == 'reno', period: month, "
        "at_least_percent: 50, price_minor: 100000}]"
    )
    rules = Contender("half", parse_rule_set(text, file_name="half.yaml"))
    asked = [past(number, [line(1, "cup")]) for number in range(10)]
    found = outcomes(asked, stock(cup={"newark": 90, "reno": 90}), rules)
    places = [each.shipments[0].location_id for each in found]
    assert (places.count("reno"), places.count("newark")) == (5, 5)
    assert {take.measure for each in found for take in each.counted} == {PeriodMeasure.MONTH_ORDERS}


def test_fresh_stock_lets_each_order_meet_all_of_it():
    levels = with_details(stock(milk={"newark": 2}), milk={"newark": lots(lot("a", 2, days=60))})
    asked = [PastOrder(wanting("milk", 2, day)) for day in range(3)]
    plain = Contender("plain", Policy())
    case = make_case(asked, NETWORK, levels, [plain], 30.0, uses_up_stock=False)
    assert all(each.complete for each in run_backtest(case).outcomes[0])


def test_a_later_day_is_open_again():
    text = (
        "version: 1\ncapacity: [{name: one, location: location.id == 'newark', orders_per_day: 1}]"
    )
    rules = Contender("one", parse_rule_set(text, file_name="one.yaml"))
    asked = [replace(past(number, [line(1, "cup")]), id=OrderId(f"o{number}")) for number in (0, 1)]
    monday = replace(
        asked[0], id=OrderId("late"), placed_time=asked[0].placed_time + timedelta(days=3)
    )
    found = outcomes([*asked, monday], stock(cup={"newark": 9, "reno": 9}), rules)
    places = [each.shipments[0].location_id for each in found]
    assert places == ["newark", "reno", "newark"]
