"""`google.type.Decimal` to exact integers of millionths, and back.

The well-known type allows exponents, signs and any length. Here a decimal is what people
write: up to twelve digits, and up to six decimals after a point. Nothing is rounded.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from google.type import decimal_pb2

from allocation.server.codec.findings import Findings, shown
from routing.quantity import E6, Quantity

E6_SCALE: Final = 6
MOST_QUANTITY: Final = 1_000_000

_DECIMAL: Final = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_MOST_CHARS: Final = 20


@lru_cache(maxsize=1 << 15)
def _parse(text: str) -> int | None:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    sign, whole, part = match.groups()
    value = int(whole) * E6 + int((part or "").ljust(E6_SCALE, "0"))
    return -value if sign else value


def parse_e6(text: str) -> int | None:
    """Return a decimal times one million, ``None`` if the text is not one."""
    return _parse(text) if len(text) <= _MOST_CHARS else None


def parse_quantity_e6(text: str) -> int | None:
    """Return a quantity in (0, 1000000], times one million; ``None`` if the text is not one."""
    value = parse_e6(text)
    return value if value is not None and 0 < value <= MOST_QUANTITY * E6 else None


def decode_e6(text: str, path: str, findings: Findings) -> int | None:
    """Return a decimal times one million; says so when it is missing or not one."""
    value = parse_e6(text)
    if value is None:
        refuse_decimal(text, path, findings)
    return value


def refuse_decimal(text: str, path: str, findings: Findings) -> None:
    """Say that a text is missing or not a decimal."""
    if not text:
        findings.refuse(path, "is missing; give a decimal such as '2' or '0.25'")
    else:
        message = "give plain digits, at most 12, with at most 6 decimals, such as '2' or '0.25'"
        findings.refuse(path, f"is {shown(text)}; {message}")


def decode_quantity_e6(text: str, path: str, findings: Findings) -> int | None:
    """Return a quantity in (0, 1000000], times one million."""
    value = decode_e6(text, path, findings)
    if value is not None and not 0 < value <= MOST_QUANTITY * E6:
        findings.refuse(path, f"is {shown(text)}; it must lie in (0, {MOST_QUANTITY}]")
        return None
    return value


def decode_range_e6(text: str, path: str, findings: Findings, most: int) -> int | None:
    """Return a decimal in [0, `most`], times one million."""
    value = decode_e6(text, path, findings)
    if value is not None and not 0 <= value <= most * E6:
        findings.refuse(path, f"is {shown(text)}; it must lie in [0, {most}]")
        return None
    return value


def decode_scaled(value_e6: int, scale: int, path: str, findings: Findings, what: str) -> bool:
    """Say whether a quantity fits a scale, and refuse it if not.

    Parameters
    ----------
    scale
        Decimals allowed, 0 to 6.
    what
        Whose scale it is, for the message.
    """
    if value_e6 % 10 ** (E6_SCALE - scale) == 0:
        return True
    allowed = f"{scale} decimals" if scale else "whole units only"
    findings.refuse(path, f"is {Quantity(value_e6, E6_SCALE)}; {what} allows {allowed}")
    return False


@lru_cache(maxsize=1 << 14)
def encode_decimal(increments: int, scale: int = 0) -> decimal_pb2.Decimal:
    """Return ``increments * 10**-scale`` without needless digits.

    The message is shared: put it into others, do not change it.
    """
    if scale == 0:
        return decimal_pb2.Decimal(value=str(increments))
    return decimal_pb2.Decimal(value=str(Quantity(increments, scale)))


def encode_quantity(quantity: Quantity) -> decimal_pb2.Decimal:
    """Return a quantity as a decimal."""
    return encode_decimal(quantity.increments, quantity.scale)
