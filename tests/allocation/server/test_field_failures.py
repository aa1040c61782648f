"""What other systems got wrong in the field, asked of a real server."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from grpc import aio

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, planning_options_pb2
from routing.v1 import backorder_pb2, location_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean, hold_request, put_stock
from tests.allocation.server.samples import (
    Client,
    allocate_request,
    connected,
    item,
    location,
    parse_error,
)

CLIENTS = 24
SPLIT = planning_options_pb2.LINE_SPLIT_ALLOWED
WHOLE = planning_options_pb2.LINE_SPLIT_FORBIDDEN


@pytest.fixture(params=["memory", "sqlite"])
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Client]:
    store = "memory" if request.param == "memory" else f"sqlite:{tmp_path / 's.db'}"
    async with (
        running_server(ServerSettings(port=0, store=store)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        yield client


async def outcome(client: Client, request: pb.AllocateRequest) -> str:
    """Return what was held, ``"unfilled"``, or why there is no answer."""
    try:
        answer = await client.allocation.Allocate(request, timeout=60)
    except aio.AioRpcError as error:
        return parse_error(error).reason or error.code().name
    return "unfilled" if answer.plan.unfilled else "held"


def units_of(plan: plan_pb2.Plan) -> Counter[str]:
    found: Counter[str] = Counter()
    for line in plan.lines:
        for part in line.parts:
            found[part.location_id] += int(part.quantity.value)
    return found


async def test_kits_and_their_component_never_take_the_same_last_unit(client: Client) -> None:
    # A gift set takes two mugs and a tea: one set and one mug are more than there are.
    await put_stock(client, {"mug": {"reno": 2}, "tea": {"reno": 9}})
    wishes = [
        hold_request({"gift-set": "1"} if number % 2 else {"mug": "1"}, f"r{number}")
        for number in range(CLIENTS)
    ]
    found = await asyncio.gather(*(outcome(client, wish) for wish in wishes))
    assert set(found) <= {"held", "unfilled", "STOCK_CONFLICT"}
    sets = sum(one == "held" for one in found[1::2])
    mugs = sum(one == "held" for one in found[::2])
    assert (sets, mugs) in {(1, 0), (0, 2), (0, 1)}
    assert_clean(client)


@pytest.mark.parametrize("split", [SPLIT, WHOLE])
@pytest.mark.parametrize("source", ["inline", "ledger"])
async def test_an_order_for_ten_of_six_and_ten_is_allocated_exactly_ten(
    client: Client, split: planning_options_pb2.LineSplit.ValueType, source: str
) -> None:
    if source == "ledger":
        await put_stock(client, {"mug": {"newark": 6, "reno": 10}})
        request = hold_request({"mug": "10"})
    else:
        request = allocate_request({"mug": "10"}, {"mug": {"newark": "6", "reno": "10"}})
    request.options.line_split = split
    plan = (await client.allocation.Allocate(request)).plan
    assert not plan.unfilled
    assert units_of(plan).total() == 10
    assert sum(int(row.quantity.value) for row in plan.reservations) == 10
    if split == WHOLE:
        assert units_of(plan) == {"reno": 10}
    assert_clean(client)


@pytest.mark.parametrize("source", ["inline", "ledger"])
async def test_a_backorder_limit_is_not_multiplied_by_the_number_of_locations(
    client: Client, source: str
) -> None:
    desk = item(
        "mug",
        "350",
        sku="MUG-1",
        backorder_policy=backorder_pb2.BACKORDER_POLICY_ALLOW,
    )
    desk.backorder_limit.value = "4"
    await client.network.PutItems(net.PutItemsRequest(items=[desk]))
    if source == "ledger":
        await put_stock(client, {"mug": {"newark": 1, "reno": 0, "dallas": 0}})
        request = hold_request({"mug": "20"})
    else:
        levels = {"newark": "1", "reno": "0", "dallas": "0"}
        request = allocate_request({"mug": "20"}, {"mug": levels})
    request.options.line_split = SPLIT
    plan = (await client.allocation.Allocate(request)).plan
    assert units_of(plan).total() == 1 + 4
    assert [each.quantity.value for each in plan.unfilled] == ["15"]


@pytest.mark.parametrize("most", [1, 5])
async def test_a_limit_of_n_orders_admits_n(client: Client, most: int) -> None:
    newark = location("newark", "07102")
    newark.daily_capacity.CopyFrom(location_pb2.DailyCapacity(orders=most))
    await client.network.PutLocations(net.PutLocationsRequest(locations=[newark]))
    await put_stock(client, {"mug": {"newark": 100}})
    placed = datetime(2036, 11, 20, 15, tzinfo=UTC)
    found = []
    for number in range(most + 2):
        request = hold_request({"mug": "1"}, f"r{number}")
        request.order.placed_time.FromDatetime(placed)
        found.append(await outcome(client, request))
    assert found == most * ["held"] + 2 * ["unfilled"]


async def test_a_unit_limit_of_n_admits_an_order_of_n_and_not_one_more(client: Client) -> None:
    newark = location("newark", "07102")
    newark.daily_capacity.CopyFrom(location_pb2.DailyCapacity(units=7))
    await client.network.PutLocations(net.PutLocationsRequest(locations=[newark]))
    await put_stock(client, {"mug": {"newark": 100}})
    placed = datetime(2036, 11, 20, 15, tzinfo=UTC)
    found = []
    for number, units in enumerate(("8", "7", "1")):
        request = hold_request({"mug": units}, f"r{number}")
        request.order.placed_time.FromDatetime(placed)
        found.append(await outcome(client, request))
    assert found == ["unfilled", "held", "unfilled"]
