"""Orders: synthetic baskets, sent to where people live.

The destination's three-digit ZIP area is drawn in proportion to its residents (census of 2010),
then one of its ZIPs evenly. The number of lines, the items by popularity and the quantities are
synthetic. No line of an order repeats an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from allocation.demo.catalogue import DemoItem
from allocation.demo.draw import Draw
from allocation.demo.locations import areas_by_population, zips_of
from routing.geo import load_postal_index, load_zip3_table

COUNT: Final = 300
FIRST_PLACED: Final = datetime(2026, 11, 2, 13, 0, tzinfo=UTC)
MINUTES_APART: Final = 17

LINES: Final = (40, 27, 16, 9, 5, 3)
"""Of 100 orders, so many have 1, 2, ... lines."""

UNITS: Final = (80, 14, 4, 2)
"""Of 100 lines, so many ask for 1, 2, ... units."""

RESIDENTIAL: Final = 90


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """One order; `lines` are items with their quantities."""

    id: str
    placed_time: datetime
    postal_code: str
    residential: bool
    lines: tuple[tuple[DemoItem, int], ...]


def demo_orders(seed: int, items: Sequence[DemoItem]) -> Iterator[DemoOrder]:
    """Yield the orders by the time at which they are placed."""
    baskets, places = Draw(seed, "baskets"), Draw(seed, "destinations")
    table, index = load_zip3_table(), load_postal_index()
    areas = areas_by_population(table)
    people = [int(table.population[area]) for area in areas]
    for number in range(COUNT):
        zips = list(zips_of(index, areas[places.weighted(people)]))
        yield DemoOrder(
            id=f"demo-{number + 1:04d}",
            placed_time=FIRST_PLACED + timedelta(minutes=number * MINUTES_APART),
            postal_code=zips[places.below(len(zips))],
            residential=places.happens(RESIDENTIAL),
            lines=tuple(_lines(baskets, items)),
        )


def _lines(draw: Draw, items: Sequence[DemoItem]) -> Iterator[tuple[DemoItem, int]]:
    weights = [item.popularity for item in items]
    for _ in range(draw.weighted(LINES) + 1):
        index = draw.weighted(weights)
        weights[index] = 0
        yield items[index], draw.weighted(UNITS) + 1
