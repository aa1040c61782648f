"""Cartons, surcharges by size and area, transit and exchange rates over the wire."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import text_format

from allocation.server.codec.findings import Findings
from allocation.server.codec.rate_card import decode_rate_card
from allocation.server.codec.shipped_card import encode_shipped_card
from allocation.server.network_content import rows_between, with_rows
from allocation.server.shipped import initial_state
from allocation.v1 import shipment_pb2
from routing.rating.load import shipped_cards
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import PercentOf
from routing.v1 import carton_pb2, rate_card_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import (
    Client,
    allocate_request,
    error_of,
    item,
    location,
    usd,
)


def carton(carton_id: str, *sides_mm: int, **fields: Any) -> carton_pb2.Carton:
    message = carton_pb2.Carton(id=carton_id, **fields)
    for name, side in zip(("length_mm", "width_mm", "height_mm"), sides_mm, strict=True):
        getattr(message.inner, name).value = str(side)
        getattr(message.outer, name).value = str(side + 6)
    return message


def sized(item_id: str, *sides_mm: int) -> Any:
    message = item(item_id, "350", sku=f"{item_id.upper()}-1")
    for name, side in zip(("length_mm", "width_mm", "height_mm"), sides_mm, strict=True):
        getattr(message.dimensions, name).value = str(side)
    return message


SMALL, LARGE = carton("small", 200, 150, 100, cost=usd(0, 40)), carton("large", 600, 400, 400)


async def put_cartons(client: Client, *cartons: carton_pb2.Carton) -> Any:
    return await client.network.PutCartons(net.PutCartonsRequest(cartons=cartons))


async def test_parcels_of_a_plan_name_their_carton_and_pay_for_it(client: Client) -> None:
    await client.network.PutItems(net.PutItemsRequest(items=[sized("mug", 90, 90, 90)]))
    await put_cartons(client, LARGE, SMALL)
    plan = (await client.allocation.Allocate(allocate_request())).plan
    parcels = [parcel for shipment in plan.shipments for parcel in shipment.parcels]
    assert {parcel.carton_id for parcel in parcels} == {"small"}
    terms = {term.name: term.amount for parcel in parcels for term in parcel.cost.terms}
    assert terms["packing:carton"] == usd(0, 40)
    listed = (await client.network.ListCartons(net.ListCartonsRequest())).cartons
    assert [each.id for each in listed] == ["large", "small"]
    await put_cartons(client)
    assert not (await client.network.ListCartons(net.ListCartonsRequest())).cartons
    again = (await client.allocation.Allocate(allocate_request())).plan
    assert {parcel.carton_id for each in again.shipments for parcel in each.parcels} == {""}


async def test_cartons_may_come_with_a_request(client: Client) -> None:
    request = allocate_request()
    request.network.cartons.append(LARGE)
    plan = (await client.allocation.Allocate(request)).plan
    assert {p.carton_id for each in plan.shipments for p in each.parcels} == {"large"}
    assert not (await client.network.ListCartons(net.ListCartonsRequest())).cartons


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ('id: ""', {"cartons[0].id"}),
        ("inner { length_mm { value: '0' } }", {"cartons[0].inner.length_mm"}),
        ("outer { length_mm { value: '9' } }", {"cartons[0].outer.length_mm"}),
        ("fill_percent: 101", {"cartons[0].fill_percent"}),
        ("max_weight_g { value: '0' }", {"cartons[0].max_weight_g"}),
        ("cost { currency_code: 'EUR' units: 1 }", {"cartons[0].cost.currency_code"}),
        ("tare_g { value: 'x' }", {"cartons[0].tare_g"}),
    ],
)
async def test_every_problem_of_a_carton_is_named_by_its_field(
    client: Client, changes: str, paths: set[str]
) -> None:
    message = carton("small", 200, 150, 100)
    text_format.Merge(changes, message)
    error = await error_of(put_cartons(client, message))
    assert error.violations.keys() == paths


async def test_a_carton_that_a_location_needs_cannot_be_taken_away(client: Client) -> None:
    await put_cartons(client, SMALL)
    place = location("reno", "89502", carton_ids=["small"])
    await client.network.PutLocations(net.PutLocationsRequest(locations=[place]))
    error = await error_of(put_cartons(client, LARGE))
    assert "locations[reno].carton_ids" in error.violations["cartons"]
    place = location("reno", "89502", carton_ids=["tin"])
    error = await error_of(client.network.PutLocations(net.PutLocationsRequest(locations=[place])))
    assert "'tin' is unknown" in error.violations["locations"]


async def test_shipments_say_where_prices_and_dates_come_from(client: Client) -> None:
    plan = (await client.allocation.Allocate(allocate_request())).plan
    (shipment,) = plan.shipments
    assert shipment.rate_card_source.startswith(("USPS Notice 123", "FedEx"))
    assert shipment.delivery_confidence == shipment_pb2.DeliveryConfidence(
        basis=rate_card_pb2.TRANSIT_BASIS_ASSUMPTION
    )


TRANSIT = """
    carrier: "USPS" service: "Ground Advantage" delivery_days: MONDAY delivery_days: TUESDAY
    ranges { rate_zone: 8 min_business_days: 1 max_business_days: 1
             basis: TRANSIT_BASIS_MEASURED on_time_percent: 97 }
    ranges { rate_zone: 4 min_business_days: 1 max_business_days: 1
             basis: TRANSIT_BASIS_MEASURED on_time_percent: 97 }
