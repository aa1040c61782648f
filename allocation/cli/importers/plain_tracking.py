"""Columns of items that say how stock is told apart, waited for, and put together to kits."""

from __future__ import annotations

from typing import Final

from allocation.cli.importers.plain_cells import choice, instant, whole, words
from allocation.cli.importers.table_file import Row
from allocation.cli.money_text import decimal_of
from routing.v1.item_pb2 import InventoryItem, ItemTracking, PickOrder

COLUMNS: Final = (
    "tracking pick_order min_remaining_shelf_life_days backorder_limit lead_time_days "
    "release_time components substitutes"
)


def track(item: InventoryItem, row: Row) -> None:
    """Read the columns into an item; problems go to the row."""
    item.tracking = ItemTracking.Value(choice(row, "tracking", ItemTracking.DESCRIPTOR))
    item.pick_order = PickOrder.Value(choice(row, "pick_order", PickOrder.DESCRIPTOR))
    item.min_remaining_shelf_life_days = whole(row, "min_remaining_shelf_life_days")
    limit = row.decimal("backorder_limit", least=0)
    if limit is not None:
        item.backorder_limit.value = str(limit)
    if row.text("lead_time_days"):
        item.lead_time_days = whole(row, "lead_time_days")
    release = instant(row, "release_time")
    if release is not None:
        item.release_time.CopyFrom(release)
    item.substitute_item_ids.extend(words(row, "substitutes"))
    for word in words(row, "components"):
        _add_component(item, row, word)


def _add_component(item: InventoryItem, row: Row, word: str) -> None:
    """Add a component: ``tea`` for one, ``tea*2`` for two of it in each kit."""
    component_id, _, quantity = (part.strip() for part in word.rpartition("*"))
    if not component_id:
        component_id, quantity = quantity, "1"
    try:
        number = decimal_of(quantity)
    except ValueError as error:
        row.report("components", f"{word!r}: {error}; write item*quantity")
        return
    if number <= 0:
        row.report("components", f"{word!r}: the quantity must be above 0")
        return
    component = item.components.add(inventory_item_id=component_id)
    component.required_quantity.value = str(number)
