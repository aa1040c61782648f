"""Amounts of money, decimals and dates of the contract as text, and back, exactly."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from google.type.date_pb2 import Date
from google.type.decimal_pb2 import Decimal as DecimalMessage
from google.type.money_pb2 import Money

from routing.rating.minor_units import decimals_of

MOST_DIGITS_BEFORE = 15
MOST_DIGITS_AFTER = 12

_NANOS = Decimal("1e-9")


def decimal_of(text: str) -> Decimal:
    """Return a finite decimal number.

    Raises
    ------
    ValueError
        If `text` is not a plain decimal number, or has more digits than anything that is
        counted, weighed or paid.
    """
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise ValueError(f"{shortened(text)} is not a decimal number; write it like 4.50")
    exponent = value.as_tuple().exponent
    if value.adjusted() >= MOST_DIGITS_BEFORE or int(exponent) < -MOST_DIGITS_AFTER:
        raise ValueError(
            f"{shortened(text)} has more than {MOST_DIGITS_BEFORE} digits before the point or "
            f"{MOST_DIGITS_AFTER} after it; check the number"
        )
    return value


def shortened(text: str) -> str:
    """Return a text in quotes, only its beginning where it is long."""
    return repr(text) if len(text) <= 40 else f"{text[:40]!r}..."


def plain(value: Decimal) -> str:
    """Return the shortest exact text without an exponent: ``12``, ``0.25``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def amount_of(money: Money) -> Decimal:
    """Return the amount in major units, exactly."""
    return Decimal(int(money.units)) + int(money.nanos) * _NANOS


def amount_text(amount: Decimal, currency: str) -> str:
    """Return an amount with the decimals that its currency has, more if it needs them."""
    exact = plain(amount)
    shown = -Decimal(exact).as_tuple().exponent if "." in exact else 0  # type: ignore[operator]
    return f"{amount:.{max(shown, decimals_of(currency))}f}"


def money_text(money: Money, *, with_currency: bool = False) -> str:
    """Return ``7.10``, or ``7.10 USD``."""
    text = amount_text(amount_of(money), money.currency_code)
    return f"{text} {money.currency_code}".strip() if with_currency else text


def money_fields(amount: Decimal, currency: str) -> dict[str, object]:
    """Return the JSON of a ``google.type.Money``.

    Raises
    ------
    ValueError
        If `amount` has more than nine decimals.
    """
    nanos_total = amount / _NANOS
    if nanos_total != nanos_total.to_integral_value():
        raise ValueError(f"{amount} has more than nine decimals")
    sign = -1 if nanos_total < 0 else 1
    units, nanos = divmod(abs(int(nanos_total)), 1_000_000_000)
    return {"currency_code": currency, "units": str(sign * units), "nanos": sign * nanos}


def quantity_text(quantity: DecimalMessage) -> str:
    """Return a quantity as the contract carries it, ``0`` for an absent one."""
    return plain(decimal_of(quantity.value)) if quantity.value else "0"


def date_text(date: Date) -> str:
    """Return ``2026-11-05``, or a dash for an absent date."""
    return f"{date.year:04d}-{date.month:02d}-{date.day:02d}" if date.year else "-"
