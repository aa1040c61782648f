"""Orders as most are, read in one go.

Nothing here decides what is right: an order that has anything unusual, or a problem, is left to
`decode_order`, which says the same of a plain order, only more slowly. Every call comes through
here, so these few functions are longer than others and do without helpers.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache
from typing import Final

from google.type import money_pb2, postal_address_pb2

from allocation.server.codec.decimal import MOST_QUANTITY, parse_e6
from allocation.server.codec.destination import decode_destination
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import MOST_MINOR, exact_minor
from allocation.server.codec.text import MOST_ID_CHARS
from routing.ids import ItemId, LineId, OrderId
from routing.network import Network
from routing.order import Destination, Order, OrderLine
from routing.quantity import E6
from routing.v1 import order_pb2

_ORDER: Final = order_pb2.Order.DESCRIPTOR.fields_by_name
_ID: Final = _ORDER["id"].number
_DESTINATION: Final = _ORDER["destination"].number
_LINES: Final = _ORDER["lines"].number
_CURRENCY: Final = _ORDER["currency"].number

_LINE: Final = order_pb2.OrderLine.DESCRIPTOR.fields_by_name
_OF_PLAIN_LINE: Final = [
    _LINE[name].number for name in ("id", "inventory_item_id", "quantity", "unit_price")
]
"""Fields of most lines, and all of them, as `ListFields` gives them: by number."""

_PLACE: Final = order_pb2.Destination.DESCRIPTOR.fields_by_name
_OF_PLAIN_DESTINATION: Final = [_PLACE["address"].number, _PLACE["residential"].number]


def plain_order(
    message: order_pb2.Order, network: Network, currencies: Collection[str], now: datetime
) -> Order | None:
    """Return an order that is like most and has no problem; ``None`` for any other.

    Parameters
    ----------
    currencies
        Of the rate cards.
    now
        Aware UTC datetime, taken as placed time.
    """
    order_id = ""
    currency = ""
    lines = destination = None
    for field, value in message.ListFields():
        number = field.number
        if number == _ID:
            order_id = value
        elif number == _DESTINATION:
            destination = plain_destination(value)
        elif number == _LINES:
            lines = value
        elif number == _CURRENCY:
            currency = value
        else:
            return None
    if (
        lines is None
        or destination is None
        or not 0 < len(order_id) <= MOST_ID_CHARS
        or not order_id.isprintable()
        or not (currency in currencies if currency else len(currencies) == 1)
    ):
        return None
    of_amounts = currency or next(iter(currencies))
    found = []
    for each in lines:
        line = plain_line(each, network, of_amounts)
        if line is None:
            return None
        found.append(line)
    if len(found) > 1 and len({line.id for line in found}) < len(found):
        return None
    return Order(OrderId(order_id), now, destination, tuple(found), currency=currency or None)


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
    item = network.items.get(ItemId(item_id))
    quantity_e6 = parse_e6(quantity.value)
    if item is None or quantity_e6 is None or currency is None or price.currency_code != currency:
        return None
    price_minor = _minor(price.units, price.nanos, currency)
    if (
        price_minor is None
        or not 0 < quantity_e6 <= MOST_QUANTITY * E6
        or quantity_e6 * item.increments_per_unit % E6
        or not 0 < len(line_id) <= MOST_ID_CHARS
        or not line_id.isprintable()
    ):
        return None
    return OrderLine(LineId(line_id), quantity_e6, item.id, unit_price_minor=price_minor)


@lru_cache(maxsize=1 << 13)
def _minor(units: int, nanos: int, currency: str) -> int | None:
    value = exact_minor(money_pb2.Money(units=units, nanos=nanos), currency)
    return value if value is not None and 0 <= value <= MOST_MINOR else None


def plain_destination(message: order_pb2.Destination) -> Destination | None:
    """Return a destination with an address and no more; ``None`` where there is a problem."""
    fields = message.ListFields()
    numbers = [field.number for field, _ in fields]
    if not numbers or numbers != _OF_PLAIN_DESTINATION[: len(numbers)]:
        return None
    address: postal_address_pb2.PostalAddress = fields[0][1]
    if address.address_lines:
        return None  # They may say that it is a post office box.
    return _at(address.region_code, address.postal_code, len(fields) > 1)


@lru_cache(maxsize=1 << 14)
def _at(country: str, postal_code: str, residential: bool) -> Destination | None:
    address = postal_address_pb2.PostalAddress(region_code=country, postal_code=postal_code)
    message = order_pb2.Destination(address=address, residential=residential)
    findings = Findings()
    destination = decode_destination(message, "", findings)
    return None if findings.violations or findings.warnings else destination