"""


async def test_own_transit_days_decide_the_promise(client: Client) -> None:
    table = text_format.Parse(TRANSIT, rate_card_pb2.TransitTable())
    await client.network.PutRateCards(net.PutRateCardsRequest(transit_tables=[table]))
    plan = (await client.allocation.Allocate(allocate_request())).plan
    found = [each for each in plan.shipments if each.delivery_confidence.on_time_percent]
    for shipment in found:
        assert shipment.delivery_confidence.on_time_percent == 97
        assert shipment.delivery_confidence.basis == rate_card_pb2.TRANSIT_BASIS_MEASURED
    assert len(client.server.network.state.transit_tables) == 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("ranges { min_business_days: 1 }", "ranges[2]"),
        ("ranges { rate_zone: 4 }", "ranges[zone 4]"),
        ("ranges { origin_zip3: '1' destination_zip3: '900' }", "ranges[2]"),
        ("ranges { rate_zone: 5 min_business_days: 3 }", "ranges[zone 5]"),
        ("delivery_days: DAY_OF_WEEK_UNSPECIFIED", "delivery_days[2]"),
        ("holiday_country: 'ZZ'", "holiday_country"),
    ],
)
async def test_a_transit_table_with_a_problem_is_refused(
    client: Client, text: str, path: str
) -> None:
    table = text_format.Parse(TRANSIT, rate_card_pb2.TransitTable())
    text_format.Merge(text, table)
    error = await error_of(
        client.network.PutRateCards(net.PutRateCardsRequest(transit_tables=[table]))
    )
    assert any(path in violated for violated in error.violations), error.violations


CARD = """
    id: "sized" carrier: "c" service: "s" currency: "USD" zone_scheme: "USPS" source: "here"
    effective_from { year: 2026 month: 1 day: 1 } service_level: SERVICE_LEVEL_EXPRESS
    steps { rate_zone: 1 max_weight_lb { value: "70" } price { currency_code: "USD" units: 9 } }
    min_price { currency_code: "USD" units: 10 }
    side_rounding { step_in { value: "1" } up: true }
    delivery_areas { name: "far" ranges { region_code: "US" first_postal_code: "99501" } }
    carton_rates { rate_zone: 1 rate_code: "tin" max_weight_lb { value: "20" }
                   price { currency_code: "USD" units: 12 } }
    surcharges {
      name: "long" kind: SURCHARGE_KIND_FLAT amount { currency_code: "USD" units: 5 }
      exclusive_group: "handling" min_billable_weight_lb { value: "40" }
      trigger { over_longest_side_in { value: "48" } over_second_side_in { value: "30" }
                over_length_plus_girth_in { value: "105" } over_volume_in3 { value: "1728" }
                over_actual_weight_lb { value: "50" } }
    }
    surcharges {
      name: "remote" kind: SURCHARGE_KIND_FLAT amount { currency_code: "USD" units: 4 }
      delivery_area: "far" business_only: true
    }
