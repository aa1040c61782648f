"""Cells that several of the project's own tables share."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from google.protobuf.descriptor import EnumDescriptor
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date
from google.type.latlng_pb2 import LatLng
from google.type.money_pb2 import Money

from allocation.cli.friendly.scalars import MismatchError, enum_name
from allocation.cli.importers.build import money_message
from allocation.cli.importers.table_file import Row

_TRUE = frozenset({"true", "yes", "1"})
_MOST_WHOLE = 1_000_000_000
_FALSE = frozenset({"false", "no", "0", ""})


def flag(row: Row, column: str) -> bool:
    """Return true or false; an empty cell is false."""
    value = row.text(column).casefold()
    if value not in _TRUE | _FALSE:
        row.report(column, f"is {row.text(column)!r}; write true or false")
    return value in _TRUE


def instant(row: Row, column: str) -> Timestamp | None:
    """Return a time with its zone; ``None`` for an empty cell, or one that was reported."""
    value = row.text(column)
    if not value:
        return None
    stamp = Timestamp()
    try:
        stamp.FromJsonString(value)
    except ValueError:
        row.report(column, f"is {value!r}; a time looks like 2026-11-05T17:00:00Z")
        return None
    return stamp


def day(row: Row, column: str) -> Date | None:
    """Return a date; ``None`` for an empty cell, or one that was reported."""
    text = row.text(column)
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        row.report(column, f"is {text!r}; a date looks like 2026-11-05")
        return None
    return found and Date(year=found.year, month=found.month, day=found.day)


def words(row: Row, column: str) -> list[str]:
    """Return the words of a cell, which are separated by semicolons."""
    return [word.strip() for word in row.text(column).split(";") if word.strip()]


def whole(row: Row, column: str) -> int:
    """Return a whole number; 0 for an empty cell."""
    number = row.decimal(column)
    if number is None:
        return 0
    if number != number.to_integral_value() or abs(number) > _MOST_WHOLE:
        row.report(column, f"is {number}; it must be a whole number up to {_MOST_WHOLE:,}")
        return 0
    return int(number)


def money(row: Row, column: str) -> Money | None:
    """Return an amount in the row's currency, ``None`` for an empty cell."""
    amount = row.decimal(column, least=0)
    if amount is None:
        return None
    currency = row.text("currency").upper()
    if len(currency) != 3:
        row.report("currency", f"is {currency!r}; {column} needs an ISO 4217 code such as USD")
        return None
    return amount_in(row, column, amount, currency)


def amount_in(row: Row, column: str, amount: Decimal, currency: str) -> Money | None:
    """Return an amount of money; one with too many decimals is reported."""
    try:
        return money_message(amount, currency)
    except ValueError as error:
        row.report(column, str(error))
        return None


def choice(row: Row, column: str, enum: EnumDescriptor) -> str:
    """Return the full name of an enum value given by its short name; empty: unspecified."""
    value = row.text(column)
    if value:
        try:
            return enum_name(value, enum)
        except MismatchError as error:
            row.report(column, str(error))
    return str(enum.values[0].name)


def coordinates(row: Row) -> LatLng | None:
    """Return the point of a row, ``None`` unless both columns are filled."""
    latitude, longitude = row.decimal("latitude"), row.decimal("longitude")
    if latitude is None and longitude is None:
        return None
    if latitude is None or longitude is None:
        row.report("latitude", "and longitude go together; fill in both or none")
        return None
    for column, degrees, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if abs(degrees) > most:
            row.report(column, f"is {degrees}; it must lie in [-{most}, {most}]")
    return LatLng(latitude=float(latitude), longitude=float(longitude))
