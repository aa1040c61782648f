"""Live prices beside the card's, from a provider that may behave badly."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from allocation.live_rates.settings import LiveRateSettings
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.v1 import allocation_service_pb2 as pb
from routing.v1 import network_service_pb2 as net
from routing.v1 import order_pb2
from tests.allocation.live_rates.bad_server import (
    Behave,
    FakeProvider,
    fake_provider,
    hanging_up,
    rates,
    send,
    silent,
)
from tests.allocation.server.samples import Client, allocate_request, connected, location

SETTINGS = ServerSettings(port=0, record_plans=True)
EVERY_SERVICE = rates(
    ("USPS", "GroundAdvantage", "100.00", "USD"),
    ("USPS", "Priority", "100.00", "USD"),
    ("FedEx", "FEDEX_GROUND", "100.00", "USD"),
    ("FedEx", "GROUND_HOME_DELIVERY", "100.00", "USD"),
    ("FedEx", "Home Delivery", "100.00", "USD"),
)


@asynccontextmanager
async def served(
    folder: Path, behave: Behave, timeout_s: float = 20
) -> AsyncIterator[tuple[Client, FakeProvider]]:
    key = folder / "key"
    key.write_text("secret")
    with fake_provider(behave) as provider:
        live = LiveRateSettings("easypost", provider.url, key, timeout_s)
        async with (
            running_server(replace(SETTINGS, live_rates=live)) as server,
            connected(server) as client,
        ):
            await client.put_network()
            yield client, provider


def card_minor(answer: pb.AllocateResponse) -> int:
    return sum(
        (term.amount.units * 100 + term.amount.nanos // 10_000_000) * parcel.count
        for shipment in answer.plan.shipments
        for parcel in shipment.parcels
        for term in parcel.cost.terms
        if term.name == "postage" or term.name.startswith("surcharge:")
    )


async def test_by_default_no_plan_has_live_prices(client: Client) -> None:
    answer = await client.allocation.Allocate(allocate_request())
    assert not answer.live_rates
    assert not any("live rate" in each for each in answer.plan.warnings)


async def test_a_plan_comes_with_todays_price_and_how_far_the_card_is_off(tmp_path: Path) -> None:
    async with served(tmp_path, EVERY_SERVICE) as (client, _):
        answer = await client.allocation.Allocate(allocate_request())
    (rate,) = answer.live_rates
    (shipment,) = answer.plan.shipments
    assert (rate.shipment_number, rate.provider) == (shipment.number, "easypost")
    assert rate.live.units == 100
    card = rate.card.units * 100 + rate.card.nanos // 10_000_000
    assert card == card_minor(answer) > 0
    assert rate.drift.units * 100 + rate.drift.nanos // 10_000_000 == 10_000 - card


async def test_the_second_plan_of_a_kind_asks_nobody(tmp_path: Path) -> None:
    async with served(tmp_path, EVERY_SERVICE) as (client, provider):
        first = await client.allocation.Allocate(allocate_request())
        asked = len(provider.asked)
        second = await client.allocation.Allocate(allocate_request())
    assert first.live_rates == second.live_rates
    assert len(provider.asked) == asked > 0


async def test_who_the_shopper_is_stays_here(tmp_path: Path) -> None:
    request = allocate_request()
    address = request.order.destination.address
    address.recipients.append("Ada Lovelace")
    address.address_lines.append("12 Secret Street")
    address.locality = "Gotham"
    async with served(tmp_path, EVERY_SERVICE) as (client, provider):
        await client.allocation.Allocate(request)
    told = json.dumps(provider.asked)
    assert "10001" in told
    for word in ("Ada", "Secret", "Gotham", "order-1", "mug", "line-1"):
        assert word not in told


@pytest.mark.parametrize(
    ("behave", "reason"),
    [
        (send(b"", 500), "HTTP status 500"),
        (send(b"{"), "not JSON"),
        (hanging_up, "connection failed"),
        (rates(("USPS", "GroundAdvantage", "5.00", "EUR")), "'EUR', not USD"),
        (rates(("DHL", "Express", "5.00", "USD")), "it has no "),
    ],
)
async def test_without_a_live_price_the_plan_stands_and_says_who_and_why(
    behave: Behave, reason: str, tmp_path: Path
) -> None:
    async with served(tmp_path, behave) as (client, _):
        answer = await client.allocation.Allocate(allocate_request())
    assert answer.plan.shipments
    assert not answer.live_rates
    (warning,) = [each for each in answer.plan.warnings if "live rate" in each]
    assert "from easypost" in warning
    assert reason in warning


async def test_a_slow_provider_does_not_keep_the_plan(tmp_path: Path) -> None:
    async with served(tmp_path, silent, timeout_s=0.2) as (client, _):
        answer = await client.allocation.Allocate(allocate_request())
    assert any("did not answer" in each for each in answer.plan.warnings)


async def test_prices_of_the_moment_do_not_change_what_a_replay_says(tmp_path: Path) -> None:
    async with served(tmp_path, EVERY_SERVICE) as (client, provider):
        answer = await client.allocation.Allocate(allocate_request())
        provider.behave = hanging_up
        replayed = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=answer.plan.id))
    assert replayed.identical
    assert not any("live rate" in each for each in replayed.replayed.warnings)


async def test_what_is_collected_is_not_priced(tmp_path: Path) -> None:
    request = allocate_request()
    request.order.destination.CopyFrom(order_pb2.Destination(pickup_location_id="reno"))
    async with served(tmp_path, EVERY_SERVICE) as (client, provider):
        shop = location("reno", "89502", pickup=True)
        await client.network.PutLocations(net.PutLocationsRequest(locations=[shop]))
        answer = await client.allocation.Allocate(request)
    assert [shipment.location_id for shipment in answer.plan.shipments] == ["reno"]
    assert not provider.asked


async def test_a_server_does_not_start_with_a_key_that_it_cannot_read(tmp_path: Path) -> None:
    live = LiveRateSettings("easypost", "https://localhost", tmp_path / "none")
    with pytest.raises(StartError, match="cannot read"):
        async with running_server(replace(SETTINGS, live_rates=live)):
            pass
