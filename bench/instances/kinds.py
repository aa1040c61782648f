"""Draw the same orders with items of every kind, as requests for a plan."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Final

from allocation.engine_api import PlanningRequest
from bench.instances.draw import PLACED, network_without_items
from bench.instances.places import draw_destination
from routing.ids import ItemId, LineId, LocationId, LotId, OrderId
from routing.item import BackorderPolicy, InventoryItem, KitComponent
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.sourcing.policy import Policy
from routing.sourcing.stock import IncomingStock, InlineStockView, LotStock, StockDetail

GRAM_UG: Final = 1_000_000
BUDGET_S: Final = 1.0
KEEPS_DAYS: Final = 10
"""How long an item in lots has to keep after delivery."""

Levels = dict[ItemId, dict[LocationId, int]]


class Kind(Enum):
    """What the items are, and what is known of their stock."""

    PLAIN = "plain"
    KITS = "kits"
    KIT_HEAVY = "kit-heavy"
    LOTS = "lots"
    LOT_HEAVY = "lot-heavy"
    WAITING = "waiting"


_LOTS: Final = {Kind.LOTS: 3, Kind.LOT_HEAVY: 12}
"""Lots of a level."""

HEAVY: Final = (Kind.KIT_HEAVY, Kind.LOT_HEAVY)
"""Three times the units, lines that may be split, and more of what is hard about them."""

_MOST_UNITS: Final = {Kind.WAITING: 2, Kind.KIT_HEAVY: 18, Kind.LOT_HEAVY: 24}
"""Most units of a level, where not six."""


def requests_of(
    kind: Kind, count: int, lines: int, locations: int, seed: int
) -> Iterator[PlanningRequest]:
    """Draw requests; orders, weights and destinations are the same for every kind."""
    for index in range(count):
        yield _request(kind, lines, locations, random.Random(f"{seed}:{lines}:{index}"))


def _request(kind: Kind, lines: int, locations: int, draws: random.Random) -> PlanningRequest:
    to = draw_destination(draws)
    times = 3 if kind in HEAVY else 1
    asked = [
        OrderLine(
            LineId(f"{number:02}"), times * draws.randint(1, 3) * E6, ItemId(f"item-{number}")
        )
        for number in range(lines)
    ]
    destination = Destination("US", to.code, to.coordinates, residential=True)
    order = Order(OrderId("order"), PLACED, destination, tuple(asked))
    weights = [draws.randint(50, 900) * GRAM_UG for _ in range(2 * lines)]
    items = _items(kind, lines, weights)
    stocked = [item.id for item in items if not item.components]
    places = [each.id for each in network_without_items(locations).locations]
    levels = _levels(stocked, places, _MOST_UNITS.get(kind, 6), draws)
    return PlanningRequest(
        "",
        order,
        network_without_items(locations).with_items(items),
        InlineStockView(levels, level_details=_details(kind, levels, draws)),
        Policy(line_split=kind in HEAVY),
        PLACED,
        BUDGET_S,
    )


def _items(kind: Kind, lines: int, weights: list[int]) -> list[InventoryItem]:
    """Return an item for every line; a kit shares its second component with the next line.

    Where kits are heavy, they are made of two kits each, which share a component as well.
    """
    items = [InventoryItem(ItemId(f"item-{n}"), weight_ug=weights[n]) for n in range(lines)]
    if kind in _LOTS:
        return [replace(item, min_shelf_life_days=KEEPS_DAYS) for item in items]
    if kind is Kind.WAITING:
        return [replace(item, backorder_policy=BackorderPolicy.ALLOW) for item in items]
    if kind is Kind.PLAIN:
        return items
    parts = [InventoryItem(ItemId(f"part-{n}"), weight_ug=weights[n]) for n in range(lines + 1)]
    kits = [
        InventoryItem(
            ItemId(f"item-{n}"),
            components=(KitComponent(parts[n].id, E6), KitComponent(parts[n + 1].id, 2 * E6)),
        )
        for n in range(lines)
    ]
    if kind is not Kind.KIT_HEAVY:
        return [*parts, *kits]
    boxes = [replace(kit, id=ItemId(f"box-{n}")) for n, kit in enumerate(kits)]
    pairs = [
        InventoryItem(
            ItemId(f"item-{n}"),
            components=(
                KitComponent(boxes[n].id, E6),
                KitComponent(boxes[(n + 1) % lines].id, E6),
            ),
        )
        for n in range(lines)
    ]
    return [*parts, *boxes, *pairs]


def _levels(
    items: list[ItemId], places: list[LocationId], most: int, draws: random.Random
) -> Levels:
    """Carry every item at four of ten places."""
    return {
        item: {place: draws.randint(1, most) for place in places if draws.random() < 0.4}
        for item in items
    }


def _details(
    kind: Kind, levels: Levels, draws: random.Random
) -> Mapping[ItemId, Mapping[LocationId, StockDetail]]:
    if kind in _LOTS:
        return {
            item: {place: _in_lots(units, _LOTS[kind], draws) for place, units in at.items()}
            for item, at in levels.items()
        }
    if kind is not Kind.WAITING:
        return {}
    return {
        item: {place: _coming(units, draws) for place, units in at.items()}
        for item, at in levels.items()
    }


def _in_lots(units: int, lots: int, draws: random.Random) -> StockDetail:
    """Split a level into lots, most of which keep long enough only if they arrive soon."""
    sizes = [0] * lots
    for _ in range(units):
        sizes[draws.randrange(lots)] += 1
    return StockDetail(
        lots=tuple(
            LotStock(
                LotId(f"lot-{number}"),
                size,
                PLACED.date() + timedelta(days=draws.randint(KEEPS_DAYS, KEEPS_DAYS + 12)),
                PLACED.date() - timedelta(days=30 - number),
            )
            for number, size in enumerate(sizes)
            if size
        )
    )


def _coming(units: int, draws: random.Random) -> StockDetail:
    when = PLACED + timedelta(days=draws.randint(2, 30))
    return StockDetail(incoming=(IncomingStock(2 * units, when, 100),))
