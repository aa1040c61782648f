"""Published prices to integer minor units of their currency, exactly or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

# ISO 4217 currencies whose minor unit is not a hundredth.
_DECIMALS: Final = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_USUAL_DECIMALS: Final = 2


def decimals_of(currency: str) -> int:
    """Return how many decimals the ISO 4217 `currency` has."""
    return _DECIMALS.get(currency, _USUAL_DECIMALS)


def minor_from_major(amount: Decimal, currency: str) -> int:
    """Return `amount` in minor units.

    Raises
    ------
    ValueError
        If `amount` has more decimals than `currency`, which would need rounding.
    """
    scaled = amount.scaleb(decimals_of(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has more decimals than {currency} has")
    return int(scaled)


def round_half_up(numerator: int, denominator: int) -> int:
    """Return ``numerator / denominator`` to the nearest integer, halves upward.

    Both are integers and `denominator` is positive, so nothing is lost on the way.
    """
    return (2 * numerator + denominator) // (2 * denominator)
