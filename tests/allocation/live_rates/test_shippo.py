"""A Shippo-shaped provider is asked the least, and believed only when all is well."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.live_rates.compare import ShipmentToRate, compare
from allocation.live_rates.provider import (
    LiveRate,
    LiveRateError,
    Parcel,
    Place,
    RateQuestion,
)
from allocation.live_rates.settings import PROVIDERS
from allocation.live_rates.shippo import ShippoRates, read_shippo
from tests.allocation.live_rates.bad_server import (
    Behave,
    fake_provider,
    hanging_up,
    send,
    silent,
    trickling,
)

PARCEL = Parcel(1_000_000_000, (254_000, 127_000, 25_400))
QUESTION = RateQuestion(Place("US", "89502"), Place("US", "10001-1234"), True, PARCEL, "USD")


def row(
    provider: Any = "USPS", name: Any = "Ground Advantage", amount: Any = "7.58", **more: Any
) -> dict[str, Any]:
    level = {"name": name, "token": "usps_ground_advantage", "terms": ""}
    found = {"provider": provider, "servicelevel": level, "amount": amount, "currency": "USD"}
    return {**found, "attributes": ["CHEAPEST"], "estimated_days": 3, "zone": "8", **more}


def rows(*found: Any) -> Behave:
    return send(json.dumps({"status": "SUCCESS", "rates": found, "messages": []}).encode(), 201)


GOOD = rows(row(), row("FedEx", "FedEx Ground®", "11"))


def asked_of(behave: Behave, timeout_s: float = 20) -> tuple[LiveRate, ...]:
    with fake_provider(behave) as provider:
        return ShippoRates(provider.url, "secret").rates(QUESTION, timeout_s)


def test_prices_come_back_in_minor_units() -> None:
    assert asked_of(GOOD) == (
        LiveRate("USPS", "Ground Advantage", 758),
        LiveRate("FedEx", "FedEx Ground®", 1100),
    )


def test_the_provider_learns_places_weight_and_size_and_nothing_else() -> None:
    with fake_provider(GOOD) as provider:
        ShippoRates(provider.url, "secret").rates(QUESTION, 20)
    sides = {"length": "10.0", "width": "5.0", "height": "1.0", "distance_unit": "in"}
    assert provider.asked == [
        {
            "path": "/v2/shipments/",
            "address_from": {"country": "US", "zip": "89502"},
            "address_to": {"country": "US", "zip": "10001", "is_residential": True},
            "parcels": [{**sides, "weight": "35.3", "mass_unit": "oz"}],
            "async": False,
        }
    ]
    assert provider.headers[0]["Authorization"] == "ShippoToken secret"


def test_a_parcel_without_sides_is_not_asked_for() -> None:
    with (
        fake_provider(GOOD) as provider,
        pytest.raises(LiveRateError, match="no parcel without sides"),
    ):
        ShippoRates(provider.url, "secret").rates(replace(QUESTION, parcel=Parcel(1)), 20)
    assert not provider.asked


def test_its_names_are_those_of_the_cards() -> None:
    shipments = [
        ShipmentToRate(
            number, carrier, service, QUESTION.origin, QUESTION.destination, True, ((PARCEL, 2),), 9
        )
        for number, (carrier, service) in enumerate(
            [("usps", "ground-advantage"), ("fedex", "ground"), ("ups", "ground")]
        )
    ]
    with fake_provider(GOOD) as provider:
        found = compare(ShippoRates(provider.url, "k"), shipments, "USD", 20, lambda: 0.0)
    assert found.live_minor == {0: 1516, 1: 2200}
    (warning,) = found.warnings
    assert "no live rate from shippo: it has no ups ground" in warning


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (send(b"{}", 500), "HTTP status 500"),
        (send(b"{}", 429), "HTTP status 429"),
        (send(b"{}", 401), "HTTP status 401"),
        (send(b"<html>"), "not JSON"),
        (hanging_up, "connection failed"),
        (rows(), "no list"),
        (rows([]), r"rates\[0\] of its answer is no object"),
        (rows(row(), row(provider=None)), r"rates\[1\]\.provider of its answer is no text"),
        (rows(row(name="")), r"rates\[0\]\.servicelevel\.name of its answer is no text"),
        (rows(row(servicelevel="x")), r"rates\[0\]\.servicelevel of its answer is no object"),
        (rows(row(currency="CAD")), "'CAD', not USD"),
        (rows(row(amount=7.58)), r"rates\[0\]\.amount of its answer is no price in USD"),
        (rows(row(amount="-7.58")), "no price"),
        (rows(row(amount="0")), "no price"),
    ],
)
def test_a_provider_that_behaves_badly_gives_no_price_and_a_reason(
    behave: Behave, reason: str
) -> None:
    with pytest.raises(LiveRateError, match=reason):
        asked_of(behave)


@pytest.mark.parametrize("behave", [silent, trickling])
def test_a_slow_provider_is_left_after_the_time(behave: Behave) -> None:
    with pytest.raises(LiveRateError, match=r"within 0\.2 s"):
        asked_of(behave, 0.2)


names = st.sampled_from(["rates", "provider", "servicelevel", "name", "amount", "currency"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5),
    max_leaves=6,
)


@given(json_values)
def test_any_other_answer_is_refused_with_a_reason(value: Any) -> None:
    with pytest.raises(LiveRateError):
        read_shippo(json.dumps(value).encode(), "USD")


def test_it_is_one_of_the_providers_and_its_key_is_not_shown() -> None:
    provider = PROVIDERS["shippo"]("http://127.0.0.1", "secret")
    assert provider.name == "shippo"
    assert "secret" not in repr(provider)
