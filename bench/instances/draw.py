"""Draw orders with stock, and turn them into sourcing problems."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from math import exp, log
from typing import Final

import numpy as np

from bench.instances.families import Cell, Demand, Twist
from bench.instances.places import draw_destination, places
from routing.ids import ItemId, LineId, LocationId, OrderId
from routing.item import InventoryItem
from routing.location import LocationKind
from routing.network import Network, make_network
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.zone_resolver import ZoneResolver
from routing.sourcing.build import build_sourcing
from routing.sourcing.policy import Policy
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.stock import InlineStockView

UG_PER_GRAM: Final = 1_000_000
MEDIAN_GRAMS: Final = 320
WEIGHT_SPREAD: Final = 0.6
"""Of the logarithm: two of three items weigh 0.4 to 1.3 lb, the mean is 0.85 lb."""
LIGHTEST_GRAMS, HEAVIEST_GRAMS = 30, 2_300
BULKY: Final = 8
"""So much heavier are bulky items."""
UNFILLED_MINOR: Final = 250
"""Price of a unit left unfilled where it has one: some units cost more to ship, most less."""
PLACED: Final = datetime(2026, 11, 20, 15, tzinfo=UTC)
COVERS: Final = 0.003, 10.0
"""Range of how many locations are expected to have a whole order in stock."""
SHARES: Final = 0.08, 0.9
"""Range of the chance that a location stocks an item."""
CENTRE_DEPTH: Final = 1.5
"""A fulfillment centre is so much likelier to stock an item than a store."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A problem with what it takes to draw it again."""

    cell: Cell
    seed: int
    index: int
    problem: SourcingProblem

    @property
    def label(self) -> str:
        """Return how to name it on the command line."""
        return f"{self.cell.name}:{self.index}"


@dataclass(frozen=True, slots=True)
class _Line:
    item: int
    quantity: int


def draw_instance(cell: Cell, seed: int, index: int) -> Instance:
    """Draw an instance; the same arguments give the same one."""
    random_ = random.Random(f"{cell.name}:{seed}:{index}")
    count = random_.randint(2, 4) if cell.demand is Demand.SHARED else cell.lines
    lines = [_draw_line(random_, cell, number, count) for number in range(cell.lines)]
    heavier = BULKY if cell.twist is Twist.BULKY else 1
    items = [_draw_item(random_, number, heavier) for number in range(count)]
    network = network_without_items(cell.locations).with_items(items)
    to = draw_destination(random_)
    order = Order(
        OrderId(f"{cell.name}-{index}"),
        PLACED,
        Destination("US", to.code, to.coordinates, residential=True),
        tuple(
            OrderLine(LineId(f"{number:02d}"), line.quantity * E6, items[line.item].id)
            for number, line in enumerate(lines)
        ),
    )
    stock = InlineStockView(_draw_stock(random_, cell, network, lines, items))
    policy = Policy(
        line_split=cell.line_split,
        objectives=cell.objectives,
        unfilled_unit_minor=UNFILLED_MINOR if cell.twist is Twist.PRICED else None,
    )
    problem = build_sourcing(order, network, stock, policy).problem
    if cell.twist is Twist.CAPACITY:
        problem = _with_little_room(random_, problem)
    return Instance(cell, seed, index, problem)


def _with_little_room(random_: random.Random, problem: SourcingProblem) -> SourcingProblem:
    """Let every location take a part of the order's units only."""
    units = int(problem.lines.demand.sum())
    room = [random_.randint(units // 6, units // 2) for _ in range(problem.n_locations)]
    limits = replace(problem.limits, location_units=np.array(room, dtype=np.int64))
    return replace(problem, limits=limits)


@cache
def network_without_items(size: int) -> Network:
    """Return the network of a size with its rate cards."""
    resolvers = {name: ZoneResolver(bands) for name, bands in shipped_zone_bands().items()}
    cards = CardBook(shipped_cards())
    return make_network(places(size).locations, (), cards, resolvers, shipped_transit())


def _draw_line(random_: random.Random, cell: Cell, number: int, items: int) -> _Line:
    if cell.demand is Demand.SPLIT:
        return _Line(number, random_.randint(1, 6))
    quantity = random_.choices((1, 2, 3), (70, 20, 10))[0]
    return _Line(number % items if cell.demand is Demand.SHARED else number, quantity)


def _draw_item(random_: random.Random, number: int, heavier: int) -> InventoryItem:
    grams = round(exp(random_.gauss(log(MEDIAN_GRAMS), WEIGHT_SPREAD)))
    grams = min(HEAVIEST_GRAMS, max(LIGHTEST_GRAMS, grams)) * heavier
    return InventoryItem(ItemId(f"item-{number:02d}"), weight_ug=grams * UG_PER_GRAM)


def _draw_stock(
    random_: random.Random,
    cell: Cell,
    network: Network,
    lines: list[_Line],
    items: list[InventoryItem],
) -> dict[ItemId, dict[LocationId, int]]:
    """Stock as deep as one to three shipments need.

    If every location stocked every item with chance ``p``, ``K p**n`` of them would have
    a whole order of ``n`` items: the expected number is drawn first, and ``p`` follows.
    What nobody has enough of is put somewhere, so that everything can be filled.
    """
    covers = exp(random_.uniform(log(COVERS[0]), log(COVERS[1])))
    share = min(SHARES[1], max(SHARES[0], (covers / cell.locations) ** (1 / len(items))))
    wanted = [0] * len(items)
    for line in lines:
        wanted[line.item] += line.quantity
    levels: dict[ItemId, dict[LocationId, int]] = {item.id: {} for item in items}
    for location in network.locations:
        is_centre = location.kind is LocationKind.FULFILLMENT_CENTER
        chance = min(0.95, share * CENTRE_DEPTH) if is_centre else share
        for number, item in enumerate(items):
            if random_.random() < chance:
                levels[item.id][location.id] = _draw_level(random_, cell, wanted[number])
    for number, item in enumerate(items):
        here = levels[item.id].values()
        reachable = sum(here) if cell.line_split else max(here, default=0)
        if reachable < wanted[number]:
            levels[item.id][random_.choice(network.locations).id] = wanted[number]
    return levels


def _draw_level(random_: random.Random, cell: Cell, wanted: int) -> int:
    """Return increments in stock: enough four times of five, rarer where stock is tight."""
    enough = 0.8 if cell.demand is Demand.FEW else 0.35
    return wanted if random_.random() < enough else random_.randint(1, max(1, wanted - 1))
