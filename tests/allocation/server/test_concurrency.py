"""Calls do not wait for one another."""

from __future__ import annotations

import asyncio
from typing import Any

from grpc import aio

from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import Client, allocate_request, connected, quote_request


async def test_other_calls_are_answered_while_a_solve_runs() -> None:
    planner = GatedPlanner()
    settings = ServerSettings(port=0, threads=2)
    async with (
        running_server(settings, Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        slow = asyncio.ensure_future(_plan(client))
        await asyncio.to_thread(planner.started.wait, 30)
        listed = await client.network.ListItems(net.ListItemsRequest(), timeout=10)
        quoted = await client.allocation.Quote(quote_request(), timeout=10)
        put = await client.network.PutItems(net.PutItemsRequest(), timeout=10)
        assert not slow.done()
        planner.release.set()
        answer = await slow
    assert len(listed.items) == 4
    assert quoted.options
    assert put.network_version > 0
    assert answer.plan.shipments


async def test_a_call_plans_with_the_network_it_started_with() -> None:
    planner = GatedPlanner()
    async with (
        running_server(environment=Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        before = server.network.state.version
        running = asyncio.ensure_future(_plan(client))
        await asyncio.to_thread(planner.started.wait, 30)
        await client.put_network()
        planner.release.set()
        answer = await running
        later = await _plan(client)
    assert answer.plan.basis.network_version == before
    assert later.plan.basis.network_version == before + 2


async def test_many_calls_at_once_get_the_answers_of_one_at_a_time(client: Client) -> None:
    requests = [allocate_request({"mug": str(1 + number % 5)}) for number in range(40)]
    at_once = await asyncio.gather(*(client.allocation.Allocate(each) for each in requests))
    for request, answer in zip(requests, at_once, strict=True):
        assert answer.plan.lines[0].quantity.value == request.order.lines[0].quantity.value
        assert [shipment.location_id for shipment in answer.plan.shipments] == ["newark"]


async def test_a_cancelled_call_gives_its_place_back_when_its_solve_ends() -> None:
    planner = GatedPlanner()
    settings = ServerSettings(port=0, threads=1, queue=0)
    async with (
        running_server(settings, Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        call = client.allocation.Allocate(allocate_request())
        await asyncio.to_thread(planner.started.wait, 30)
        call.cancel()
        planner.release.set()
        for _ in range(500):
            try:
                answer = await _plan(client)
                break
            except aio.AioRpcError:
                await asyncio.sleep(0.01)
    assert answer.plan.shipments


async def _plan(client: Client) -> Any:
    return await client.allocation.Allocate(allocate_request())
