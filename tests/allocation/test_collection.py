"""Orders that are collected, with and without a transfer, and parts that are merged at a hub."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from allocation.engine import Engine
from allocation.errors import InvalidRequestError
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan, ShipmentKind
from routing.ids import LocationId
from routing.item import BackorderPolicy
from routing.location import LocationState, StockLocation
from routing.order import Destination, OrderLine, ServiceLevel
from routing.sourcing.policy import Policy
from routing.sourcing.stock import InlineStockView, StockDetail
from routing.sourcing.verdict import Verdict
from routing.transfer import TransferRoute
from tests.networks import (
    NOW,
    incoming,
    item,
    line,
    location,
    network,
    order,
    request,
    stock,
    with_details,
)

ENGINE = Engine(monotonic)
ITEMS = [item("cup"), item("pot", 3)]
SHOP = LocationId("newark")
COLLECTED = Destination(pickup_location_id=SHOP)


def route(days: int = 2, per_transfer: int = 300, per_unit: int = 0) -> TransferRoute:
    return TransferRoute(SHOP, days, per_transfer, per_unit)


def places(**changes: dict[str, object]) -> list[StockLocation]:
    """Newark, where shoppers collect; Dallas and Reno, which send there."""
    by_name: dict[str, dict[str, object]] = {
        "newark": {"pickup": True},
        "dallas": {"transfers": (route(),)},
        "reno": {"transfers": (route(5, 500),)},
    }
    return [location(name, **{**own, **changes.get(name, {})}) for name, own in by_name.items()]


def plan(
    lines: list[OrderLine],
    levels: InlineStockView,
    policy: Policy | None = None,
    where: Destination = COLLECTED,
    at: list[StockLocation] | None = None,
) -> Plan:
    asked = replace(order(lines), destination=where)
    made = request(asked, network(ITEMS, at or places()), levels, policy, explain=True)
    return ENGINE.plan(made).plan


def ways(made: Plan) -> list[tuple[str, ShipmentKind, str | None]]:
    return [(each.location_id, each.kind, each.to_location_id) for each in made.shipments]


def test_what_is_there_is_collected_there_and_costs_no_carriage():
    made = plan([line(1, "cup", 2)], stock(cup={"newark": 2, "dallas": 9}))
    assert ways(made) == [("newark", ShipmentKind.PICKUP, "newark")]
    assert made.cost.terms == (("handling:shipment", 100),)
    (shipment,) = made.shipments
    assert shipment.carrier == ""
    assert shipment.rate_card_effective_from is None
    assert shipment.distance_m == 0
    assert shipment.latest_delivery_date == shipment.ship_date
    assert not any("destination" in warning for warning in made.warnings)


def test_what_is_short_there_is_sent_on_priced_and_dated():
    made = plan([line(1, "cup", 2)], stock(cup={"newark": 1, "dallas": 9, "reno": 9}))
    assert ways(made) == [("dallas", ShipmentKind.TRANSFER, "newark")]
    (shipment,) = made.shipments
    assert ("transfer:shipment", 300) in shipment.cost.terms
    assert shipment.ship_date is not None
    assert shipment.latest_delivery_date == shipment.ship_date + timedelta(days=2)
    assert [(row.location_id, row.quantity.increments) for row in made.reservations] == [
        ("dallas", 2)
    ]


def test_part_is_collected_from_the_shelf_and_part_is_sent_on():
    lines = [line(1, "cup", 2), line(2, "pot")]
    made = plan(lines, stock(cup={"newark": 9}, pot={"dallas": 9}))
    assert ways(made) == [
        ("dallas", ShipmentKind.TRANSFER, "newark"),
        ("newark", ShipmentKind.PICKUP, "newark"),
    ]


def test_an_amount_per_unit_is_part_of_the_optimum():
    at = places(dallas={"transfers": (route(2, 0, 400),)})
    two = plan([line(1, "cup", 1)], stock(cup={"dallas": 9, "reno": 9}), at=at)
    assert ways(two)[0][0] == "dallas"
    many = plan([line(1, "cup", 2)], stock(cup={"dallas": 9, "reno": 9}), at=at)
    assert ways(many)[0][0] == "reno"


def test_who_cannot_send_there_is_no_pickup_location():
    at = places(reno={"transfers": ()})
    made = plan([line(1, "cup")], stock(cup={"reno": 9}), at=at)
    assert made.shipments == ()
    assert made.explanation is not None
    verdicts = {each.location_id: each.verdict for each in made.explanation.lines[0].verdicts}
    assert verdicts[LocationId("reno")] is Verdict.NOT_PICKUP


def test_a_date_that_no_transfer_keeps_is_too_late():
    asked = replace(
        order([line(1, "cup")]), destination=COLLECTED, deliver_by=NOW.date() + timedelta(days=3)
    )
    levels = stock(cup={"dallas": 9, "reno": 9})
    made = ENGINE.plan(request(asked, network(ITEMS, places()), levels)).plan
    assert ways(made)[0][0] == "dallas"
    only_reno = ENGINE.plan(request(asked, network(ITEMS, places()), stock(cup={"reno": 9}))).plan
    assert only_reno.shipments == ()


def test_a_shop_that_is_closed_is_no_place_to_collect():
    at = places(newark={"state": LocationState.PAUSED})
    assert plan([line(1, "cup")], stock(cup={"newark": 9, "dallas": 9}), at=at).shipments == ()


@pytest.mark.parametrize("store", ["dallas", "nowhere"])
def test_a_place_where_nobody_can_collect_is_refused(store):
    where = Destination(pickup_location_id=LocationId(store))
    with pytest.raises(InvalidRequestError, match="pickup"):
        plan([line(1, "cup")], stock(cup={"newark": 9}), where=where)


def test_an_order_that_is_collected_needs_no_rate_card():
    bare = replace(network(ITEMS, places()), cards=type(network(ITEMS).cards)(()))
    asked = replace(order([line(1, "cup")]), destination=COLLECTED)
    assert ENGINE.plan(request(asked, bare, stock(cup={"newark": 1}))).plan.shipments


def test_what_waits_is_collected_once_supply_has_come():
    waits = line(1, "cup", 2, backorder_policy=BackorderPolicy.ALLOW)
    levels = with_details(
        stock(cup={"newark": 0}), cup={"newark": StockDetail(incoming=(incoming(9, 10),))}
    )
    made = plan([waits], levels)
    assert ways(made) == [("newark", ShipmentKind.PICKUP, "newark")]
    assert made.shipments[0].ship_date is not None
    assert made.shipments[0].ship_date >= (NOW + timedelta(days=10)).date()
    assert made.reservations[0].backordered


def test_one_line_is_collected_and_the_others_are_delivered_from_one_stock():
    lines = [line(1, "cup", 2, pickup_location_id=SHOP), line(2, "cup", 2)]
    delivered = Destination("US", "10001", order([]).destination.coordinates)
    made = plan(lines, stock(cup={"newark": 4}), where=delivered)
    assert ways(made) == [
        ("newark", ShipmentKind.DELIVERY, None),
        ("newark", ShipmentKind.PICKUP, "newark"),
    ]
    short = plan(lines, stock(cup={"newark": 3}), where=delivered)
    assert sum(row.quantity.increments for row in short.reservations) == 2
    assert len(short.unfilled) == 1
    assert short.proof.status is ProofStatus.OPTIMAL


def test_the_last_unit_is_collected_or_delivered_but_not_both():
    lines = [line(1, "cup", pickup_location_id=SHOP), line(2, "cup")]
    delivered = Destination("US", "10001", order([]).destination.coordinates)
    made = plan(lines, stock(cup={"newark": 1}), where=delivered)
    assert len(made.shipments) == 1
    assert len(made.unfilled) == 1


def test_service_level_pickup_needs_a_place():
    asked = replace(order([line(1, "cup")]), service_level=ServiceLevel.PICKUP)
    with pytest.raises(InvalidRequestError, match="where the order is collected"):
        ENGINE.plan(request(asked, network(ITEMS), stock(cup={"newark": 1})))


DOOR = Destination("US", "10001", order([]).destination.coordinates)


def hub(per_transfer: int = 100, **changes: dict[str, object]) -> list[StockLocation]:
    """Newark merges; Dallas and Reno send there."""
    own: dict[str, dict[str, object]] = {
        "newark": {"merges": True},
        "dallas": {"transfers": (route(1, per_transfer),)},
        "reno": {"transfers": (route(1, per_transfer),)},
    }
    return places(**(own | changes))


TWO = [line(1, "cup"), line(2, "pot")]
APART = stock(cup={"dallas": 9}, pot={"reno": 9})


def test_parts_are_merged_where_that_is_cheaper_than_two_parcels():
    made = plan(TWO, APART, where=DOOR, at=hub())
    (shipment,) = made.shipments
    assert (shipment.location_id, shipment.kind) == ("newark", ShipmentKind.DELIVERY)
    assert [(leg.from_location_id, leg.cost_minor) for leg in shipment.legs] == [
        ("dallas", 200),
        ("reno", 200),
    ]
    assert ("transfer:shipment", 400) in shipment.cost.terms
    assert [each.parts[0].location_id for each in made.lines] == ["dallas", "reno"]
    assert [row.location_id for row in made.reservations] == ["dallas", "reno"]
    assert shipment.ship_date is not None
    assert all(shipment.ship_date >= leg.arrival_date for leg in shipment.legs)
    apart = plan(TWO, APART, where=DOOR)
    assert len(apart.shipments) == 2
    assert made.cost.total_minor < apart.cost.total_minor


def test_parts_are_not_merged_where_legs_are_dear():
    made = plan(TWO, APART, where=DOOR, at=hub(5_000))
    assert [each.location_id for each in made.shipments] == ["dallas", "reno"]
    assert not any(each.legs for each in made.shipments)


def test_what_the_hub_has_itself_needs_no_leg():
    levels = stock(cup={"dallas": 9}, pot={"newark": 9})
    made = plan(TWO, levels, Policy(max_shipments=1), where=DOOR, at=hub())
    (shipment,) = made.shipments
    assert [leg.from_location_id for leg in shipment.legs] == ["dallas"]
    assert [each.parts[0].location_id for each in made.lines] == ["dallas", "newark"]


def test_a_merged_unit_is_not_shipped_directly_too():
    # One cup at Dallas: for the line that is merged with the pot, or for the other one.
    lines = [line(1, "cup"), line(2, "pot"), line(3, "cup")]
    levels = stock(cup={"dallas": 1}, pot={"reno": 1})
    made = plan(lines, levels, where=DOOR, at=hub())
    cups = [row for row in made.reservations if row.item_id == "cup"]
    assert sum(row.quantity.increments for row in cups) == 1
    assert made.proof.status is ProofStatus.OPTIMAL


def test_a_single_line_is_never_merged():
    made = plan([line(1, "cup", 4)], stock(cup={"dallas": 2, "reno": 2}), where=DOOR, at=hub())
    assert made.shipments == ()


def test_a_hub_that_is_closed_merges_nothing():
    at = hub(newark={"merges": True, "state": LocationState.PAUSED})
    made = plan(TWO, APART, where=DOOR, at=at)
    assert [each.location_id for each in made.shipments] == ["dallas", "reno"]
