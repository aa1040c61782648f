"""Short forms of common messages: one function per message type, in one table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from decimal import Decimal
from typing import Final

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

from allocation.cli.friendly.scalars import MismatchError, shown
from allocation.cli.money_text import decimal_of, money_fields, plain

_MONEY: Final = re.compile(r"\s*(?P<amount>[+-]?[\d.]+)\s*(?P<currency>[A-Za-z]{3})\s*")
_MONEY_FORM: Final = 'it must look like "4.50 USD" or {"currency": "USD", "amount": 4.50}'


def _decimal(value: object) -> object:
    if isinstance(value, dict) and set(value) == {"value"}:
        value = value["value"]
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise MismatchError(f"is {shown(value)}; it must be a number or a text such as '4.5'")
    return {"value": plain(decimal_of(str(value)))}


def _money(value: object) -> object:
    if isinstance(value, str):
        match = _MONEY.fullmatch(value)
        if match is None:
            raise MismatchError(f"is {value!r}; {_MONEY_FORM}")
        return money_fields(decimal_of(match["amount"]), match["currency"].upper())
    if not isinstance(value, dict):
        raise MismatchError(f"is {shown(value)} without a currency; {_MONEY_FORM}")
    keys = {{"currencyCode": "currency_code", "currency": "currency_code"}.get(k, k) for k in value}
    currency = value.get("currency_code") or value.get("currencyCode") or value.get("currency")
    if not isinstance(currency, str):
        raise MismatchError(f"has no currency; {_MONEY_FORM}")
    if keys == {"currency_code", "amount"}:
        return money_fields(decimal_of(str(value["amount"])), currency)
    if keys <= {"currency_code", "units", "nanos"}:
        nanos = Decimal(str(value.get("nanos", 0))) * Decimal("1e-9")
        return money_fields(decimal_of(str(value.get("units", 0))) + nanos, currency)
    raise MismatchError(f"has the keys {', '.join(sorted(value))}; {_MONEY_FORM}")


def _date(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise MismatchError(f"is {value!r}; a date looks like 2026-11-05") from None
    return {"year": day.year, "month": day.month, "day": day.day}


def _time_of_day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        clock = time.fromisoformat(value.strip())
    except ValueError:
        raise MismatchError(f"is {value!r}; a time of day looks like 17:00") from None
    return {"hours": clock.hour, "minutes": clock.minute, "seconds": clock.second}


def _timestamp(value: object) -> object:
    try:
        Timestamp().FromJsonString(str(value))
    except ValueError:
        raise MismatchError(f"is {shown(value)}; a time looks like 2026-11-05T17:00:00Z") from None
    return value


def _duration(value: object) -> object:
    try:
        Duration().FromJsonString(str(value))
    except ValueError:
        raise MismatchError(f"is {shown(value)}; a duration looks like 900s") from None
    return value


SHORT_FORMS: Final[Mapping[str, Callable[[object], object]]] = {
    "google.type.Decimal": _decimal,
    "google.type.Money": _money,
    "google.type.Date": _date,
    "google.type.TimeOfDay": _time_of_day,
    "google.protobuf.Timestamp": _timestamp,
    "google.protobuf.Duration": _duration,
}
"""From the full name of a message to the function that returns its strict JSON.

A function raises `ValueError` with what is wrong, and may return an object with keys that are
still to be checked.
"""

COMPLETE: Final = frozenset(
    {"google.type.Decimal", "google.type.Money"}
    | {"google.protobuf.Timestamp", "google.protobuf.Duration"}
)
"""Messages whose function leaves nothing to check."""
