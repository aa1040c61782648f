"""Hostile messages: valid requests with something wrong put anywhere in them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

INTS: Final = (0, 1, -1, 2, 7, 42, 999, 10**6, 2**31 - 1, -(2**31))
LONGS: Final = (*INTS, 2**53, 2**63 - 1, -(2**63), 10**18)
FLOATS: Final = (0.0, -0.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 90.0, 90.0001, -180.0)
TEXTS: Final = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "2.5",
    "NaN",
    "Infinity",
    "1e9",
    "1E-400",
    "+1",
    "1_000",
    "0x10",
    "999999999999",
    "1000000",
    "1000000.000001",
    "0.000001",
    "9" * 400,
    "1." + "0" * 300,
    "\u0661\u0662",
    "mug",
    "tea",
    "gift-set",
    "reno",
    "nowhere",
    "US",
    "usd",
    "USD",
    "JPY",
    "XXX",
    "line-1",
    "preset:cheapest",
    "'; DROP TABLE plans; --",
    "../../etc/passwd",
    "\x00",
    "a\nb",
    "\u202e\u0000\ufeff",
    "\U0001f4a9" * 30,
    "x" * 128,
    "x" * 129,
    "x" * 5_000,
)


def hostile_value(rng: random.Random, field: FieldDescriptor) -> Any:
    """Return a value of the field's type that nobody sane would send."""
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        text = rng.choice(TEXTS)
        return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return rng.random() < 0.5
    if kind in (FieldDescriptor.CPPTYPE_DOUBLE, FieldDescriptor.CPPTYPE_FLOAT):
        return rng.choice(FLOATS)
    if kind == FieldDescriptor.CPPTYPE_INT64:
        return rng.choice(LONGS)
    return rng.choice(INTS)


def mutate(rng: random.Random, message: Message, times: int) -> None:
    """Change `times` random places of a message."""
    for _ in range(times):
        _mutate_once(rng, _somewhere_in(rng, message))


def random_bytes(rng: random.Random, seed_message: bytes) -> bytes:
    """Return noise, or a serialized message with bytes changed, cut off or repeated."""
    how = rng.randrange(4)
    if how == 0 or not seed_message:
        return rng.randbytes(rng.randrange(0, 200))
    content = bytearray(seed_message)
    if how == 1:
        return bytes(content[: rng.randrange(len(content))])
    for _ in range(rng.randrange(1, 6)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content) * (2 if how == 3 else 1)


def _somewhere_in(rng: random.Random, message: Message) -> Message:
    """Return the message or one within it, at any depth."""
    while rng.random() < 0.75:
        inner = [each for each in message.ListFields() if each[0].message_type is not None]
        if not inner:
            break
        field, value = rng.choice(inner)
        message = value[rng.randrange(len(value))] if field.is_repeated else value
    return message


def _mutate_once(rng: random.Random, message: Message) -> None:
    fields = list(message.DESCRIPTOR.fields)
    if not fields:
        return
    field = rng.choice(fields)
    if rng.random() < 0.15:
        message.ClearField(field.name)
        return
    change: Callable[[random.Random, Message, FieldDescriptor], None] = _set_single
    if field.is_repeated:
        change = _change_repeated
    change(rng, message, field)


def _set_single(rng: random.Random, message: Message, field: FieldDescriptor) -> None:
    if field.message_type is None:
        setattr(message, field.name, hostile_value(rng, field))
        return
    inner = getattr(message, field.name)
    inner.SetInParent()
    for _ in range(rng.randrange(0, 4)):
        _mutate_once(rng, inner)


def _change_repeated(rng: random.Random, message: Message, field: FieldDescriptor) -> None:
    values = getattr(message, field.name)
    copies = rng.choice((1, 1, 1, 2, 5, 70))
    for _ in range(copies):
        if field.message_type is None:
            values.append(hostile_value(rng, field))
        elif len(values) and rng.random() < 0.6:
            values.add().CopyFrom(values[rng.randrange(len(values))])
        else:
            _mutate_once(rng, values.add())
