"""Open, paused, closing, down: what becomes of new orders, and of plans that were made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import explanation_pb2, plan_pb2
from routing.v1 import location_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, location

OPEN = location_pb2.LOCATION_STATE_OPEN
SHUT = [location_pb2.LOCATION_STATE_PAUSED, location_pb2.LOCATION_STATE_CLOSING]
PLACED = datetime(2036, 11, 18, 15, tzinfo=UTC)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server(ServerSettings(port=0)) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"newark": 50, "reno": 50}})
        yield client


async def put_newark(client: Client, **fields: Any) -> None:
    newark = location("newark", "07102", **fields)
    await client.network.PutLocations(net.PutLocationsRequest(locations=[newark]))


async def plan(client: Client, name: str, **options: Any) -> plan_pb2.Plan:
    request = hold_request({"mug": "2"}, name, **options)
    request.order.placed_time.FromDatetime(PLACED)
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer.plan


def places(made: plan_pb2.Plan) -> list[str]:
    return [each.location_id for each in made.shipments]


@pytest.mark.parametrize("state", SHUT)
async def test_a_location_that_is_shut_gets_no_new_order_until_it_is_open(
    client: Client, state: location_pb2.LocationState.ValueType
) -> None:
    assert places(await plan(client, "before")) == ["newark"]
    await put_newark(client, state=state)
    shut = await plan(client, "shut", explain=True)
    assert places(shut) == ["reno"]
    verdicts = {each.location_id: each for each in shut.explanation.lines[0].verdicts}
    assert verdicts["newark"].verdict == explanation_pb2.VERDICT_NOT_OPEN
    await put_newark(client, state=OPEN)
    assert places(await plan(client, "open")) == ["newark"]


@pytest.mark.parametrize("state", SHUT)
async def test_plans_that_were_made_can_be_carried_out_or_moved(
    client: Client, state: location_pb2.LocationState.ValueType
) -> None:
    kept, moved = await plan(client, "kept"), await plan(client, "moved")
    await put_newark(client, state=state)
    for call, message in (
        ("CommitPlan", pb.CommitPlanRequest(plan_id=kept.id)),
        ("FulfillPlan", pb.FulfillPlanRequest(plan_id=kept.id)),
    ):
        await getattr(client.allocation, call)(message)
    again = await client.allocation.ReallocatePlan(
        pb.ReallocatePlanRequest(plan_id=moved.id, request_id="again")
    )
    assert places(again.plan) == ["reno"]
    assert_clean(client)


async def test_nothing_leaves_in_a_downtime_and_the_order_goes_where_it_is_in_time(
    client: Client,
) -> None:
    down = location_pb2.Downtime()
    down.start_time.FromDatetime(PLACED - timedelta(hours=3))
    down.duration.FromTimedelta(timedelta(days=5))
    usual = (await plan(client, "usual")).shipments[0]
    await put_newark(client, downtimes=[down])
    later = (await plan(client, "later")).shipments[0]
    assert (usual.location_id, later.location_id) == ("newark", "newark")
    assert date_of(later.ship_date) >= (PLACED + timedelta(days=4)).date()
    request = hold_request({"mug": "2"}, "urgent")
    request.order.placed_time.FromDatetime(PLACED)
    day = later.ship_date
    request.order.deliver_by.CopyFrom(day)
    urgent = (await client.allocation.Allocate(request)).plan
    assert places(urgent) == ["reno"]


def date_of(message: Any) -> Any:
    return datetime(message.year, message.month, message.day, tzinfo=UTC).date()
