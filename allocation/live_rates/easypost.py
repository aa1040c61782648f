"""A provider of EasyPost's form: a shipment is made, and its rates come with it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from allocation.live_rates.asking import answer_to, inches, ounces, place
from allocation.live_rates.provider import LiveRate, RateQuestion
from allocation.live_rates.reading import minor_of, read_rates, text_of


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
        answer = answer_to(f"{self.url}/shipments", _body(question), f"Basic {token}", timeout_s)
        return read_easypost(answer, question.currency)


def _body(question: RateQuestion) -> bytes:
    parcel = {"weight": ounces(question.parcel.weight_ug)}
    if question.parcel.sides_um is not None:
        names = ("length", "width", "height")
        parcel |= dict(zip(names, map(inches, question.parcel.sides_um), strict=True))
    to = {**place(question.destination), "residential": question.residential}
    shipment = {"to_address": to, "from_address": place(question.origin), "parcel": parcel}
    return json.dumps({"shipment": shipment}).encode()


def read_easypost(content: bytes, currency: str) -> tuple[LiveRate, ...]:
    """Return the rates of an answer; see `allocation.live_rates.reading`."""

    def rate(row: dict[str, Any], path: str) -> LiveRate:
        carrier, service = (text_of(row, name, path) for name in ("carrier", "service"))
        return LiveRate(carrier, service, minor_of(row, "rate", path, currency))

    return read_rates(content, rate)
