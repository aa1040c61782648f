"""An EasyPost-shaped provider is asked the least, and believed only when all is well."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.live_rates.easypost import EasyPostRates, read_easypost
from allocation.live_rates.provider import (
    LiveRate,
    LiveRateError,
    Parcel,
    Place,
    RateQuestion,
)
from allocation.outside.http import MOST_BYTES
from tests.allocation.live_rates.bad_server import (
    Behave,
    fake_provider,
    hanging_up,
    rates,
    send,
    silent,
    trickling,
)

QUESTION = RateQuestion(
    Place("US", "89502"),
    Place("US", "10001-1234"),
    True,
    Parcel(1_000_000_000, (254_000, 127_000, 25_400)),
    "USD",
)
GOOD = rates(("USPS", "GroundAdvantage", "7.58", "USD"), ("FedEx", "FEDEX_GROUND", "11", "USD"))


def asked_of(behave: Behave, timeout_s: float = 20) -> tuple[LiveRate, ...]:
    with fake_provider(behave) as provider:
        return EasyPostRates(provider.url, "secret").rates(QUESTION, timeout_s)


def test_prices_come_back_in_minor_units() -> None:
    assert asked_of(GOOD) == (
        LiveRate("USPS", "GroundAdvantage", 758),
        LiveRate("FedEx", "FEDEX_GROUND", 1100),
    )


def test_the_provider_learns_places_weight_and_size_and_nothing_else() -> None:
    with fake_provider(GOOD) as provider:
        EasyPostRates(provider.url, "secret").rates(QUESTION, 20)
    assert provider.asked == [
        {
            "path": "/v2/shipments",
            "shipment": {
                "to_address": {"country": "US", "zip": "10001", "residential": True},
                "from_address": {"country": "US", "zip": "89502"},
                # A kilogram has 35.27 ounces: rounded up, as carriers do.
                "parcel": {"weight": 35.3, "length": 10.0, "width": 5.0, "height": 1.0},
            },
        }
    ]
    assert provider.headers[0]["Authorization"] == "Basic c2VjcmV0Og=="


def test_sides_that_nobody_knows_are_not_made_up() -> None:
    question = replace(QUESTION, parcel=Parcel(0))
    with fake_provider(GOOD) as provider:
        EasyPostRates(provider.url, "secret").rates(question, 20)
    assert provider.asked[0]["shipment"]["parcel"] == {"weight": 0.1}


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (send(b"oh no", 500), "HTTP status 500"),
        (send(b"", 302), "HTTP status 302"),
        (send(b"", 204), "HTTP status 204"),
        (send(b"<html>busy</html>"), "not JSON"),
        (send(b"\xff\xfe\x00"), "not JSON"),
        (send(b"[" * 100_000), "not JSON"),
        (send(b'{"rates": [', length=400), "389 bytes early"),
        (send(b" " * (MOST_BYTES + 1)), "larger than"),
        (hanging_up, "connection failed"),
        (rates(), "no list"),
        (rates(("USPS", "Priority", "7.58", "CAD")), "'CAD', not USD"),
    ],
)
def test_a_provider_that_behaves_badly_gives_no_price_and_a_reason(
    behave: Behave, reason: str
) -> None:
    with pytest.raises(LiveRateError, match=reason):
        asked_of(behave)


@pytest.mark.parametrize("behave", [silent, trickling])
def test_a_slow_provider_is_left_after_the_time_however_it_keeps_the_line_busy(
    behave: Behave,
) -> None:
    # Either server would go on for as long as it is listened to.
    with pytest.raises(LiveRateError, match=r"within 0\.2 s"):
        asked_of(behave, 0.2)


def test_a_provider_that_is_not_there_gives_no_price() -> None:
    with fake_provider(GOOD) as provider:
        pass
    with pytest.raises(LiveRateError, match="connection failed"):
        EasyPostRates(provider.url, "secret").rates(QUESTION, 20)


@pytest.mark.parametrize(
    "rate",
    [
        "-4.10",
        "NaN",
        "Infinity",
        "0",
        "0.00",
        "1e2",
        "7,58",
        "",
        "7.581",
        "99999999999",
        "1_0",
        " 7",
        "\N{ARABIC-INDIC DIGIT SEVEN}",
        None,
        True,
        7,
        7.58,
        [],
        {},
    ],
)
def test_what_is_no_positive_price_in_whole_cents_is_refused(rate: Any) -> None:
    rows = [
        {"carrier": "A", "service": "b", "rate": "5.00", "currency": "USD"},
        {"carrier": "A", "service": "c", "rate": rate, "currency": "USD"},
    ]
    with pytest.raises(LiveRateError, match=r"rates\[1\]\.rate of its answer is no price in USD"):
        read_easypost(json.dumps({"rates": rows}).encode(), "USD")


def test_a_currency_without_cents_has_whole_prices() -> None:
    row = {"carrier": "A", "service": "b", "rate": "758", "currency": "JPY"}
    assert read_easypost(json.dumps({"rates": [row]}).encode(), "JPY")[0].price_minor == 758


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rates", "carrier", "service", "rate", "currency"]), inner, max_size=5
        )
    ),
    max_leaves=6,
)


@given(json_values)
def test_any_other_answer_is_refused_with_a_reason(value: Any) -> None:
    with pytest.raises(LiveRateError):
        read_easypost(json.dumps(value).encode(), "USD")


def test_the_key_is_not_shown() -> None:
    assert "secret" not in repr(EasyPostRates("http://127.0.0.1", "secret"))
