"""Rates as EasyPost-shaped APIs give them: one shipment posted, its rates in the answer."""

from __future__ import annotations

import base64
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from allocation.live_rates.provider import LiveRate, LiveRateError, Place, RateQuestion
from allocation.outside.http import OutsideError, post
from routing.rating.minor_units import minor_from_major

MOST_MINOR: Final = 10**9
"""Dearest parcel that is believed, in minor units."""

MOST_RATES: Final = 1_000
_PRICE: Final = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
_UG_PER_80_OUNCES: Final = 2_267_961_850  # An ounce has 28,349,523.125 micrograms.
_UM_PER_INCH: Final = 25_400


@dataclass(frozen=True, slots=True)
class EasyPostRates:
    """Asks ``POST url/shipments``, with the key as the user name of basic authentication.

    Attributes
    ----------
    url
        Of the API, with its version, without a slash at the end.
    key
        Secret; never shown.
    """

    url: str
    key: str = field(repr=False)
    name: str = "easypost"

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        """Return today's prices; see `RateProvider`."""
        token = base64.b64encode(f"{self.key}:".encode()).decode()
        headers = {
            "Authorization": f"Basic {token}",
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        try:
            answer = post(f"{self.url}/shipments", _body(question), headers, timeout_s)
        except OutsideError as error:
            raise LiveRateError(str(error)) from error
        return read_rates(answer, question.currency)


def _body(question: RateQuestion) -> bytes:
    weight = _tenths(question.parcel.weight_ug, _UG_PER_80_OUNCES, 80)
    parcel = {"weight": weight}
    if question.parcel.sides_um is not None:
        for name, side_um in zip(
            ("length", "width", "height"), question.parcel.sides_um, strict=True
        ):
            parcel[name] = _tenths(side_um, _UM_PER_INCH, 1)
    to = {**_place(question.destination), "residential": question.residential}
    shipment = {"to_address": to, "from_address": _place(question.origin), "parcel": parcel}
    return json.dumps({"shipment": shipment}).encode()


def _tenths(value: int, per: int, units: int) -> float:
    """Return ``value * units / per``, rounded up to a tenth, and at least that."""
    return max(1, -(-value * units * 10 // per)) / 10


def _place(place: Place) -> dict[str, str]:
    # Five digits price a parcel in the US; four more would tell the block.
    code = place.postal_code[:5] if place.country == "US" else place.postal_code
    return {"country": place.country, "zip": code}


def read_rates(content: bytes, currency: str) -> tuple[LiveRate, ...]:
    """Return the rates of an answer; one that is wrong anywhere is not believed at all.

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
    return tuple(_rate(row, f"rates[{number}]", currency) for number, row in enumerate(rows))


def _rate(row: Any, path: str, currency: str) -> LiveRate:
    if not isinstance(row, dict):
        raise LiveRateError(f"{path} of its answer is no object")
    for name in ("carrier", "service", "currency"):
        if not isinstance(row.get(name), str) or not row[name]:
            raise LiveRateError(f"{path}.{name} of its answer is no text")
    if row["currency"] != currency:
        found = repr(row["currency"][:8])
        raise LiveRateError(f"{path}.currency of its answer is {found}, not {currency}")
    return LiveRate(row["carrier"], row["service"], _minor(row.get("rate"), path, currency))


def _minor(value: Any, path: str, currency: str) -> int:
    if isinstance(value, str) and _PRICE.fullmatch(value):
        with suppress(ValueError):  # Finer than the currency: as wrong as no price.
            minor = minor_from_major(Decimal(value), currency)
            if 0 < minor <= MOST_MINOR:
                return minor
    raise LiveRateError(f"{path}.rate of its answer is no price in {currency}")
