"""What a variant is called in Shopify's files: its SKU, else its handle and option values."""

from __future__ import annotations

from allocation.cli.importers.table_file import Row

NO_SKU = frozenset({"", "-"})
NO_VARIANT = "default title"


def variant_id(sku: str, handle: str, row: Row) -> str:
    """Return the id under which a variant's item is kept; empty when there is nothing to go by."""
    if sku not in NO_SKU:
        return sku
    values = [row.text(f"option{number} value") for number in (1, 2, 3)]
    named = [value for value in values if value and value.casefold() != NO_VARIANT]
    return "/".join([handle, *named]) if handle else ""
