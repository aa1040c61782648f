"""Requests to Allocate as most are, read from their bytes.

To parse a request of a few lines, and to get at its fields one by one, takes protobuf's Python
longer than to decide where the order ships from. Most requests have the same few fields; these are
found here by protobuf's own rules (https://protobuf.dev/programming-guides/encoding), and the small
messages in them are left to protobuf, once each. A request that has anything else, or says it in
another way (fields twice or out of order, longer lengths than need be), is not read here at all:
protobuf has the last word on what a request says, and on whether it is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from google.protobuf import duration_pb2
from google.protobuf.message import DecodeError

from allocation.server.codec.plain_parts import plain_destination, plain_price, plain_quantity
from allocation.server.codec.wire import tag_of
from allocation.v1 import allocation_service_pb2 as pb
from routing.order import Destination
from routing.quick import quick
from routing.v1 import order_pb2

_LENGTH_DELIMITED: Final = 2
_VARINT: Final = 0
_MORE: Final = 128
"""Bit of a byte of a varint that more bytes follow."""


@quick
@dataclass(frozen=True, slots=True)
class PlainLine:
    """What a line says; `price` is currency and minor units."""

    id: str
    item_id: str
    quantity_e6: int
    price: tuple[str, int]


@quick
@dataclass(frozen=True, slots=True)
class PlainOrder:
    """What an order says; `currency` may be empty."""

    id: str
    destination: Destination
    lines: list[PlainLine]
    currency: str


@quick
@dataclass(frozen=True, slots=True)
class PlainRequest:
    """A request to Allocate with the ledger's stock.

    Attributes
    ----------
    content
        All of it: bytes that protobuf takes, too.
    mode
        Number of the enum; perhaps of none that is known.
    hold_ttl
        ``None`` if it is not there.
    """

    content: bytes
    request_id: str
    mode: int
    hold_ttl: duration_pb2.Duration | None
    order: PlainOrder

    def message(self) -> pb.AllocateRequest:
        """Return the request as protobuf has it."""
        return pb.AllocateRequest.FromString(self.content)


def as_message(request: pb.AllocateRequest | PlainRequest) -> pb.AllocateRequest:
    """Return a request as protobuf has it."""
    return request.message() if isinstance(request, PlainRequest) else request


def read_plain(content: bytes) -> PlainRequest | None:
    """Return a request that is like most; ``None`` for any other, or if it is none."""
    fields = _fields(content)
    if fields is None:
        return None
    request_id = order = b""
    ttl: bytes | None = None
    mode = last = 0
    for tag, value in fields:
        if tag <= last:
            return None
        last = tag
        if tag == _ORDER:
            order = value
        elif tag == _REQUEST_ID:
            request_id = value
        elif tag == _MODE:
            mode = value[0]
        elif tag == _HOLD_TTL:
            ttl = value
        elif tag != _LEDGER_STOCK or value:
            return None
    try:
        found = _order(order)
        if found is None:
            return None
        hold_ttl = None if ttl is None else duration_pb2.Duration.FromString(ttl)
        return PlainRequest(content, request_id.decode(), mode, hold_ttl, found)
    except (DecodeError, UnicodeDecodeError):
        return None


def _order(content: bytes) -> PlainOrder | None:
    fields = _fields(content)
    if fields is None:
        return None
    order_id = currency = b""
    destination: Destination | None = None
    lines: list[PlainLine] = []
    last = 0
    for tag, value in fields:
        if (tag <= last and tag != _LINES) or tag < last:
            return None
        last = tag
        if tag == _LINES:
            line = _line(value)
            if line is None:
                return None
            lines.append(line)
        elif tag == _ID:
            order_id = value
        elif tag == _DESTINATION:
            destination = plain_destination(value)
        elif tag == _CURRENCY:
            currency = value
        else:
            return None
    if destination is None:
        return None
    return PlainOrder(order_id.decode(), destination, lines, currency.decode())


def _line(content: bytes) -> PlainLine | None:
    fields = _fields(content)
    if fields is None or len(fields) != _LINE_FIELDS:
        return None
    (first, line_id), (second, item_id), (third, quantity), (fourth, price) = fields
    if (
        first != _LINE_ID
        or second != _LINE_ITEM_ID
        or third != _LINE_QUANTITY
        or fourth != _LINE_PRICE
    ):
        return None
    quantity_e6, price_minor = plain_quantity(quantity), plain_price(price)
    if quantity_e6 is None or price_minor is None:
        return None
    return PlainLine(line_id.decode(), item_id.decode(), quantity_e6, price_minor)


def _fields(content: bytes) -> list[tuple[int, bytes]] | None:
    """Return tag and content of each field of a message, in their order.

    ``None`` if any has a number above 15, a value of another kind than a text, a message or an
    integer below 128, or a length that takes more than two bytes.
    """
    found = []
    at, end = 0, len(content)
    while at + 1 < end:
        tag, size = content[at], content[at + 1]
        kind = tag & 7
        at += 2
        if tag >= _MORE:
            return None
        if kind == _VARINT:
            if size >= _MORE:
                return None
            found.append((tag, content[at - 1 : at]))
            continue
        if kind != _LENGTH_DELIMITED:
            return None
        if size >= _MORE:
            if at == end or content[at] >= _MORE:
                return None
            size += (content[at] << 7) - _MORE
            at += 1
        if at + size > end:
            return None
        found.append((tag, content[at : at + size]))
        at += size
    return found if at == end else None


def _tag(field: str) -> int:
    return tag_of(pb.AllocateRequest, field)[0]


_REQUEST_ID: Final = _tag("request_id")
_ORDER: Final = _tag("order")
_LEDGER_STOCK: Final = _tag("ledger_stock")
_MODE: Final = _tag("mode")
_HOLD_TTL: Final = _tag("hold_ttl")

_ID: Final = tag_of(order_pb2.Order, "id")[0]
_DESTINATION: Final = tag_of(order_pb2.Order, "destination")[0]
_LINES: Final = tag_of(order_pb2.Order, "lines")[0]
_CURRENCY: Final = tag_of(order_pb2.Order, "currency")[0]

_LINE_ID: Final = tag_of(order_pb2.OrderLine, "id")[0]
_LINE_ITEM_ID: Final = tag_of(order_pb2.OrderLine, "inventory_item_id")[0]
_LINE_QUANTITY: Final = tag_of(order_pb2.OrderLine, "quantity")[0]
_LINE_PRICE: Final = tag_of(order_pb2.OrderLine, "unit_price")[0]
_LINE_FIELDS: Final = 4
