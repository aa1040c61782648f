"""Minor currency units as people read them."""

from __future__ import annotations

from routing.rating.minor_units import decimals_of


def amount_text(amount_minor: int, currency: str) -> str:
    """Return an amount with the currency's decimals: 710 USD is ``7.10``."""
    digits = decimals_of(currency)
    sign = "-" if amount_minor < 0 else ""
    whole, part = divmod(abs(amount_minor), int(10**digits))
    return f"{sign}{whole}.{part:0{digits}d}" if digits else f"{sign}{whole}"
