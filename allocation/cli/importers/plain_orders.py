"""Rows of the project's own table of orders: one per line, order columns on the first."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.cli.importers.build import decimal_message
from allocation.cli.importers.plain_cells import (
    choice,
    coordinates,
    day,
    flag,
    instant,
    money,
    words,
)
from allocation.cli.importers.postal import cleaned_postal
from allocation.cli.importers.table_file import Row
from routing.geo.codeless import has_postal_codes
from routing.v1.carrier_service_pb2 import ServiceLevel
from routing.v1.order_pb2 import Order, OrderLine


def orders_of(rows: Iterable[Row]) -> list[Order]:
    """Return the orders whose rows are all good."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row.needed("order_id"), []).append(row)
    orders = [(_order(order_id, group), group) for order_id, group in groups.items()]
    return [order for order, group in orders if not any(row.bad for row in group)]


def _order(order_id: str, rows: list[Row]) -> Order:
    first = rows[0]
    country = first.needed("country").upper()
    order = Order(
        id=order_id,
        channel=first.text("channel"),
        currency=first.text("currency").upper(),
        tags=words(first, "tags"),
        service_level=ServiceLevel.Value(choice(first, "service_level", ServiceLevel.DESCRIPTOR)),
    )
    order.destination.address.region_code = country
    code = first.needed("postal_code") if has_postal_codes(country) else first.text("postal_code")
    order.destination.address.postal_code = cleaned_postal(code, country)
    order.destination.residential = flag(first, "residential")
    point = coordinates(first)
    if point is not None:
        order.destination.coordinates.CopyFrom(point)
    _set_times(order, first)
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        line = _line(row, str(number))
        if line.id in seen:
            row.report("line_id", f"{line.id!r} is in the order twice; keep one")
        seen.add(line.id)
        order.lines.append(line)
    return order


def _line(row: Row, number: str) -> OrderLine:
    line = OrderLine(id=row.text("line_id") or number)
    sku, item_id = row.text("sku"), row.text("item_id")
    if bool(sku) == bool(item_id):
        row.report("sku", "or item_id must name the item: exactly one of them")
    line.sku, line.inventory_item_id = sku, item_id
    row.needed("quantity")
    quantity = row.decimal("quantity")
    if quantity is not None and quantity <= 0:
        row.report("quantity", f"is {quantity}; it must be above 0")
    elif quantity is not None:
        line.quantity.CopyFrom(decimal_message(quantity))
    price = money(row, "unit_price")
    if price is not None:
        line.unit_price.CopyFrom(price)
    return line


def _set_times(order: Order, row: Row) -> None:
    placed, deliver_by = instant(row, "placed_time"), day(row, "deliver_by")
    if placed is not None:
        order.placed_time.CopyFrom(placed)
    if deliver_by is not None:
        order.deliver_by.CopyFrom(deliver_by)
