"""Shopify's product export: the items, under the headers of 2025 and under those before."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from allocation.cli.importers.build import grams
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_names import NO_SKU, variant_id
from allocation.cli.importers.table_file import Row, read_table
from routing.v1.backorder_pb2 import BackorderPolicy
from routing.v1.item_pb2 import InventoryItem

RENAMED: Final = {
    "url handle": "handle",
    "variant sku": "sku",
    "variant grams": "weight value (grams)",
    "variant inventory tracker": "inventory tracker",
    "variant inventory policy": "continue selling when out of stock",
    "variant price": "price",
}
"""From a header of one layout to the name used here, all in lower case."""

_CONTINUES: Final = frozenset({"true", "continue"})


def import_shopify_products(file: Path, reading: Reading) -> Imported:
    """Read items. Rows that only add a picture are passed over.

    Shopify keeps no dimensions, so neither size limits nor dimensional weight will apply.
    """
    table = read_table(file, reading, _canonical)
    if not table.has("handle", "sku", "weight value (grams)"):
        return Imported()
    items: dict[str, InventoryItem] = {}
    found_at: dict[str, int] = {}
    products: dict[str, Row] = {}
    for row in table.rows():
        handle = row.needed("handle")
        # Only the first row of a product carries its title and tags.
        product = products.setdefault(handle, row)
        if _only_a_picture(row):
            continue
        item = _item(row, handle, product)
        if item.id in items:
            row.report("sku", f"{item.id!r} is already on line {found_at[item.id]}; keep one")
        elif not row.bad:
            items[item.id], found_at[item.id] = item, row.line
    return Imported(items=list(items.values()))


def _canonical(header: str) -> str | None:
    name = header.strip().casefold()
    return RENAMED.get(name, name)


def _only_a_picture(row: Row) -> bool:
    telling = ("sku", "option1 value", "price", "weight value (grams)")
    return not any(row.text(column) for column in telling)


def _item(row: Row, handle: str, product: Row) -> InventoryItem:
    sku = row.text("sku")
    item = InventoryItem(id=variant_id(sku, handle, row), title=_title(row, product))
    if sku not in NO_SKU:
        item.sku = sku
    weight = row.decimal("weight value (grams)", least=0)
    if weight is None and not row.bad:
        row.reading.note(f"{row.file}: some items have no weight; they are priced as 0 g")
    if weight is not None:
        item.weight_g.CopyFrom(grams(weight, "g"))
    item.backorder_policy = _policy(row)
    item.tags.extend(tag.strip() for tag in product.text("tags").split(",") if tag.strip())
    return item


def _title(row: Row, product: Row) -> str:
    values = [row.text(f"option{number} value") for number in (1, 2, 3)]
    named = [value for value in values if value and value.casefold() != "default title"]
    return " ".join([product.text("title"), *named]).strip()


def _policy(row: Row) -> BackorderPolicy.ValueType:
    if "inventory tracker" in row.headers and not row.text("inventory tracker"):
        return BackorderPolicy.BACKORDER_POLICY_IGNORE_STOCK
    if row.text("continue selling when out of stock").casefold() in _CONTINUES:
        return BackorderPolicy.BACKORDER_POLICY_ALLOW
    return BackorderPolicy.BACKORDER_POLICY_DENY
