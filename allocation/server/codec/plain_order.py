"""Orders and lines as most are, put together in one go.

Nothing here decides what is right: an order that has anything unusual, or a problem, is left to
`decode_order`, which says the same of a plain order, only more slowly. Every call comes through
here, so these few functions are longer than others and do without helpers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Final

from google.type import money_pb2

from allocation.server.codec.decimal import parse_quantity_e6
from allocation.server.codec.money import plain_minor
from allocation.server.codec.plain_request import PlainOrder
from allocation.server.codec.text import MOST_ID_CHARS
from routing.ids import ItemId, LineId, OrderId
from routing.network import Network
from routing.order import Order, OrderLine
from routing.quantity import E6
from routing.v1 import order_pb2

_LINE: Final = order_pb2.OrderLine.DESCRIPTOR.fields_by_name
_OF_PLAIN_LINE: Final = [
    _LINE[name].number for name in ("id", "inventory_item_id", "quantity", "unit_price")
]
"""Fields of most lines, and all of them, as `ListFields` gives them: by number."""


def plain_order(
    asked: PlainOrder, network: Network, currencies: Collection[str], now: datetime
) -> Order | None:
    """Return an order that is like most and has no problem; ``None`` for any other.

    Parameters
    ----------
    currencies
        Of the rate cards.
    now
        Aware UTC datetime, taken as placed time.
    """
    order_id, currency = asked.id, asked.currency
    if (
        not asked.lines
        or not 0 < len(order_id) <= MOST_ID_CHARS
        or not order_id.isprintable()
        or not (currency in currencies if currency else len(currencies) == 1)
    ):
        return None
    of_amounts = currency or next(iter(currencies))
    lines: list[OrderLine] = []
    for each in asked.lines:
        amount, price_minor = each.price
        if amount != of_amounts:
            return None
        line = _line(each.id, each.item_id, each.quantity_e6, price_minor, network)
        if line is None:
            return None
        lines.append(line)
    if len(lines) > 1 and len({line.id for line in lines}) < len(lines):
        return None
    return Order(OrderId(order_id), now, asked.destination, tuple(lines), currency=currency or None)


def plain_line(
    message: order_pb2.OrderLine, network: Network, currency: str | None
) -> OrderLine | None:
    """Return a line that is like most and has no problem; ``None`` for any other.

    What all the other fields say when they are not there is what a line says by default.

    Parameters
    ----------
    currency
        ISO 4217 code that its price must have.
    """
    fields = message.ListFields()
    if [field.number for field, _ in fields] != _OF_PLAIN_LINE:
        return None
    (_, line_id), (_, item_id), (_, quantity), (_, price) = fields
    quantity_e6 = parse_quantity_e6(quantity.value)
    if quantity_e6 is None or currency is None or price.currency_code != currency:
        return None
    price_minor = _minor(price.units, price.nanos, currency)
    if price_minor is None:
        return None
    return _line(line_id, item_id, quantity_e6, price_minor, network)


def _line(
    line_id: str, item_id: str, quantity_e6: int, price_minor: int, network: Network
) -> OrderLine | None:
    item = network.items.get(ItemId(item_id))
    if (
        item is None
        or quantity_e6 * item.increments_per_unit % E6
        or not 0 < len(line_id) <= MOST_ID_CHARS
        or not line_id.isprintable()
    ):
        return None
    return OrderLine(LineId(line_id), quantity_e6, item.id, unit_price_minor=price_minor)


@lru_cache(maxsize=1 << 13)
def _minor(units: int, nanos: int, currency: str) -> int | None:
    return plain_minor(money_pb2.Money(units=units, nanos=nanos), currency)
