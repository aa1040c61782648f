"""Messages as bytes, put together from parts that mostly are the same from answer to answer.

Making a message of a hundred small ones takes Python longer than planning what it says. Where a
message is written for every call, its parts are therefore kept as bytes, made by protobuf itself,
and joined here by protobuf's own rules (https://protobuf.dev/programming-guides/encoding):

- a message is the sequence of its fields, so the bytes of two messages of a type, one after the
  other, are those of the message with the fields of both;
- a field that is a message or a text is its tag, its length and its content.

Fields are written in the order of their numbers, and what has its default is left out: these are
the bytes that ``SerializeToString(deterministic=True)`` gives, which tests compare.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from google.protobuf.message import Message

from allocation.server.codec.decimal import encode_decimal
from routing.quantity import Quantity

_LENGTH_DELIMITED: Final = 2
_VARINT: Final = 0
_BITS: Final = 7
_MORE: Final = 1 << _BITS
_FOUR_GROUPS: Final = 1 << 4 * _BITS
_FIVE_GROUPS: Final = 1 << 5 * _BITS
_FOUR_MORE: Final = 0x80808080
_UNSIGNED: Final = (1 << 64) - 1


def varint(value: int) -> bytes:
    """Return a 64-bit integer, seven bits a byte, lowest first; negative ones as protobuf does."""
    if _FOUR_GROUPS <= value < _FIVE_GROUPS:
        # Most are the nanoseconds of a time: no loop for them.
        spread = (
            value & 127
            | (value & 127 << 7) << 1
            | (value & 127 << 14) << 2
            | (value & 127 << 21) << 3
            | (value & 127 << 28) << 4
            | _FOUR_MORE
        )
        return spread.to_bytes(5, "little")
    value &= _UNSIGNED
    found = bytearray()
    while value >= _MORE:
        found.append(value & (_MORE - 1) | _MORE)
        value >>= _BITS
    found.append(value)
    return bytes(found)


_SMALL: Final = tuple(varint(value) for value in range(1 << 11))
_MOST_SMALL: Final = len(_SMALL)


def tag_of(message: type[Message], field: str) -> bytes:
    """Return what begins a field that is a message, a text or an integer."""
    found = message.DESCRIPTOR.fields_by_name[field]
    delimited = found.type in {found.TYPE_MESSAGE, found.TYPE_STRING, found.TYPE_BYTES}
    return varint(found.number << 3 | (_LENGTH_DELIMITED if delimited else _VARINT))


def nested(tag: bytes, content: bytes) -> bytes:
    """Return a field that is a message, or an entry of one that repeats."""
    size = len(content)
    return tag + (_SMALL[size] if size < _MOST_SMALL else varint(size)) + content


def text(tag: bytes, value: str) -> bytes:
    """Return a field that is a text; nothing if it is empty."""
    if not value:
        return b""
    # As `nested`, which it is called instead of many times a plan.
    content = value.encode()
    size = len(content)
    return tag + (_SMALL[size] if size < _MOST_SMALL else varint(size)) + content


def number(tag: bytes, value: int) -> bytes:
    """Return a field that is an integer, an enum or a bool; nothing if it is 0."""
    if not value:
        return b""
    return tag + (_SMALL[value] if 0 < value < _MOST_SMALL else varint(value))


@lru_cache(maxsize=1 << 12)
def _decimal(tag: bytes, increments: int, scale: int) -> bytes:
    return nested(tag, encode_decimal(increments, scale).SerializeToString())


def decimal(tag: bytes, quantity: Quantity) -> bytes:
    """Return a field that is a decimal with a quantity."""
    return _decimal(tag, quantity.increments, quantity.scale)


def seconds_and_nanos(seconds: int, nanos: int) -> bytes:
    """Return a timestamp or a duration of 0 or more."""
    return number(_SECONDS, seconds) + number(_NANOS, nanos)


_SECONDS: Final = b"\x08"
_NANOS: Final = b"\x10"
