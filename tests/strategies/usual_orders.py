"""Planning requests of which most are usual, and each of the others is unusual in some way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

from allocation.engine_api import PlanningRequest
from routing.ids import ItemId, LocationId
from routing.item import BackorderPolicy, Dimensions, InventoryItem, ItemTracking
from routing.location import DailyCapacity, HandlingCost, LocationState
from routing.network import Network
from routing.order import Order, OrderLine, ServiceLevel
from routing.promise.calendar import WorkingCalendar
from routing.promise.local_time import time_of_day_s
from routing.promise.working_hours import Cutoff
from routing.rules import parse_rule_set
from routing.sourcing.policy import Policy, PolicySource
from routing.sourcing.stock import InlineStockView
from tests.networks import NOW, PLACES, item, kit, line, location, network, order, request
from tests.strategies.draws import SeededDraws, chance, pick

OUNCE_UG = 28_349_524
LIGHT = tuple(
    InventoryItem(ItemId(name), sku=sku, weight_ug=ounces * OUNCE_UG, unit_value_minor=value)
    for name, sku, ounces, value in (
        ("cup", "CUP", 4, None),
        ("pot", None, 14, 900),
        ("pan", "PAN", 18, None),
        ("mug", None, 4, None),
        ("jar", "JAR", 33, 250),
        ("air", None, 0, None),
    )
)
SIZES_MM = (
    (90, 90, 110),
    (300, 300, 150),
    (350, 350, 60),
    (0, 0, 0),
    (200, 120, 80),
    (450, 300, 200),
)
"""Of the light items, where they have any: some are billed by volume."""

OTHERS = (
    item("anvil", 60),
    item("box", 2, dimensions=Dimensions(200_000, 200_000, 200_000)),
    item("pole", 2, dimensions=Dimensions(3_000_000, 50_000, 50_000)),
    item("lamp", ship_alone=True),
    item("milk", tracking=ItemTracking.LOT),
    item("desk", backorder_policy=BackorderPolicy.ALLOW),
    item("card", backorder_policy=BackorderPolicy.IGNORE_STOCK),
    item("rope", quantity_scale=2),
    item("cake", processing_days=1, tags=frozenset({"fresh"})),
    item("soon", release_time=NOW + timedelta(days=3)),
    kit("set", cup=2, pot=1),
)

NETWORKS = (
    "plain",
    "plain",
    "plain",
    "dear",
    "dear",
    "closed",
    "channels",
    "cutoffs",
    "limited",
    "no cold",
    "sized",
    "sized",
)

RULES = (
    "cost: {extra_shipment_minor: 40}",
    "require: [{name: far, location: location.id != 'newark'}]",
    "require: [{name: heavy, when: line.units > 1, location: location.id == 'dallas'}]",
    "safety_stock: [{name: keep-1, units: 1, location: location.id != 'reno'}]",
    "prefer: [{name: reno-first, credit_minor: 90, location: location.id == 'reno'}]",
    "capacity: [{name: few, orders_per_day: 1, location: location.id == 'dallas'}]",
    "strategy: [fewest_shipments, closest]",
)

USUAL = (
    Policy(),
    Policy(extra_shipment_minor=75, line_part_minor=20),
    Policy(max_shipments=1),
    Policy(unfilled_unit_minor=450),
    Policy(unfilled_unit_minor=1_300, extra_shipment_minor=100),
    Policy(late_day_minor=30),
    Policy(currency="USD"),
)

UNUSUAL = (
    Policy(line_split=True),
    Policy(ship_complete=True),
    Policy(min_shipment_units=2),
    Policy(distance_minor_per_100_km=3),
    Policy(currency="EUR"),
    Policy(excluded_location_ids=frozenset({LocationId("reno")})),
    Policy(objectives=("fewest_shipments", "cost")),
)


@cache
def network_of(kind: str) -> Network:
    """Return one of `NETWORKS`, with all items."""
    changes: dict[str, dict[str, object]] = {name: {} for name in PLACES}
    light = LIGHT
    if kind == "dear":
        for number, name in enumerate(PLACES):
            changes[name]["handling"] = HandlingCost(
                per_shipment_minor=50 * number,
                per_line_minor=10,
                per_unit_minor=5 * number,
                per_parcel_minor=30,
            )
            changes[name]["rank"] = -number
    elif kind == "closed":
        changes["dallas"]["state"] = LocationState.PAUSED
    elif kind == "channels":
        changes["newark"]["channels"] = frozenset({"shop"})
    elif kind == "cutoffs":
        for hour, name in enumerate(PLACES, start=9):
            calendar = WorkingCalendar(cutoffs=(Cutoff(time_of_day_s(hour)),))
            changes[name]["calendar"] = calendar
    elif kind == "limited":
        changes["atlanta"]["capacity"] = DailyCapacity(orders=1, units=2)
    elif kind == "no cold":
        changes["reno"]["coordinates"] = None
    elif kind == "sized":
        light = tuple(
            replace(each, dimensions=Dimensions(*(1_000 * side for side in sides)))
            if any(sides)
            else each
            for each, sides in zip(LIGHT, SIZES_MM, strict=True)
        )
    places = [location(name, **changes[name]) for name in PLACES]
    return network((*light, *OTHERS), places)


def draw_request(seed: int) -> PlanningRequest:
    """Draw a request; the same seed gives the same one."""
    draws = SeededDraws(seed)
    net = network_of(pick(draws, NETWORKS))
    asked = _order(draws)
    levels = {
        each: {place: draws.integer(0, 3) for place in net.location_index if chance(draws, 75)}
        for each in net.items
    }
    return request(
        asked,
        net,
        InlineStockView(levels),
        _policy(draws),
        alternatives=2 if chance(draws, 10) else 0,
        explain=chance(draws, 10),
    )


def _policy(draws: SeededDraws) -> PolicySource:
    if chance(draws, 80):
        return pick(draws, UNUSUAL if chance(draws, 10) else USUAL)
    text = pick(draws, RULES)
    return parse_rule_set(f"version: 1\n{text}", file_name="rules.yaml").at(NOW)


def _order(draws: SeededDraws) -> Order:
    count = pick(draws, (1, 1, 2, 2, 3, 4, 5))
    lines = [_line(draws, number) for number in range(count)]
    changes: dict[str, object] = {
        "placed_time": NOW + timedelta(minutes=draws.integer(0, 3_000)),
        "channel": pick(draws, (None, None, "shop", "app")),
    }
    if chance(draws, 5):
        changes["deliver_by"] = (NOW + timedelta(days=draws.integer(0, 6))).date()
    if chance(draws, 5):
        changes["service_level"] = ServiceLevel.EXPRESS
    asked = order(lines, pick(draws, ("10001", "94105", "75001", "09012", "99501")), **changes)
    if chance(draws, 5):
        asked = replace(asked, destination=replace(asked.destination, coordinates=None))
    if chance(draws, 30):
        asked = replace(asked, destination=replace(asked.destination, residential=True))
    return asked


def _line(draws: SeededDraws, number: int) -> OrderLine:
    item_id = pick(draws, OTHERS if chance(draws, 3) else LIGHT).id
    # Not in the order of their ids.
    asked = line((number * 7 + 3) % 10, item_id, draws.integer(1, 3))
    if chance(draws, 3):
        other: dict[str, object] = pick(
            draws,
            (
                {"group": "g"},
                {"excluded_location_ids": frozenset({LocationId("dallas")})},
                {"allowed_location_ids": frozenset({LocationId("dallas")})},
                {"weight_ug": 7 * OUNCE_UG},
                {"quantity_e6": 1_500_000},
                {"requires_shipping": False},
                {"backorder_policy": BackorderPolicy.IGNORE_STOCK},
                {"substitute_ids": (ItemId("mug"),)},
                {"tags": frozenset({"gift"})},
            ),
        )
        asked = replace(asked, **other)  # type: ignore[arg-type]
    return asked
