"""Putting, listing and getting the network."""

from __future__ import annotations

from typing import Any

import grpc
import pytest

from allocation.server import paging
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from routing.v1 import network_service_pb2 as net
from routing.v1 import rate_card_pb2
from tests.allocation.server.samples import (
    PLACES,
    Client,
    allocate_request,
    connected,
    error_of,
    item,
    location,
)


async def test_what_was_put_is_given_back_as_it_was_put(client: Client) -> None:
    put = location("boston", "02108", name="Boston")
    put.address.address_lines.append("1 Beacon St")
    put.carrier_services.add(carrier="USPS", service="Ground Advantage")
    await client.network.PutLocations(net.PutLocationsRequest(locations=[put]))
    answer = await client.network.GetLocation(net.GetLocationRequest(id="boston"))
    assert answer.location == put
    answer = await client.network.GetItem(net.GetItemRequest(id="gift-set"))
    assert [part.inventory_item_id for part in answer.item.components] == ["mug", "tea"]


async def test_a_put_replaces_the_same_ids_and_leaves_the_others_alone(client: Client) -> None:
    put = net.PutItemsRequest(items=[item("mug", "999", title="Heavy mug"), item("hat")])
    await client.network.PutItems(put)
    answer = await client.network.ListItems(net.ListItemsRequest())
    assert [each.id for each in answer.items] == ["cloth", "gift-set", "hat", "mug", "tea"]
    assert next(each for each in answer.items if each.id == "mug").title == "Heavy mug"
    assert next(each for each in answer.items if each.id == "tea").sku == "TEA-1"


async def test_the_version_grows_with_every_accepted_put(client: Client) -> None:
    versions = []
    for _ in range(3):
        put = net.PutItemsRequest(items=[item("hat")])
        versions.append((await client.network.PutItems(put)).network_version)
    assert versions == sorted(set(versions))
    plan = (await client.allocation.Allocate(allocate_request())).plan
    assert plan.basis.network_version == versions[-1]


async def test_validate_only_checks_and_changes_nothing(client: Client) -> None:
    before = client.server.network.state
    answer = await client.network.PutLocations(
        net.PutLocationsRequest(locations=[location("nowhere")], validate_only=True)
    )
    assert answer.network_version == before.version
    assert any("unknown coordinates" in warning for warning in answer.warnings)
    assert client.server.network.state is before
    bad = net.PutItemsRequest(items=[item("")], validate_only=True)
    assert (await error_of(client.network.PutItems(bad))).violations.keys() == {"items[0].id"}


async def test_a_refused_put_changes_nothing_at_all(client: Client) -> None:
    before = client.server.network.state
    good_and_bad = net.PutLocationsRequest(
        locations=[location("boston", "02108"), location("bad", tz="Mars/Olympus")]
    )
    error = await error_of(client.network.PutLocations(good_and_bad))
    assert error.reason == "INVALID_REQUEST"
    assert error.violations.keys() == {"locations[1].tz"}
    assert client.server.network.state is before


@pytest.mark.parametrize(
    ("items", "paths"),
    [
        ([item("hat"), item("hat")], {"items[1].id"}),
        ([item("hat", sku="MUG-1")], {"items[0].sku"}),
        ([item("hat", sku="S"), item("cap", sku="S")], {"items[1].sku"}),
    ],
)
async def test_ids_and_skus_name_one_item(client: Client, items: Any, paths: set[str]) -> None:
    error = await error_of(client.network.PutItems(net.PutItemsRequest(items=items)))
    assert error.violations.keys() == paths


def kit(kit_id: str, part_id: str, quantity: str = "1") -> Any:
    message = item(kit_id, "")
    message.components.add(inventory_item_id=part_id).required_quantity.value = quantity
    return message


async def test_kits_must_be_whole_known_and_end_somewhere(client: Client) -> None:
    for items, path in (
        ([kit("set", "ghost")], "items[0].components[0]"),
        ([kit("set", "set")], "items[0].components"),
        ([kit("a", "b"), kit("b", "a")], "items[0].components"),
        ([kit("set", "mug", "0.5")], "items[0].components"),
        ([kit("s1", "mug", "1000000"), kit("s2", "s1", "2")], "items[1].components"),
    ):
        error = await error_of(client.network.PutItems(net.PutItemsRequest(items=items)))
        assert path in error.violations


