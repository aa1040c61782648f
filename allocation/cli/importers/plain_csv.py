"""ShipFrom's own CSV tables: locations, items, levels and orders.

``COLUMNS`` says which columns each table has; the command's help and the docs show the same.
Column names are not case-sensitive; a column that is not listed is a problem, not ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar

from allocation.cli.importers import plain_tracking
from allocation.cli.importers.build import Levels
from allocation.cli.importers.plain_items import item_of
from allocation.cli.importers.plain_locations import location_of
from allocation.cli.importers.plain_orders import orders_of
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.table_file import Row, TableFile, read_table
from routing.v1.item_pb2 import InventoryItem
from routing.v1.location_pb2 import StockLocation


def _names(*texts: str) -> tuple[str, ...]:
    return tuple(" ".join(texts).split())


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one table: those that must be there, and those that may."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


COLUMNS: Final = {
    "locations": Layout(
        required=_names("id country postal_code"),
        optional=_names(
            "name kind region city latitude longitude tz rank currency",
            "per_shipment per_line per_unit per_parcel tags channels",
        ),
    ),
    "items": Layout(
        required=_names("id"),
        optional=_names(
            "sku title weight_g weight_kg weight_lb weight_oz",
            "length_mm width_mm height_mm length_cm width_cm height_cm",
            "length_in width_in height_in",
            "tags quantity_scale ship_alone backorder unit_value currency",
            plain_tracking.COLUMNS,
        ),
    ),
    "levels": Layout(required=_names("item_id location_id available"), optional=()),
    "orders": Layout(
        required=_names("order_id country postal_code quantity"),
        optional=_names(
            "line_id sku item_id unit_price currency placed_time channel",
            "residential latitude longitude service_level deliver_by tags",
        ),
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


T = TypeVar("T", StockLocation, InventoryItem)


def _entities(table: TableFile | None, build: Callable[[Row], T]) -> list[T]:
    found: dict[str, T] = {}
    for row in _rows(table):
        entity = build(row)
        if entity.id in found:
            row.report("id", f"{entity.id!r} is there twice; keep one")
        elif not row.bad:
            found[entity.id] = entity
    return list(found.values())


def _rows(table: TableFile | None) -> Iterable[Row]:
    return () if table is None else table.rows()


def _table(name: str, file: Path, reading: Reading) -> TableFile | None:
    layout = COLUMNS[name]
    table = read_table(file, reading)
    known = (*layout.required, *layout.optional)
    for column, header in table.headers.items():
        if column not in known and not column.startswith("\0"):
            near = get_close_matches(column, known, n=1)
            hint = f"is it {near[0]!r}?" if near else f"known are {', '.join(known)}"
            reading.report(f"{file}:1:{header}", f"is not a column of {name}; {hint}")
    return table if table.has(*layout.required) else None
