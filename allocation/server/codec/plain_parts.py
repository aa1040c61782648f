"""The small messages of most requests: the same few bytes come again and again.

Each function returns ``None`` for a message with a problem, or with anything that most do not
have; what it found is kept by the bytes it was found in.

Raises
------
google.protobuf.message.DecodeError
    From any of them, if the bytes are no such message.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from google.type import decimal_pb2, money_pb2

from allocation.server.codec.decimal import parse_quantity_e6
from allocation.server.codec.destination import decode_destination
from allocation.server.codec.findings import Findings
from allocation.server.codec.money import plain_minor
from routing.order import Destination
from routing.v1 import order_pb2

_MOST_BYTES: Final = 128
"""What is longer is not kept, and no part of most requests."""

_PLACE: Final = order_pb2.Destination.DESCRIPTOR.fields_by_name
_OF_PLAIN_DESTINATION: Final = [_PLACE["address"].number, _PLACE["residential"].number]


def plain_quantity(content: bytes) -> int | None:
    """Return units times one million, in (0, 1000000 * 10**6]."""
    return _quantity(content) if len(content) <= _MOST_BYTES else None


def plain_price(content: bytes) -> tuple[str, int] | None:
    """Return the currency of an amount, and its minor units, 0 or more."""
    return _price(content) if len(content) <= _MOST_BYTES else None


def plain_destination(content: bytes) -> Destination | None:
    """Return a destination with an address and no more."""
    return _destination(content) if len(content) <= _MOST_BYTES else None


@lru_cache(maxsize=1 << 12)
def _quantity(content: bytes) -> int | None:
    return parse_quantity_e6(decimal_pb2.Decimal.FromString(content).value)


@lru_cache(maxsize=1 << 14)
def _price(content: bytes) -> tuple[str, int] | None:
    amount = money_pb2.Money.FromString(content)
    value = plain_minor(amount, amount.currency_code)
    return None if value is None else (amount.currency_code, value)


@lru_cache(maxsize=1 << 14)
def _destination(content: bytes) -> Destination | None:
    message = order_pb2.Destination.FromString(content)
    numbers = [field.number for field, _ in message.ListFields()]
    if not numbers or numbers != _OF_PLAIN_DESTINATION[: len(numbers)]:
        return None
    if message.address.address_lines:
        return None  # They may say that it is a post office box.
    findings = Findings()
    destination = decode_destination(message, "", findings)
    return None if findings.violations or findings.warnings else destination