"""

FEE = 'name: "x" kind: SURCHARGE_KIND_FLAT amount { currency_code: "USD" }'


def decode(text: str) -> tuple[RateCard | None, Findings]:
    findings = Findings()
    message = text_format.Parse(text, rate_card_pb2.RateCard())
    return decode_rate_card(message, "rate_cards[0]", findings), findings


def test_sizes_areas_minimum_and_flat_rate_cartons_are_read_and_given_back() -> None:
    card, findings = decode(CARD)
    assert not findings.violations
    assert card is not None
    long, remote = card.surcharges
    assert long.trigger is not None
    assert long.trigger.longest_over_um == 48 * 25_400
    assert long.trigger.volume_over_nl == 1_728 * 16_387_064
    assert (long.min_billable_ug, long.group) == (40 * 453_592_370, "handling")
    assert (remote.area, remote.residential) == ("far", False)
    findings = Findings()
    decoded = decode_rate_card(encode_shipped_card(card), "rate_cards[0]", findings)
    assert decoded == card


@pytest.mark.parametrize("card", shipped_cards(), ids=lambda card: card.id)
def test_a_shipped_card_is_listed_with_everything_that_prices(card: RateCard) -> None:
    findings = Findings()
    again = decode_rate_card(encode_shipped_card(card), "rate_cards[0]", findings)
    assert not findings.violations
    assert again is not None
    assert (again.rates, again.areas) == (card.rates, card.areas)
    # Of what a flat amount is no percentage, does not matter.
    flats = [replace(each, percent_of=PercentOf.BASE_AND_FLATS) for each in card.surcharges]
    assert list(again.surcharges) == flats
    assert (again.side_rounding, again.service_level) == (card.side_rounding, card.service_level)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (f"surcharges {{ {FEE} trigger {{ }} }}", "surcharges[2].trigger"),
        (
            f"surcharges {{ {FEE} residential_only: true business_only: true }}",
            "surcharges[2].business_only",
        ),
        (
            'delivery_areas { name: "a" ranges { region_code: "US" first_postal_code: "x" } }',
            "delivery_areas[1].ranges[0].first_postal_code",
        ),
        ('delivery_areas { name: "a" }', "delivery_areas[1]"),
        ('carton_rates { rate_zone: 1 rate_code: "b" }', "carton_rates[1].price"),
        ("side_rounding { step_in { value: '0' } }", "side_rounding"),
        ("service_level: 77", "service_level"),
    ],
)
def test_every_problem_of_the_card_is_named_by_its_field(text: str, path: str) -> None:
    message = text_format.Parse(CARD, rate_card_pb2.RateCard())
    text_format.Merge(text, message)
    findings = Findings()
    assert decode_rate_card(message, "rate_cards[0]", findings) is None
    assert any(path in each.path for each in findings.violations), findings.violations


def rates(currency: str = "USD", **given: str) -> net.PutExchangeRatesRequest:
    request = net.PutExchangeRatesRequest(currency=currency)
    for code, rate in given.items():
        request.rates.add(currency=code).rate.value = rate
    return request


async def test_a_location_may_cost_another_currency(client: Client) -> None:
    await client.network.PutExchangeRates(rates(CAD="0.7351"))
    place = location("newark", "07102", currency="CAD")
    place.handling_cost.per_shipment.currency_code = "CAD"
    place.handling_cost.per_shipment.units = 10
    place.handling_cost.material_per_parcel.currency_code = "CAD"
    place.handling_cost.material_per_parcel.units = 1
    place.handling_cost.labour.per_hour.currency_code = "CAD"
    place.handling_cost.labour.per_hour.units = 36
    place.handling_cost.labour.unit_s = 100
    await client.network.PutLocations(net.PutLocationsRequest(locations=[place]))
    request = allocate_request()
    request.options.allowed_location_ids.append("newark")
    plan = (await client.allocation.Allocate(request)).plan
    (shipment,) = plan.shipments
    terms = {term.name: term.amount for term in shipment.cost.terms}
    units = sum(int(float(c.quantity.value)) for p in shipment.parcels for c in p.contents)
    # 10.00, 1.00 and 1.00 Canadian dollars a unit, each amount rounded by itself.
    assert terms["handling:shipment"] == usd(7, 35)
    assert terms["packing:material"] == usd(0, 74)
    cents = 74 * units
    assert terms["labour:unit"] == usd(cents // 100, cents % 100)
    total = sum(t.amount.units * 100 + t.amount.nanos // 10_000_000 for t in plan.cost.terms)
    assert total == plan.cost.total.units * 100 + plan.cost.total.nanos // 10_000_000


async def test_prices_may_be_in_another_currency_once_there_is_a_rate(client: Client) -> None:
    card = text_format.Parse(CARD, rate_card_pb2.RateCard())
    text = text_format.MessageToString(card).replace("USD", "CAD")
    canadian = text_format.Parse(text, rate_card_pb2.RateCard())
    await client.network.PutExchangeRates(rates(CAD="0.75"))
    await client.network.PutRateCards(net.PutRateCardsRequest(rate_cards=[canadian]))
    (found,) = [c for c in client.server.network.state.network.cards.cards if c.id == "sized"]
    assert (found.currency, found.rates[0].steps[0].price_minor) == ("USD", 675)
    assert [each.amount for each in found.surcharges] == [375, 300]
    error = await error_of(client.network.PutExchangeRates(rates(EUR="1.1")))
    assert "rate_cards[sized].currency" in error.violations["rates"]


@pytest.mark.parametrize(
    ("request_", "paths"),
    [
        (rates(""), {"currency"}),
        (rates(CAD="-1"), {"rates[0].rate"}),
        (rates(CAD="0"), {"rates[0].rate"}),
        (rates(CAD="1.1234567890123"), {"rates[0].rate"}),
        (rates(USD="2"), {"rates[USD]"}),
    ],
)
async def test_rates_that_are_none_are_refused(
    client: Client, request_: net.PutExchangeRatesRequest, paths: set[str]
) -> None:
    error = await error_of(client.network.PutExchangeRates(request_))
    assert error.violations.keys() == paths


async def test_everything_put_is_kept_and_found_again(client: Client) -> None:
    await client.network.PutExchangeRates(rates(CAD="0.75"))
    await put_cartons(client, SMALL)
    table = text_format.Parse(TRANSIT, rate_card_pb2.TransitTable())
    await client.network.PutRateCards(net.PutRateCardsRequest(transit_tables=[table]))
    start, state = initial_state(shipped_rates=True), client.server.network.state
    again = with_rows(start, rows_between(start, state), state.version)
    assert again.network.carton_sets.cartons == state.network.carton_sets.cartons
    assert again.network.exchange == state.network.exchange
    assert again.network.transit == state.network.transit
    assert not rows_between(again, state)
