"""A geocoder that answers badly is told apart from one that knows of no such place."""

from __future__ import annotations

import time

import pytest

from allocation.geocoding.geocoder import GeocodingError, PostalQuestion
from allocation.geocoding.nominatim import USER_AGENT, NominatimGeocoder
from allocation.outside.http import MOST_BYTES
from routing.geo.coordinates import Coordinates
from tests.allocation.geocoding.places import SEOUL, place, places
from tests.allocation.live_rates.bad_server import (
    Behave,
    fake_provider,
    hanging_up,
    send,
    silent,
    trickling,
)

ASKED = PostalQuestion("KR", "04524")


def locate(behave: Behave, asked: PostalQuestion = ASKED, timeout_s: float = 5) -> object:
    with fake_provider(behave) as service:
        return NominatimGeocoder(service.url).locate(asked, timeout_s)


def test_a_postal_code_is_found_within_its_country() -> None:
    assert locate(SEOUL) == Coordinates(37.5636, 126.9976)


def test_only_country_and_code_are_sent() -> None:
    with fake_provider(SEOUL) as service:
        NominatimGeocoder(service.url).locate(ASKED, 5)
    (asked,) = service.asked
    assert asked.pop("path") == "/v2/search"
    assert asked == {
        "postalcode": "04524",
        "countrycodes": "kr",
        "addressdetails": "1",
        "accept-language": "en",
        "format": "json",
        "limit": "1",
    }
    assert service.headers[0]["User-Agent"] == USER_AGENT


def test_a_territory_is_looked_for_under_either_country() -> None:
    with fake_provider(places(place("us", "18.4", "-66.1"))) as service:
        found = NominatimGeocoder(service.url).locate(PostalQuestion("PR", "00900"), 5)
    assert found == Coordinates(18.4, -66.1)
    assert service.asked[0]["countrycodes"] == "pr,us"


@pytest.mark.parametrize("nothing", [b"[]", b'{"error": "Unable to geocode"}'])
def test_no_such_place_is_an_answer(nothing: bytes) -> None:
    assert locate(send(nothing)) is None


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (places(place("jp", "35.6", "139.7")), "a place in 'jp', not in KR"),
        (places(place(None, "35.6", "139.7")), "a place in no country, not in KR"),
        (places(place("kr", "north", "126.9")), "no coordinates"),
        (places(place("kr", "91", "126.9")), "no point on Earth"),
        (places(place("kr", "nan", "126.9")), "no point on Earth"),
        (places(place("kr", "37.5", "181")), "no point on Earth"),
        (places(place("kr", "0", "0")), r"the point \(0, 0\)"),
        (places({"address": {"country_code": "kr"}}), "no coordinates"),
        (places({"lat": "1", "lon": "1", "display_name": "x", "address": []}), "in no country"),
        (send(b"[1]"), "no coordinates"),
        (send(b'"yes"'), "no list of places"),
        (send(b"{"), "not JSON"),
        (send(b"[" * 100_000), "not JSON"),
        (send(b"\xff"), "not UTF-8"),
        (send(b'{"error": {"code": 400}}'), "refuses to answer"),
        (send(b"[]", 500), "HTTP status 500"),
        (send(b"slow down", 429), "HTTP status 429"),
        (send(b"", 302), "HTTP status 302"),
        (send(b"[]", length=9), "7 bytes early"),
        (send(b" " * (MOST_BYTES + 1)), "larger than"),
        (hanging_up, "connection failed"),
    ],
)
def test_an_answer_that_cannot_be_relied_on_is_an_error(behave: Behave, reason: str) -> None:
    with pytest.raises(GeocodingError, match=reason):
        locate(behave)


@pytest.mark.parametrize("behave", [silent, trickling])
def test_one_that_is_slow_is_hung_up_on(behave: Behave) -> None:
    started_s = time.monotonic()
    with pytest.raises(GeocodingError, match=r"did not answer within 0\.2 s"):
        locate(behave, timeout_s=0.2)
    # As long as a test may wait at all: without the limit it would be 20 s.
    assert time.monotonic() - started_s < 15


def test_where_nobody_listens_is_an_error() -> None:
    with fake_provider(SEOUL) as service:
        url = service.url
    with pytest.raises(GeocodingError, match="connection failed"):
        NominatimGeocoder(url).locate(ASKED, 5)


def test_its_name_is_its_host() -> None:
    assert NominatimGeocoder("https://geo.example.com:8080/nominatim").name == "geo.example.com"
