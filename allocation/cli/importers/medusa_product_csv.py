"""Medusa's product CSV: the template for imports (semicolons) and the export (commas)."""

from __future__ import annotations

from pathlib import Path

from allocation.cli.importers.build import MILLIMETRES, grams, millimetres
from allocation.cli.importers.reading import Reading
from allocation.cli.importers.table_file import Row, read_table
from routing.v1.backorder_pb2 import BackorderPolicy
from routing.v1.item_pb2 import InventoryItem


def import_product_csv(
    file: Path, reading: Reading, length_unit: str | None, made: dict[str, InventoryItem]
) -> None:
    """Add one item per variant to `made`; what is already there under its SKU stays.

    Weights are in grams, lengths in the store's unit. A variant without weight or size takes
    its product's.
    """
    table = read_table(file, reading, delimiters=",;")
    if not table.has("variant id", "variant sku"):
        return
    known_skus = {item.sku for item in made.values() if item.sku}
    for row in table.rows():
        item = _item(row, length_unit)
        if item.sku and item.sku in known_skus:
            continue
        if item.id in made:
            row.report("variant id", f"{item.id!r} is there twice; keep one")
        elif not row.bad:
            made[item.id] = item
            known_skus.add(item.sku)


def _item(row: Row, length_unit: str | None) -> InventoryItem:
    sku = row.text("variant sku")
    # A file to import from scratch has no ids yet.
    item_id = row.text("variant id") or sku
    if not item_id:
        row.report("variant id", "and Variant SKU are both empty; one must name the variant")
    title = f"{row.text('product title')} {row.text('variant title')}".strip()
    item = InventoryItem(id=item_id, sku=sku, title=title)
    weight = row.decimal("variant weight", least=0)
    weight = row.decimal("product weight", least=0) if weight is None else weight
    if weight is not None:
        item.weight_g.CopyFrom(grams(weight, "g"))
    _measure(item, row, length_unit)
    if row.text("variant manage inventory").casefold() == "false":
        item.backorder_policy = BackorderPolicy.BACKORDER_POLICY_IGNORE_STOCK
    elif row.text("variant allow backorder").casefold() == "true":
        item.backorder_policy = BackorderPolicy.BACKORDER_POLICY_ALLOW
    return item


def _measure(item: InventoryItem, row: Row, length_unit: str | None) -> None:
    lengths = {}
    for side in ("length", "width", "height"):
        own = row.decimal(f"variant {side}", least=0)
        lengths[side] = own or row.decimal(f"product {side}", least=0)
    if not all(lengths.values()):
        return
    if length_unit not in MILLIMETRES:
        row.report("variant length", "has no unit in Medusa; say --length-unit mm, cm, m or in")
        return
    for side, length in lengths.items():
        if length is not None:
            getattr(item.dimensions, f"{side}_mm").CopyFrom(millimetres(length, length_unit))
