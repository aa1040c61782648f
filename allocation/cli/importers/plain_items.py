"""A row of the project's own table of items."""

from __future__ import annotations

from typing import Final

from allocation.cli.importers.build import grams, millimetres
from allocation.cli.importers.plain_cells import choice, flag, money, whole, words
from allocation.cli.importers.plain_tracking import track
from allocation.cli.importers.table_file import Row
from routing.v1.backorder_pb2 import BackorderPolicy
from routing.v1.item_pb2 import InventoryItem

WEIGHT_UNITS: Final = ("g", "kg", "lb", "oz")
LENGTH_UNITS: Final = ("mm", "cm", "in")
SIDES: Final = ("length", "width", "height")


def item_of(row: Row) -> InventoryItem:
    """Return an item; check ``row.bad`` before using it."""
    item = InventoryItem(
        id=row.needed("id"),
        sku=row.text("sku"),
        title=row.text("title"),
        tags=words(row, "tags"),
        quantity_scale=whole(row, "quantity_scale"),
        ship_alone=flag(row, "ship_alone"),
        backorder_policy=BackorderPolicy.Value(
            choice(row, "backorder", BackorderPolicy.DESCRIPTOR)
        ),
    )
    track(item, row)
    _weigh(item, row)
    _measure(item, row)
    value = money(row, "unit_value")
    if value is not None:
        item.unit_value.CopyFrom(value)
    return item


def _weigh(item: InventoryItem, row: Row) -> None:
    given = [unit for unit in WEIGHT_UNITS if row.text(f"weight_{unit}")]
    if len(given) > 1:
        row.report(f"weight_{given[1]}", "is a second weight; keep one")
    for unit in given[:1]:
        weight = row.decimal(f"weight_{unit}", least=0)
        if weight is not None:
            item.weight_g.CopyFrom(grams(weight, unit))


def _measure(item: InventoryItem, row: Row) -> None:
    for unit in LENGTH_UNITS:
        if not any(row.text(f"{side}_{unit}") for side in SIDES):
            continue
        for side in SIDES:
            _measure_side(item, row, side, unit)


def _measure_side(item: InventoryItem, row: Row, side: str, unit: str) -> None:
    column, field = f"{side}_{unit}", f"{side}_mm"
    length = row.decimal(column)
    if length is None and row.text(column):
        return  # Reported as what it is.
    if length is None or length <= 0:
        row.report(column, "must be above 0 when the other sides are given")
    elif item.dimensions.HasField(field):  # type: ignore[arg-type]
        row.report(column, "is a second size; keep one unit")
    else:
        getattr(item.dimensions, field).CopyFrom(millimetres(length, unit))
