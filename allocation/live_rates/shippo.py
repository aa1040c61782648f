"""A provider of Shippo's form: a shipment is made, and its rates come with it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from allocation.live_rates.asking import answer_to, inches, ounces, place
from allocation.live_rates.provider import LiveRate, LiveRateError, RateQuestion
from allocation.live_rates.reading import as_object, minor_of, read_rates, text_of


@dataclass(frozen=True, slots=True)
class ShippoRates:
    """Asks ``POST url/shipments/``, and waits for the rates of all carriers.

    Attributes
    ----------
    url
        Of the API, without a slash at the end.
    key
        Secret; never shown.
    """

    url: str
    key: str = field(repr=False)
    name: str = "shippo"

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        """Return today's prices; see `RateProvider`."""
        token = f"ShippoToken {self.key}"
        answer = answer_to(f"{self.url}/shipments/", _body(question), token, timeout_s)
        return read_shippo(answer, question.currency)


def _body(question: RateQuestion) -> bytes:
    sides_um = question.parcel.sides_um
    if sides_um is None:
        raise LiveRateError(
            "it prices no parcel without sides, and those of cartons only are known"
        )
    length, width, height = (str(inches(side_um)) for side_um in sides_um)
    parcel = {
        "length": length,
        "width": width,
        "height": height,
        "distance_unit": "in",
        "weight": str(ounces(question.parcel.weight_ug)),
        "mass_unit": "oz",
    }
    shipment = {
        "address_from": place(question.origin),
        "address_to": {**place(question.destination), "is_residential": question.residential},
        "parcels": [parcel],
        "async": False,
    }
    return json.dumps(shipment).encode()


def read_shippo(content: bytes, currency: str) -> tuple[LiveRate, ...]:
    """Return the rates of an answer; see `allocation.live_rates.reading`."""

    def rate(row: dict[str, Any], path: str) -> LiveRate:
        level = as_object(row.get("servicelevel"), f"{path}.servicelevel")
        service = text_of(level, "name", f"{path}.servicelevel")
        return LiveRate(
            text_of(row, "provider", path), service, minor_of(row, "amount", path, currency)
        )

    return read_rates(content, rate)
