"""Destinations off the beaten track, from postal code to plan: what has a price, what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from allocation.engine import Engine
from allocation.plan import Plan
from routing.geo.normalize import CODE_RULES
from routing.geo.postal import load_postal_index
from routing.ids import CarrierCode, RateCardId, ServiceCode
from routing.network import Network, make_network
from routing.order import Destination
from routing.rating.card_book import CardBook
from routing.rating.load import shipped_cards
from routing.rating.load_transit import shipped_transit
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.rate_card import RateCard
from routing.rating.rate_steps import RateStep, ZoneRates
from routing.rating.zone_chart import ChartEntry, CountryEntry, ZoneChart
from routing.rating.zone_resolver import ZoneResolver
from routing.rating.zones import RateZone
from routing.sourcing.verdict import Verdict
from tests.networks import PLACES, item, line, network, order, request, stock

NET = network([item("cup")])
LEVELS = stock(cup=dict.fromkeys(PLACES, 5))
NO_COORDINATES = "destination coordinates are unknown"


def plan(country: str | None, postal_code: str | None) -> Plan:
    """Plan one cup to a place that is looked up as the server does."""
    found = load_postal_index().lookup(country or "", postal_code or "")
    to = Destination(country, postal_code, None if found is None else found.coordinates)
    asked = order([line(1, "cup")], destination=to)
    return Engine(clock=lambda: 0.0).plan(request(asked, NET, LEVELS, explain=True)).plan


def planned_to(country: str, postal_code: str, net: Network = NET, *, po_box: bool = False) -> Plan:
    """Plan one cup to a place by country and code alone."""
    to = Destination(country, postal_code, po_box=po_box)
    return (
        Engine(clock=lambda: 0.0)
        .plan(request(order([line(1, "cup")], destination=to), net, LEVELS, explain=True))
        .plan
    )


def services(made: Plan) -> set[tuple[str, str, int]]:
    return {(each.carrier, each.location_id, each.rate_zone) for each in made.shipments}


def refused_everywhere(made: Plan) -> bool:
    """Whether nothing ships, because nobody has a price, and the plan says so."""
    assert made.explanation is not None
    verdicts = {each.verdict for told in made.explanation.lines for each in told.verdicts}
    reasons = [each.reason.value for each in made.unfilled]
    return not made.shipments and verdicts == {Verdict.NO_RATE} and reasons == ["not_shippable"]


@pytest.mark.parametrize(
    ("country", "postal_code", "zone"),
    [
        ("PR", "00901", 7),
        ("US", "00901", 7),
        ("VI", "00802", 7),
        ("GU", "96910", 8),
        ("MP", "96950", 8),
        ("AS", "96799", 8),
        ("US", "96813", 8),
        ("US", "99501", 8),
    ],
)
def test_islands_and_territories_are_domestic_mail_at_their_distance(
    country: str, postal_code: str, zone: int
) -> None:
    made = plan(country, postal_code)
    assert services(made) == {("usps", "atlanta", zone)}
    assert made.warnings == ()


@pytest.mark.parametrize(("country", "postal_code"), [("FM", "96941"), ("MH", "96960")])
def test_associated_states_have_a_zone_by_their_zip_though_nobody_knows_where_they_lie(
    country: str, postal_code: str
) -> None:
    made = plan(country, postal_code)
    assert services(made) == {("usps", "atlanta", 9)}
    assert [each.partition(":")[0] for each in made.warnings] == [NO_COORDINATES]
    assert {each.distance_m for each in made.shipments} == {None}


@pytest.mark.parametrize("postal_code", ["09012", "34002", "96201-1234", "96601"])
def test_military_mail_is_said_to_need_a_zone_chart(postal_code: str) -> None:
    made = plan("US", postal_code)
    assert refused_everywhere(made)
    warning, refused = made.warnings
    assert "military mail" in warning
    assert refused.endswith("where fedex ground cannot deliver")
    assert f"lists area {postal_code[:3]}" in warning


@pytest.mark.parametrize(
    ("postal_code", "served"),
    [
        pytest.param("10008", True, id="only PO boxes"),
        pytest.param("20500", True, id="one building"),
    ],
)
def test_codes_without_residents_are_places_like_others(postal_code: str, served: bool) -> None:
    assert bool(plan("US", postal_code).shipments) is served


@pytest.mark.parametrize(
    ("country", "postal_code"),
    [
        ("US", "00000"),
        ("US", "no code"),
        ("US", None),
        ("ZZ", "123"),
        (None, "10001"),
        (None, None),
    ],
)
def test_a_place_that_nobody_knows_has_no_price_and_a_way_out(
    country: str | None, postal_code: str | None
) -> None:
    made = plan(country, postal_code)
    assert refused_everywhere(made)
    (warning,) = made.warnings
    assert warning.startswith(NO_COORDINATES)
    assert "give coordinates" in warning


def test_an_unknown_zip_of_a_known_area_is_served_from_its_middle() -> None:
    known, unknown = plan("US", "10001"), plan("US", "10098")
    assert services(known) == services(unknown)
    assert unknown.warnings == ()


ABROAD: Mapping[str, str] = {
    "AT": "1010",
    "AU": "2000",
    "BE": "1000",
    "BR": "01000-000",
    "CA": "M5V 2T6",
    "CH": "8001",
    "CZ": "110 00",
    "DE": "10115",
    "DK": "1050",
    "ES": "28001",
    "FI": "00100",
    "FR": "75001",
    "GB": "SW1A 1AA",
    "IE": "D02 X285",
    "IN": "110001",
    "IT": "00118",
    "JP": "100-0001",
    "MX": "06000",
    "NL": "1012 AB",
    "NO": "0150",
    "NZ": "6011",
    "PL": "00-001",
    "PT": "1000-001",
    "SE": "111 22",
}


def test_every_country_of_the_index_but_the_us_is_tried() -> None:
    assert ABROAD.keys() == CODE_RULES.keys() - {"US"}
    assert len(ABROAD) == 24


@pytest.mark.parametrize("country", sorted(ABROAD))
def test_places_abroad_are_known_and_without_a_price_of_the_shipped_cards(country: str) -> None:
    made = plan(country, ABROAD[country])
    assert load_postal_index().lookup(country, ABROAD[country]) is not None
    assert refused_everywhere(made)
    assert made.warnings == ()


def test_distances_abroad_are_known_whoever_ships() -> None:
    found = load_postal_index().lookup("CA", ABROAD["CA"])
    assert found is not None
    assert np.isclose(found.coordinates.lat_deg, 43.6, atol=0.2)
    assert found.tz == "America/Toronto"


# --- addresses that not every carrier serves ---------------------------------

FEDEX_ONLY = CardBook(tuple(card for card in shipped_cards() if card.carrier == "fedex"))
RESOLVERS = {name: ZoneResolver(bands) for name, bands in shipped_zone_bands().items()}


def fedex_network(resolvers: Mapping[str, ZoneResolver] = RESOLVERS) -> Network:
    return make_network(NET.locations, NET.items.values(), FEDEX_ONLY, resolvers, shipped_transit())


def test_a_private_carrier_never_ships_to_a_po_box() -> None:
    to_street = planned_to("US", "10001", fedex_network())
    assert {each.carrier for each in to_street.shipments} == {"fedex"}
    to_box = planned_to("US", "10001", fedex_network(), po_box=True)
    assert not to_box.shipments
    assert {each.reason.value for each in to_box.unfilled} == {"not_shippable"}
    assert "the destination is a post office box, where fedex ground cannot deliver" in (
        to_box.warnings
    )


def test_the_postal_service_ships_to_a_po_box_at_the_price_of_a_street() -> None:
    to_street, to_box = planned_to("US", "02108"), planned_to("US", "02108", po_box=True)
    assert {each.carrier for each in to_box.shipments} == {"usps"}
    assert to_street.cost.total_minor <= to_box.cost.total_minor


def test_both_kinds_of_address_are_told_apart_however_often_they_come() -> None:
    net = fedex_network()
    filled = [
        bool(planned_to("US", "10001", net, po_box=po_box).shipments)
        for po_box in (False, True, False, True)
    ]
    assert filled == [True, False, True, False]


def test_a_zone_for_military_mail_does_not_make_a_private_carrier_serve_it() -> None:
    charted = {
        name: ZoneResolver(
            resolver.bands,
            ZoneChart.of(
                resolver.bands.carrier,
                [ChartEntry(int(code[:3]), 90, RateZone(8), "here") for code in PLACES.values()],
            ),
        )
        for name, resolver in RESOLVERS.items()
    }
    made = planned_to("US", "09012", fedex_network(charted))
    assert not made.shipments
    assert "the destination is military mail, where fedex ground cannot deliver" in made.warnings
    everybody = make_network(
        NET.locations, NET.items.values(), CardBook(shipped_cards()), charted, shipped_transit()
    )
    assert {each.carrier for each in planned_to("US", "09012", everybody).shipments} == {"usps"}


# --- prices abroad -----------------------------------------------------------


def card_abroad() -> RateCard:
    """Return a card with two zones abroad, a euro a pound in the first, two in the second."""
    steps = [RateStep(pounds * 453_592_370, 100 * pounds) for pounds in (1, 5, 20)]
    far = [RateStep(each.max_weight_ug, 2 * each.price_minor) for each in steps]
    return replace(
        FEDEX_ONLY.cards[0],
        id=RateCardId("globe"),
        carrier=CarrierCode("globe"),
        service=ServiceCode("world"),
        currency="USD",
        effective_from=date(2026, 1, 1),
        effective_to=None,
        zone_scheme="globe",
        rates=(
            ZoneRates(RateZone(1), tuple(steps), ()),
            ZoneRates(RateZone(2), tuple(far), ()),
        ),
        max_weight_ug=20 * 453_592_370,
        surcharges=(),
        not_to=frozenset(),
    )


@pytest.mark.parametrize("country", sorted(ABROAD))
def test_with_a_card_and_zones_by_country_every_country_is_served(country: str) -> None:
    near = [CountryEntry("US", to, RateZone(1), "here") for to in ("CA", "MX")]
    far = [CountryEntry("", to, RateZone(2), "here") for to in ABROAD if to not in ("CA", "MX")]
    chart = ZoneChart.of(CarrierCode("globe"), [], [*near, *far])
    bands = RESOLVERS["usps"].bands
    resolver = ZoneResolver(replace(bands, carrier=CarrierCode("globe")), chart)
    net = make_network(
        NET.locations,
        NET.items.values(),
        CardBook((*shipped_cards(), card_abroad())),
        {**RESOLVERS, "globe": resolver},
        shipped_transit(),
    )
    made = planned_to(country, ABROAD[country], net)
    (shipment,) = made.shipments
    assert (shipment.carrier, shipment.service) == ("globe", "world")
    assert shipment.rate_zone == (1 if country in ("CA", "MX") else 2)
    assert dict(made.cost.terms)["postage"] == 100 * shipment.rate_zone
