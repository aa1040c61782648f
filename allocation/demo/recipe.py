"""Writes the example data: ``python -m allocation.demo.recipe``.

The same seed gives the same bytes. Each document has one entity per line, so that a change of
the recipe shows as a readable difference.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from allocation.demo.baskets import demo_orders
from allocation.demo.catalogue import demo_items
from allocation.demo.documents import (
    Json,
    item_document,
    location_document,
    order_document,
    stock_document,
)
from allocation.demo.files import ITEMS_FILE, LOCATIONS_FILE, ORDERS_FILE, STOCK_FILE
from allocation.demo.levels import demo_levels
from allocation.demo.locations import demo_locations

SEED: Final = 20261102


def make_files(seed: int = SEED) -> Mapping[str, str]:
    """Return the text of every file by its name."""
    locations, items = demo_locations(), demo_items(seed)
    return {
        LOCATIONS_FILE: _document("locations", map(location_document, locations)),
        ITEMS_FILE: _document("items", map(item_document, items)),
        STOCK_FILE: _document(
            "items",
            (stock_document(sku, units) for sku, units in demo_levels(seed, items, locations)),
        ),
        ORDERS_FILE: _document("orders", map(order_document, demo_orders(seed, items))),
    }


def write_files(directory: Path, seed: int = SEED) -> None:
    """Write every file into `directory`, which must exist."""
    for name, text in make_files(seed).items():
        (directory / name).write_text(text, encoding="utf-8")


def _document(key: str, entities: Iterable[Json]) -> str:
    lines = ",\n".join(json.dumps(entity, separators=(",", ":")) for entity in entities)
    return f'{{"{key}":[\n{lines}\n]}}\n'


if __name__ == "__main__":
    write_files(Path(__file__).parent / "data")
