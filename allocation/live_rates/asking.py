"""What providers are told in the same way: weights and sides in tenths, places by postal code."""

from __future__ import annotations

from typing import Final

from allocation.live_rates.provider import LiveRateError, Place
from allocation.outside.http import OutsideError, post

_UG_PER_80_OUNCES: Final = 2_267_961_850  # An ounce has 28,349,523.125 micrograms.
_UM_PER_INCH: Final = 25_400


def ounces(weight_ug: int) -> float:
    """Return a weight in ounces, rounded up to a tenth, and at least that."""
    return _tenths(weight_ug, _UG_PER_80_OUNCES, 80)


def inches(side_um: int) -> float:
    """Return a side in inches, rounded up to a tenth, and at least that."""
    return _tenths(side_um, _UM_PER_INCH, 1)


def _tenths(value: int, per: int, units: int) -> float:
    return max(1, -(-value * units * 10 // per)) / 10


def place(to: Place) -> dict[str, str]:
    """Return an address with country and postal code only."""
    # Five digits price a parcel in the US; four more would tell the block.
    code = to.postal_code[:5] if to.country == "US" else to.postal_code
    return {"country": to.country, "zip": code}


def answer_to(url: str, body: bytes, authorization: str, timeout_s: float) -> bytes:
    """Return what a provider answers to a question in JSON.

    Raises
    ------
    LiveRateError
        There is no answer.
    """
    headers = {
        "Authorization": authorization,
        "Content-Type": "application/json",
        "Accept": "application/json",
    }
    try:
        return post(url, body, headers, timeout_s)
    except OutsideError as error:
        raise LiveRateError(str(error)) from error
