"""What a plain order costs in processor time, stage by stage: ``python -m bench.plain``.

The orders of `bench.service` (one to four lines of one to three units, a third of the locations
carry an item), planned by the engine alone from stock as a ledger shows it; with caches warm, as
in a server that has been up for a while. The short way of usual orders and the long way that
takes any order plan all of them turn by turn, and of each stage the least total of all turns
counts. Answers are compared.
"""

from __future__ import annotations

import argparse
import gc
import random
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import exp, log
from time import process_time
from typing import Final
from zoneinfo import ZoneInfo

from allocation.build_kind import build_kind
from allocation.engine import Engine
from allocation.engine_api import PlanningRequest, PlanningResult
from allocation.ledger.columns import column_of
from allocation.ledger.location_numbers import LocationNumbers
from allocation.ledger.picture import StockPicture
from bench.harness.options import common_parser
from bench.harness.record import describe, finish
from bench.harness.table import print_table
from bench.harness.timing import settle
from bench.instances.draw import PLACED, UG_PER_GRAM, network_without_items
from bench.instances.places import draw_destination
from bench.service_scene import ITEMS, LINES, PLENTY, SHARE
from routing.ids import ItemId, LineId, OrderId
from routing.item import InventoryItem
from routing.network import Network
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.sourcing.policy import Policy

STAGES: Final = ("source", "solve", "verify", "render")
BUDGET_S: Final = 60.0


def draw_requests(locations: int, orders: int, seed: int) -> list[PlanningRequest]:
    """Draw plain orders; the same arguments give the same ones."""
    draw = random.Random(f"plain:{locations}:{seed}")
    items = [_item(draw, number) for number in range(ITEMS)]
    network = network_without_items(locations).with_items(items)
    stock = _stock(draw, network)
    return [
        PlanningRequest("", _order(draw, number, items), network, stock, Policy(), PLACED, BUDGET_S)
        for number in range(orders)
    ]


def _item(draw: random.Random, number: int) -> InventoryItem:
    grams = min(2_300, max(30, round(exp(draw.gauss(log(320), 0.6)))))
    return InventoryItem(ItemId(f"item-{number:04d}"), weight_ug=grams * UG_PER_GRAM)


def _stock(draw: random.Random, network: Network) -> StockPicture:
    numbers = LocationNumbers()
    for location in network.locations:
        numbers.number(location.id)
    carried = {
        item_id: [place for place in range(len(numbers)) if draw.random() < SHARE] or [0]
        for item_id in network.items
    }
    columns = {item: column_of(dict.fromkeys(here, PLENTY)) for item, here in carried.items()}
    return StockPicture(1, columns, numbers)


def _order(draw: random.Random, number: int, items: Sequence[InventoryItem]) -> Order:
    to = draw_destination(draw)
    count = draw.choices([lines for lines, _ in LINES], [often for _, often in LINES])[0]
    lines = tuple(
        OrderLine(
            LineId(f"line-{position}"),
            draw.choices((1, 2, 3), (70, 20, 10))[0] * E6,
            item.id,
            unit_price_minor=draw.randint(500, 9_000),
        )
        for position, item in enumerate(draw.sample(items, count), start=1)
    )
    destination = Destination("US", to.code, to.coordinates, residential=True)
    return Order(OrderId(f"order-{number}"), PLACED, destination, lines, currency="USD")


def the_long_way(requests: Sequence[PlanningRequest]) -> list[PlanningRequest]:
    """Return the same orders, placed at the same time in another zone of the same offset.

    None of them is taken for a usual one, whichever build of the program runs.
    """
    placed = PLACED.astimezone(ZoneInfo("UTC"))
    return [replace(each, order=replace(each.order, placed_time=placed)) for each in requests]


def planned(requests: Sequence[PlanningRequest]) -> tuple[list[PlanningResult], dict[str, float]]:
    """Plan all requests; the second value is microseconds of processor time a plan, by stage."""
    engine = Engine(process_time)
    results = [engine.plan(request) for request in requests]
    total = dict.fromkeys(STAGES, 0.0)
    for result in results:
        for each in result.stages:
            if each.name in total:
                total[each.name] += each.end_s - each.start_s
    total["plan"] = sum(result.total_s for result in results)
    return results, {name: 1e6 * seconds / len(results) for name, seconds in total.items()}


def measure(
    requests: Sequence[PlanningRequest], turns: int
) -> tuple[dict[str, float], dict[str, float], int]:
    """Return the least of each stage the short way and the long way, and how many plans differ."""
    others = the_long_way(requests)
    short, _ = planned(requests)
    long, _ = planned(others)
    differing = sum(one.plan != other.plan for one, other in zip(short, long, strict=True))
    del short, long
    settle()
    gc.disable()
    quick = dict.fromkeys((*STAGES, "plan"), float("inf"))
    slow = dict(quick)
    for _ in range(turns):
        for name, value in planned(requests)[1].items():
            quick[name] = min(quick[name], value)
        for name, value in planned(others)[1].items():
            slow[name] = min(slow[name], value)
    gc.enable()
    return quick, slow, differing


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    options = _options(argv)
    print(
        f"bench.plain: {options.orders} orders, {options.locations} locations, {build_kind()} build"
    )
    print(describe(options.seed))
    print()
    requests = draw_requests(options.locations, options.orders, options.seed)
    quick, slow, differing = measure(requests, options.turns)
    rows = [
        (name, f"{slow[name]:.1f}", f"{quick[name]:.1f}", f"{slow[name] / quick[name]:.2f}")
        for name in quick
    ]
    print_table("microseconds of processor time", ("stage", "long", "short", "ratio"), rows)
    print(f"\n{differing} of {len(requests)} plans differ")
    outcome = {
        "bench": "plain",
        "build": str(build_kind()),
        "orders": options.orders,
        "locations": options.locations,
        "short_us": {name: round(value, 2) for name, value in quick.items()},
        "long_us": {name: round(value, 2) for name, value in slow.items()},
        "differing": differing,
    }
    finish(outcome, seed=options.seed, record=options.record)
    return 1 if differing else 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = common_parser("plain", "What a plain order costs, stage by stage.")
    parser.add_argument("--locations", type=int, default=100)
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--turns", type=int, default=7, help="times each way plans all orders")
    options = parser.parse_args(argv)
    if options.small:
        options.orders, options.turns = min(options.orders, 50), 1
    return options


if __name__ == "__main__":
    sys.exit(main())