async def test_what_items_say_of_each_other_is_told_with_what_is_wrong_by_itself(
    client: Client,
) -> None:
    heavy = item("lid", "-1")
    items = [
        heavy,
        kit("pot-with-lid", "lid", "0.5"),
        kit("set", "ghost"),
        kit("ring", "ring"),
        kit("pair", "mug", "0.5"),
        item("saucer", "", sku="MUG-1"),
    ]
    error = await error_of(client.network.PutItems(net.PutItemsRequest(items=items)))
    assert error.violations.keys() == {
        "items[0].weight_g",
        "items[2].components[0]",
        "items[3].components",
        "items[4].components",
        "items[5].sku",
    }
    items = [kit("holder", "ring"), kit("ring", "ring"), kit("other", "mug", "1.5")]
    error = await error_of(client.network.PutItems(net.PutItemsRequest(items=items)))
    assert error.violations.keys() == {f"items[{number}].components" for number in range(3)}


async def test_an_item_cannot_change_so_that_a_registered_kit_breaks(client: Client) -> None:
    whole = kit("metre", "cloth", "0.25")
    await client.network.PutItems(net.PutItemsRequest(items=[whole]))
    put = net.PutItemsRequest(items=[item("cloth", "300")])
    error = await error_of(client.network.PutItems(put))
    assert "'metre'" in error.violations["items"]


async def test_locations_are_listed_page_by_page_in_the_order_of_their_ids(
    client: Client,
) -> None:
    more = [location(f"l-{number:03d}", "10001") for number in range(120)]
    await client.network.PutLocations(net.PutLocationsRequest(locations=more))
    everything = sorted([*PLACES, *(each.id for each in more)])
    first = await client.network.ListLocations(net.ListLocationsRequest())
    assert [each.id for each in first.locations] == everything[:100]
    listed, token = [], ""
    while True:
        request = net.ListLocationsRequest(page_size=41, page_token=token)
        answer = await client.network.ListLocations(request)
        listed += [each.id for each in answer.locations]
        token = answer.next_page_token
        if not token:
            break
    assert listed == everything


async def test_a_page_that_ends_exactly_at_the_end_is_the_last(client: Client) -> None:
    answer = await client.network.ListItems(net.ListItemsRequest(page_size=4))
    assert len(answer.items) == 4
    assert not answer.next_page_token


async def test_what_is_put_between_two_pages_moves_nothing(client: Client) -> None:
    first = await client.network.ListItems(net.ListItemsRequest(page_size=2))
    await client.network.PutItems(net.PutItemsRequest(items=[item("aaa"), item("zzz")]))
    rest = await client.network.ListItems(net.ListItemsRequest(page_token=first.next_page_token))
    assert [each.id for each in rest.items] == ["mug", "tea", "zzz"]


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        (net.ListItemsRequest(page_size=-1), "page_size"),
        (net.ListItemsRequest(page_size=1001), "page_size"),
        (net.ListItemsRequest(page_token="not a token"), "page_token"),
        (net.ListItemsRequest(page_token="bm8="), "page_token"),
    ],
)
async def test_a_page_that_makes_no_sense_is_refused(
    client: Client, request_: net.ListItemsRequest, path: str
) -> None:
    assert (await error_of(client.network.ListItems(request_))).violations.keys() == {path}


