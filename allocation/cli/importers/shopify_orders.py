"""Shopify's order export: one row per line item, order-level columns on the first row only.

E-mail addresses, names, streets and phone numbers are not carried over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from google.protobuf.timestamp_pb2 import Timestamp

from allocation.cli.importers.build import decimal_message
from allocation.cli.importers.plain_cells import amount_in
from allocation.cli.importers.postal import cleaned_postal
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_names import NO_SKU
from allocation.cli.importers.table_file import Row, read_table
from routing.geo.codeless import has_postal_codes
from routing.v1.order_pb2 import Order, OrderLine

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S %z"


def import_shopify_orders(file: Path, reading: Reading, *, open_only: bool = False) -> Imported:
    """Read orders; one with a bad row is left out whole.

    Parameters
    ----------
    file
        The export. Columns that older exports lack may be missing.
    reading
        Where problems and notes go.
    open_only
        Leave out cancelled orders and line items that are fulfilled.
    """
    table = read_table(file, reading)
    if not table.has("name", "lineitem quantity", "lineitem sku", "shipping zip"):
        return Imported()
    groups: dict[str, list[Row]] = {}
    for row in table.rows():
        groups.setdefault(row.needed("name"), []).append(row)
    orders = [_order(name, rows, open_only=open_only) for name, rows in groups.items()]
    return Imported(orders=[order for order in orders if order is not None])


def _order(name: str, rows: list[Row], *, open_only: bool) -> Order | None:
    if all(row.text("lineitem requires shipping").casefold() == "false" for row in rows):
        rows[0].reading.note(f"{rows[0].file}: orders in which nothing needs shipping are left out")
        return None
    first = rows[0]
    currency = first.text("currency")
    order = Order(id=name, currency=currency)
    address = order.destination.address
    address.region_code = (first.needed("shipping country") or "").upper()
    coded = has_postal_codes(address.region_code)
    code = first.needed("shipping zip") if coded else first.text("shipping zip")
    address.postal_code = cleaned_postal(code, address.region_code)
    placed = _time(first)
    if placed is not None:
        order.placed_time.CopyFrom(placed)
    tags = [tag.strip() for tag in first.text("tags").split(",")]
    order.tags.extend(tag for tag in tags if tag)
    order.lines.extend(_lines(rows, currency, open_only=open_only))
    cancelled = open_only and first.text("cancelled at")
    if cancelled or any(row.bad for row in rows) or not order.lines:
        return None
    return order


def _lines(rows: list[Row], currency: str, *, open_only: bool) -> Iterator[OrderLine]:
    for number, row in enumerate(rows, start=1):
        if open_only and row.text("lineitem fulfillment status") == "fulfilled":
            continue
        sku = row.text("lineitem sku")
        if sku in NO_SKU:
            row.report("lineitem sku", f"is {sku!r}; without a SKU the item cannot be told")
        row.needed("lineitem quantity")
        quantity = row.decimal("lineitem quantity", least=1)
        price = row.decimal("lineitem price", least=0)
        paid = None
        if price is not None and currency:
            paid = amount_in(row, "lineitem price", price, currency)
        if row.bad or quantity is None:
            continue
        line = OrderLine(id=str(number), sku=sku, quantity=decimal_message(quantity))
        if paid is not None:
            line.unit_price.CopyFrom(paid)
        if row.text("lineitem requires shipping").casefold() == "false":
            line.requires_shipping = False
        yield line


def _time(row: Row) -> Timestamp | None:
    text = row.text("created at")
    if not text:
        return None
    try:
        when = datetime.strptime(text, TIME_FORMAT).astimezone(UTC)
    except ValueError:
        row.report("created at", f"is {text!r}; a time looks like 2026-11-02 10:14:58 -0500")
        return None
    stamp = Timestamp()
    stamp.FromDatetime(when)
    return stamp
