"""Orders to postal codes that are not in the index, with a geocoder that may behave badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from google.type import postal_address_pb2

from allocation.geocoding.settings import GeocodingSettings
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from routing.v1 import order_pb2
from tests.allocation.geocoding.places import SEOUL, place, places
from tests.allocation.live_rates.bad_server import (
    Behave,
    FakeProvider,
    fake_provider,
    hanging_up,
    send,
    silent,
)
from tests.allocation.server.samples import Client, allocate_request, connected

SETTINGS = ServerSettings(port=0, record_plans=True)
UNKNOWN = "coordinates are unknown"


@asynccontextmanager
async def served(
    behave: Behave, wait_s: float = 10, per_s: float = 1_000
) -> AsyncIterator[tuple[Client, FakeProvider]]:
    with fake_provider(behave) as service:
        geocoding = GeocodingSettings(service.url, wait_s, 10, per_s)
        async with (
            running_server(replace(SETTINGS, geocoding=geocoding)) as server,
            connected(server) as client,
        ):
            await client.put_network()
            yield client, service


def to_seoul(postal_code: str = "04524", country: str = "KR") -> pb.AllocateRequest:
    request = allocate_request()
    address = postal_address_pb2.PostalAddress(
        region_code=country,
        postal_code=postal_code,
        recipients=["Ada Lovelace"],
        address_lines=["12 Secret Street"],
    )
    request.order.destination.CopyFrom(order_pb2.Destination(address=address))
    return request


def is_placed(answer: pb.AllocateResponse) -> bool:
    return not any(UNKNOWN in each for each in answer.plan.warnings)


async def test_by_default_nobody_is_asked(client: Client) -> None:
    assert not is_placed(await client.allocation.Allocate(to_seoul()))


async def test_an_unknown_code_is_placed_and_the_next_order_asks_nobody() -> None:
    async with served(SEOUL) as (client, service):
        for _ in range(2):
            assert is_placed(await client.allocation.Allocate(to_seoul()))
    assert len(service.asked) == 1


async def test_who_the_shopper_is_stays_here() -> None:
    async with served(SEOUL) as (client, service):
        await client.allocation.Allocate(to_seoul())
    told = json.dumps(service.asked)
    assert "04524" in told
    for word in ("Ada", "Secret", "order-1", "mug"):
        assert word not in told


async def test_a_quote_is_placed_too() -> None:
    request = pb.QuoteRequest(order=to_seoul().order, inline_stock=to_seoul().inline_stock)
    async with served(SEOUL) as (client, service):
        answer = await client.allocation.Quote(request)
    assert service.asked
    assert not any(UNKNOWN in each for each in answer.warnings)


@pytest.mark.parametrize(
    ("country", "code"),
    [("US", "10001"), ("US", "09012"), ("DE", "nonsense"), ("KR", "x" * 40), ("USA", "10001")],
)
async def test_what_is_known_or_no_code_at_all_is_not_asked_for(country: str, code: str) -> None:
    async with served(SEOUL) as (client, service):
        with_answer = client.allocation.Allocate(to_seoul(code, country))
        await asyncio.gather(with_answer, return_exceptions=True)
    assert not service.asked


@pytest.mark.parametrize(
    "behave",
    [
        send(b"", 500),
        send(b"slow down", 429),
        send(b"{"),
        places(),
        places(place("jp", "35.6", "139.7")),
        hanging_up,
    ],
)
async def test_without_an_answer_the_order_is_planned_without_coordinates(behave: Behave) -> None:
    async with served(behave) as (client, _):
        answer = await client.allocation.Allocate(to_seoul())
    assert answer.plan.id
    assert not is_placed(answer)


async def test_a_slow_geocoder_keeps_no_plan_waiting_and_many_orders_ask_it_once() -> None:
    async with served(silent, wait_s=0.1) as (client, service):
        calls = [client.allocation.Allocate(to_seoul()) for _ in range(5)]
        answers = await asyncio.gather(*calls)
        assert len(service.asked) == 1
    assert not any(map(is_placed, answers))


async def test_an_answer_that_comes_late_is_there_for_the_next_order() -> None:
    async with served(SEOUL, wait_s=0) as (client, service):
        assert not is_placed(await client.allocation.Allocate(to_seoul()))
        for _ in range(500):
            if is_placed(await client.allocation.Allocate(to_seoul())):
                break
            await asyncio.sleep(0.01)
        else:
            pytest.fail("the answer never came")
    assert len(service.asked) == 1


async def test_a_decision_is_made_again_with_the_coordinates_that_it_was_made_with() -> None:
    async with served(SEOUL) as (client, service):
        answer = await client.allocation.Allocate(to_seoul())
        service.behave = hanging_up
        replayed = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=answer.plan.id))
    assert is_placed(answer)
    assert replayed.identical
    assert len(service.asked) == 1


async def test_a_repeated_hold_is_the_first_one_wherever_it_is_found_to_go() -> None:
    request = to_seoul()
    request.ClearField("inline_stock")
    request.mode, request.request_id = pb.ALLOCATE_MODE_HOLD, "once"
    async with served(hanging_up) as (client, service):
        first = await client.allocation.Allocate(request)
        service.behave = SEOUL
        second = await client.allocation.Allocate(request)
    assert second.replayed
    assert second.plan == first.plan
    assert len(service.asked) == 2
