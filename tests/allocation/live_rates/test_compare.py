"""Shipments are priced live as a whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from allocation.live_rates.compare import ShipmentToRate, compare
from allocation.live_rates.provider import LiveRate, LiveRateError, Parcel, Place, RateQuestion

SHIPMENT = ShipmentToRate(
    1,
    "USPS",
    "ground-advantage",
    Place("US", "89502"),
    Place("US", "10001"),
    True,
    ((Parcel(5), 2), (Parcel(7), 1)),
    999,
)


@dataclass
class ByWeight:
    """Asks its parcel's weight in cents; knows nothing of 13."""

    name: str = "by-weight"

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        assert timeout_s > 0
        weight = question.parcel.weight_ug
        if weight == 13:
            raise LiveRateError("it does not like 13")
        return (
            LiveRate("Other", "GroundAdvantage", 1),
            LiveRate("USPS", "Priority", 2),
            LiveRate("USPS", "GroundAdvantage", weight * 10),
            LiveRate("USPS", "USPS_GROUND_ADVANTAGE", weight * 10 + 1),
        )


def zero() -> float:
    return 0.0


def test_a_shipment_costs_its_parcels_as_often_as_there_are_and_at_the_least_price() -> None:
    found = compare(ByWeight(), [SHIPMENT], "USD", 1, zero)
    assert (found.live_minor, found.warnings) == ({1: 2 * 50 + 70}, ())


def broken(**changes: object) -> ShipmentToRate:
    return replace(SHIPMENT, number=2, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("shipment", "reason"),
    [
        (broken(parcels=((Parcel(5), 1), (Parcel(13), 1))), "it does not like 13"),
        (broken(service="overnight"), "it has no USPS overnight"),
        (broken(carrier="UPS"), "it has no UPS ground-advantage"),
        (broken(origin=None), "both ends"),
        (broken(destination=None), "both ends"),
    ],
)
def test_one_without_a_price_keeps_the_cards_with_a_warning_and_others_are_priced(
    shipment: ShipmentToRate, reason: str
) -> None:
    found = compare(ByWeight(), [shipment, SHIPMENT], "USD", 1, zero)
    assert set(found.live_minor) == {1}
    (warning,) = found.warnings
    assert warning.startswith("shipment 2 has no live rate from by-weight: ")
    assert reason in warning
    assert warning.endswith("the rate card's price stands")


def test_what_the_time_does_not_reach_keeps_the_cards_price() -> None:
    seconds = iter([0.0, 0.1, 0.2, 5.0])
    found = compare(
        ByWeight(), [SHIPMENT, replace(SHIPMENT, number=2)], "USD", 1, lambda: next(seconds)
    )
    assert set(found.live_minor) == {1}
    assert "time for live rates was over" in found.warnings[0]
