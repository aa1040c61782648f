"""Stock levels with the gaps that real networks have. All of it is synthetic.

A fulfillment center lists most of the catalogue and a store less than half; a few of the listed
items are sold out; stores hold a handful where fulfillment centers hold dozens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from allocation.demo.catalogue import DemoItem
from allocation.demo.draw import Draw
from allocation.demo.locations import DemoLocation

CENTER_LISTS: Final = 72
STORE_LISTS: Final = 42
SOLD_OUT: Final = 8
CENTER_UNITS: Final = (4, 90)
STORE_UNITS: Final = (1, 9)


def demo_levels(
    seed: int, items: Sequence[DemoItem], locations: Sequence[DemoLocation]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield every item's SKU with its available units by location id; absent: not listed."""
    draw = Draw(seed, "levels")
    for item in items:
        yield item.sku, dict(_levels(draw, locations))


def _levels(draw: Draw, locations: Sequence[DemoLocation]) -> Iterator[tuple[str, int]]:
    for location in locations:
        listed = draw.happens(STORE_LISTS if location.is_store else CENTER_LISTS)
        sold_out = draw.happens(SOLD_OUT)
        units = draw.between(*(STORE_UNITS if location.is_store else CENTER_UNITS))
        if listed:
            yield location.id, 0 if sold_out else units
