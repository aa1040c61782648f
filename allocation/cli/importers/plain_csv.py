"""ShipFrom's own CSV tables: locations, items, levels and orders.

``COLUMNS`` says which columns each table has; the command's help and the docs show the same.
Column names are not case-sensitive; a column that is not listed is a problem, not ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from allocation.cli.importers.build import Levels
from allocation.cli.importers.plain_items import item_of
from allocation.cli.importers.plain_locations import location_of
from allocation.cli.importers.plain_orders import orders_of
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.table_file import TableFile, casefolded, read_table
from routing.v1.item_pb2 import InventoryItem
from routing.v1.location_pb2 import StockLocation


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table: those that must be there, and those that may."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


COLUMNS: Final = {
    "locations": Layout(
        ("id", "country", "postal_code"),
        ("name", "kind", "region", "city", "latitude", "longitude", "tz", "rank", "currency")
        + ("per_shipment", "per_line", "per_unit", "per_parcel", "tags", "channels"),
    ),
    "items": Layout(
        ("id",),
        ("sku", "title", "weight_g", "weight_kg", "weight_lb", "weight_oz")
        + tuple(f"{side}_{unit}" for unit in ("mm", "cm", "in") for side in ("length", "width"))
        + tuple(f"height_{unit}" for unit in ("mm", "cm", "in"))
        + ("tags", "quantity_scale", "ship_alone", "backorder", "unit_value", "currency"),
    ),
    "levels": Layout(("item_id", "location_id", "available"), ()),
    "orders": Layout(
        ("order_id", "country", "postal_code", "quantity"),
        ("line_id", "sku", "item_id", "unit_price", "currency", "placed_time", "channel")
        + ("residential", "latitude", "longitude", "service_level", "deliver_by", "tags"),
    ),
}


def import_plain_csv(
    reading: Reading,
    *,
    locations: Path | None = None,
    items: Path | None = None,
    levels: Path | None = None,
    orders: Path | None = None,
) -> Imported:
    """Read whichever of the four tables are given."""
    imported = Imported()
    if locations is not None:
        imported.locations = _entities(_table("locations", locations, reading), location_of)
    if items is not None:
        imported.items = _entities(_table("items", items, reading), item_of)
    if levels is not None:
        found = Levels(reading)
        for row in _rows(_table("levels", levels, reading)):
            item_id, location_id = row.needed("item_id"), row.needed("location_id")
            row.needed("available")
            available = row.decimal("available")
            if available is not None and not row.bad:
                found.add(item_id, location_id, available, f"{row.file}:{row.line}:available")
        imported.stock = found.message()
    if orders is not None:
        imported.orders = orders_of(_rows(_table("orders", orders, reading)))
    return imported
