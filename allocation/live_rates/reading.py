"""How answers with rates are read: one that is wrong anywhere is not believed at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

from allocation.live_rates.provider import LiveRate, LiveRateError
from routing.rating.minor_units import minor_from_major

MOST_MINOR: Final = 10**9
"""Dearest parcel that is believed, in minor units."""

MOST_RATES: Final = 1_000
_PRICE: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")


def read_rates(
    content: bytes, read: Callable[[dict[str, Any], str], LiveRate]
) -> tuple[LiveRate, ...]:
    """Return the rates of an answer, the list ``rates`` of an object.

    Parameters
    ----------
    read
        Reads one of them, an object, at its path.

    Raises
    ------
    LiveRateError
        With the first thing that is wrong.
    """
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise LiveRateError("its answer is not JSON") from error
    rows = answer.get("rates") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not 0 < len(rows) <= MOST_RATES:
        raise LiveRateError(f"its answer has no list of 1 to {MOST_RATES} rates")
    return tuple(read(as_object(row, path), path) for row, path in _at(rows))


def _at(rows: list[Any]) -> list[tuple[Any, str]]:
    return [(row, f"rates[{number}]") for number, row in enumerate(rows)]


def as_object(value: Any, path: str) -> dict[str, Any]:
    """Return a value that must be an object."""
    if not isinstance(value, dict):
        raise LiveRateError(f"{path} of its answer is no object")
    return value


def text_of(row: dict[str, Any], name: str, path: str) -> str:
    """Return a text that must not be empty."""
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise LiveRateError(f"{path}.{name} of its answer is no text")
    return value


def minor_of(row: dict[str, Any], name: str, path: str, currency: str) -> int:
    """Return a price that must be in a currency, which stands beside it, and more than 0."""
    given = text_of(row, "currency", path)
    if given != currency:
        raise LiveRateError(f"{path}.currency of its answer is {given[:8]!r}, not {currency}")
    value = row.get(name)
    if isinstance(value, str) and _PRICE.fullmatch(value):
        with suppress(ValueError):  # Finer than the currency: as wrong as no price.
            minor = minor_from_major(Decimal(value), currency)
            if 0 < minor <= MOST_MINOR:
                return minor
    raise LiveRateError(f"{path}.{name} of its answer is no price in {currency}")
