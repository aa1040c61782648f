"""A location's day is shared by all orders that the ledger holds for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from grpc import aio

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import explanation_pb2, planning_options_pb2, unfilled_pb2
from routing.daily_capacity import is_capacity_item
from routing.v1 import location_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import Client, connected, location, parse_error

CLIENTS = 64
LIMIT = 10
PLACED = datetime(2036, 11, 20, 15, tzinfo=UTC)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}", record_plans=True)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"newark": 1_000}, "tea": {"newark": 1_000}})
        yield client


async def limit(client: Client, **most: int) -> None:
    newark = location("newark", "07102")
    newark.daily_capacity.CopyFrom(location_pb2.DailyCapacity(**most))
    await client.network.PutLocations(net.PutLocationsRequest(locations=[newark]))


def wish(name: str, placed: datetime = PLACED, **quantities: str) -> pb.AllocateRequest:
    request = hold_request(quantities or {"mug": "1"}, name)
    request.order.placed_time.FromDatetime(placed)
    return request


async def allocate(client: Client, name: str, **quantities: str) -> pb.AllocateResponse:
    answer: pb.AllocateResponse = await client.allocation.Allocate(wish(name, PLACED, **quantities))
    return answer


async def test_of_many_orders_at_once_exactly_as_many_get_in_as_the_limit_says(client):
    await limit(client, orders=LIMIT)

    async def one(number: int) -> str:
        try:
            answer = await client.allocation.Allocate(wish(f"order {number}"), timeout=60)
        except aio.AioRpcError as error:
            return parse_error(error).reason
        return "held" if answer.plan.shipments else "unfilled"

    found = await asyncio.gather(*map(one, range(CLIENTS)))
    assert found.count("held") == LIMIT
    assert set(found) <= {"held", "unfilled"}
    assert client.server.store.ledger.audit(now=datetime.now(UTC)).differences == ()


async def test_an_order_that_finds_the_day_full_is_told_so_with_the_numbers(client):
    await limit(client, orders=1)
    await allocate(client, "a")
    request = wish("b")
    request.options.explain = True
    answer = await client.allocation.Allocate(request)
    [unfilled] = answer.plan.unfilled
    assert unfilled.reason == unfilled_pb2.UNFILLED_REASON_CAPACITY_EXHAUSTED
    verdicts = {each.location_id: each for each in answer.plan.explanation.lines[0].verdicts}
    assert verdicts["newark"].verdict == explanation_pb2.VERDICT_CAPACITY
    assert verdicts["newark"].detail == "takes 1 orders on 2036-11-20, and 1 are taken"


async def test_units_that_lie_where_the_day_is_full_are_not_out_of_stock(client):
    await put_stock(client, {"mug": {"reno": 2}})
    await limit(client, units=5)
    request = wish("a", mug="9")
    request.options.line_split = planning_options_pb2.LINE_SPLIT_ALLOWED
    answer = await client.allocation.Allocate(request)
    [unfilled] = answer.plan.unfilled
    assert unfilled.quantity.value == "2"
    assert unfilled.reason == unfilled_pb2.UNFILLED_REASON_CAPACITY_EXHAUSTED
    request = wish("b", mug="9")
    request.options.line_split = planning_options_pb2.LINE_SPLIT_ALLOWED
    answer = await client.allocation.Allocate(request)
    assert answer.plan.unfilled[0].reason == unfilled_pb2.UNFILLED_REASON_CAPACITY_EXHAUSTED


async def test_lines_and_units_that_others_took_are_not_given_twice(client):
    await limit(client, lines=3, units=9)
    first = await allocate(client, "a", mug="4", tea="1")
    assert not first.plan.unfilled
    second = await allocate(client, "b", mug="4", tea="4")
    assert len(second.plan.unfilled) == 1
    assert sum(len(each.parts) for each in second.plan.lines) == 1
    third = await allocate(client, "c", mug="1")
    assert third.plan.unfilled


async def test_a_released_plan_gives_its_day_back(client):
    await limit(client, orders=1)
    first = await allocate(client, "a")
    assert (await allocate(client, "b")).plan.unfilled
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=first.plan.id))
    assert not (await allocate(client, "c")).plan.unfilled


async def test_the_next_day_begins_at_midnight_in_the_locations_zone(client):
    await limit(client, orders=1)
    midnight = datetime(2036, 11, 25, 5, tzinfo=UTC)
    just_before = midnight - timedelta(seconds=1)
    assert not (await client.allocation.Allocate(wish("a", just_before))).plan.unfilled
    assert (await client.allocation.Allocate(wish("b", just_before))).plan.unfilled
    assert not (await client.allocation.Allocate(wish("c", midnight))).plan.unfilled


async def test_a_plan_made_anew_keeps_its_place_in_the_day(client):
    await limit(client, orders=1)
    first = await allocate(client, "a")
    again = await client.allocation.ReallocatePlan(
        pb.ReallocatePlanRequest(plan_id=first.plan.id, request_id="again")
    )
    assert [each.location_id for each in again.plan.shipments] == ["newark"]
    assert (await allocate(client, "b")).plan.unfilled


@pytest.mark.parametrize("placed", [PLACED, datetime(2020, 1, 6, 15, tzinfo=UTC)])
async def test_a_decision_under_a_full_day_replays_to_the_same_bytes(client, placed):
    await limit(client, orders=2)
    for name in "abc":
        made = await client.allocation.Allocate(wish(name, placed))
        again = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=made.plan.id))
        again = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=made.plan.id))
        assert again.identical, again.differing_fields


async def test_a_location_without_limits_is_not_counted(client):
    await allocate(client, "a")
    levels = client.server.store.ledger.levels(now=datetime.now(UTC)).levels
    assert not any(is_capacity_item(each.key.item_id) for each in levels)