def test_pages_of_heavy_messages_are_cut_short_and_lose_nothing() -> None:
    heavy = {f"card-{n}": rate_card_pb2.RateCard(id=f"card-{n}") for n in range(5)}
    for card in heavy.values():
        card.source = "x" * (paging.MOST_PAGE_BYTES // 2)
    ids, token, listed = sorted(heavy), "", []
    while True:
        found, token = paging.page(ids, 1_000, token, heavy.__getitem__)
        assert len(found) == 1
        listed += [card.id for card in found]
        if not token:
            break
    assert listed == ids


async def test_the_shipped_rate_cards_are_there_with_or_without_their_steps(
    client: Client,
) -> None:
    whole = await client.network.ListRateCards(net.ListRateCardsRequest())
    headers = await client.network.ListRateCards(net.ListRateCardsRequest(headers_only=True))
    assert len(whole.rate_cards) == len(headers.rate_cards) > 0
    for card, header in zip(whole.rate_cards, headers.rate_cards, strict=True):
        assert card.steps
        assert not header.steps
        card.ClearField("steps")
        assert card == header


async def test_a_server_can_start_without_the_shipped_rate_cards() -> None:
    settings = ServerSettings(port=0, shipped_rates=False)
    async with running_server(settings) as server, connected(server) as client:
        answer = await client.network.ListRateCards(net.ListRateCardsRequest())
        await client.put_network()
        error = await error_of(client.allocation.Allocate(allocate_request()))
    assert not answer.rate_cards
    assert error.reason == "NETWORK_EMPTY"


def own_card(**fields: Any) -> rate_card_pb2.RateCard:
    card = rate_card_pb2.RateCard(
        id="bike-2026",
        carrier="Bike",
        service="Courier",
        currency="USD",
        zone_scheme="bike zones",
        **fields,
    )
    card.effective_from.year, card.effective_from.month, card.effective_from.day = 2020, 1, 1
    step = card.steps.add(rate_zone=1)
    step.max_weight_g.value = "100000"
    step.price.currency_code = "USD"
    step.price.units = 1
    return card


async def test_a_card_of_an_unknown_zone_scheme_is_refused_until_its_chart_comes_along(
    client: Client,
) -> None:
    alone = net.PutRateCardsRequest(rate_cards=[own_card()])
    error = await error_of(client.network.PutRateCards(alone))
    assert error.violations.keys() == {"rate_cards[0].zone_scheme"}

    chart = rate_card_pb2.ZoneChart(zone_scheme="Bike Zones")
    chart.pairs.add(origin_zip3="071", destination_zip3="100", rate_zone=1)
    together = net.PutRateCardsRequest(rate_cards=[own_card()], zone_charts=[chart])
    answer = await client.network.PutRateCards(together)
    assert any("transit" in warning for warning in answer.warnings)
    request = allocate_request()
    plan = (await client.allocation.Allocate(request)).plan
    assert plan.shipments[0].carrier_service.carrier == "Bike"
    assert plan.cost.total.units == 1

    request.order.destination.address.postal_code = "60601"  # not on the chart
    plan = (await client.allocation.Allocate(request)).plan
    assert plan.shipments[0].carrier_service.carrier != "Bike"


async def test_cards_of_one_service_whose_dates_overlap_are_refused(client: Client) -> None:
    listed = await client.network.ListRateCards(net.ListRateCardsRequest())
    copy = listed.rate_cards[0]
    copy.id = "copy"
    error = await error_of(client.network.PutRateCards(net.PutRateCardsRequest(rate_cards=[copy])))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert len(error.violations) == 1


async def test_an_official_chart_wins_over_distance_bands(client: Client) -> None:
    request = allocate_request({"mug": "1"}, {"mug": {"newark": "1"}})
    before = (await client.allocation.Allocate(request)).plan
    scheme = before.shipments[0].rate_card_id
    card = (await client.network.GetRateCard(net.GetRateCardRequest(id=scheme))).rate_card
    chart = rate_card_pb2.ZoneChart(zone_scheme=card.zone_scheme)
    chart.pairs.add(origin_zip3="071", destination_zip3="100", rate_zone=8)
    await client.network.PutRateCards(net.PutRateCardsRequest(zone_charts=[chart]))
    after = (await client.allocation.Allocate(request)).plan
    assert before.shipments[0].rate_zone < 8
    zones = [(s.rate_card_id, s.rate_zone) for s in after.shipments]
    assert (scheme, before.shipments[0].rate_zone) not in zones


@pytest.mark.parametrize(
    ("pair", "field"),
    [
        ({"origin_zip3": "07", "destination_zip3": "100"}, "origin_zip3"),
        ({"origin_zip3": "071", "destination_zip3": "1OO"}, "destination_zip3"),
        ({"origin_zip3": "071", "destination_zip3": "100", "rate_zone": 1000}, "rate_zone"),
    ],
)
async def test_a_chart_with_a_bad_pair_is_refused(
    client: Client, pair: dict[str, Any], field: str
) -> None:
    chart = rate_card_pb2.ZoneChart(zone_scheme="usps")
    chart.pairs.add(**pair)
    put = net.PutRateCardsRequest(zone_charts=[chart])
    error = await error_of(client.network.PutRateCards(put))
    assert error.violations.keys() == {f"zone_charts[0].pairs[0].{field}"}


async def test_a_put_of_too_much_is_refused_before_it_is_looked_into(client: Client) -> None:
    put = net.PutRateCardsRequest(rate_cards=[own_card() for _ in range(201)])
    error = await error_of(client.network.PutRateCards(put))
    assert error.reason == "REQUEST_TOO_LARGE"
    assert error.metadata == {"kind": "rate_cards", "count": "201", "limit": "200"}


async def test_a_location_that_ships_with_an_unpriced_service_is_warned_of(
    client: Client,
) -> None:
    put = location("boston", "02108")
    put.carrier_services.add(carrier="Pigeon", service="Post")
    answer = await client.network.PutLocations(net.PutLocationsRequest(locations=[put]))
    assert any("pigeon post" in warning for warning in answer.warnings)


async def test_a_card_with_many_holes_is_refused_without_naming_each(client: Client) -> None:
    card = own_card(source="holes")
    card.ClearField("steps")
    for number in range(4_000):
        step = card.steps.add(rate_zone=number % 40)
        step.max_weight_g.value = str(number + 1)
        step.price.currency_code = "USD"
        step.price.units = number
    put = net.PutRateCardsRequest(rate_cards=[card])
    error = await error_of(client.network.PutRateCards(put))
    assert error.reason == "INVALID_REQUEST"
    assert "rate_cards[0].steps" in error.violations
