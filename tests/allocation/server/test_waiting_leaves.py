"""Plans of which some waits: what leaves, what stays, and what a repeat does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from allocation.ledger.hold import RowShare
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from routing.v1 import backorder_pb2, item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean_record,
    buckets,
    hold_request,
    put_stock,
)
from tests.allocation.server.samples import Client, connected, error_of
from tests.allocation.server.waiting_samples import (
    committed,
    feed,
    put_item,
    receive,
    stored,
)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        yield client


async def test_what_waits_cannot_leave(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("9", 3))
    plan = await committed(client, "2")
    error = await error_of(client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=plan.id)))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert "wait for supply" in error.message


async def put_kits(client: Client) -> None:
    """Register sets of a mug and a tea, with five teas and no mug in Newark."""
    await put_item(client)
    kit = item_pb2.InventoryItem(id="set")
    for component in ("mug", "tea"):
        part = kit.components.add(inventory_item_id=component)
        part.required_quantity.value = "1"
    kit.backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
    await client.network.PutItems(net.PutItemsRequest(items=[kit]))
    await put_stock(client, {"tea": {"newark": 5}})
    await feed(client, "0", ("9", 3))


async def test_a_kit_is_not_shipped_without_the_component_that_waits(client: Client) -> None:
    await put_kits(client)
    plan = (await client.allocation.Allocate(hold_request({"set": "2"}))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    leaves = pb.FulfillPlanRequest(plan_id=plan.id, request_id="f")
    error = await error_of(client.allocation.FulfillPlan(leaves))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert buckets(client, "tea", "newark").on_hand == 5
    await feed(client, "2")
    again = pb.ReallocatePlanRequest(plan_id=plan.id, request_id="anew")
    anew = (await client.allocation.ReallocatePlan(again)).plan
    assert [line.line_id for line in anew.lines] == [line.line_id for line in plan.lines]
    assert not anew.unfilled
    assert_clean_record(client)


async def test_kits_that_are_torn_are_not_planned_anew_as_if_nothing_was_left(
    client: Client,
) -> None:
    await put_kits(client)
    plan = (await client.allocation.Allocate(hold_request({"set": "2"}))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    ledger = client.server.store.ledger
    now = datetime.now(UTC)
    (tea,) = (row for row in ledger.get_plan(plan.id, now=now).rows if row.key.item_id == "tea")
    await asyncio.to_thread(ledger.fulfill, plan.id, rows=[RowShare(tea.name)], now=now)
    again = pb.ReallocatePlanRequest(plan_id=plan.id, request_id="anew")
    error = await error_of(client.allocation.ReallocatePlan(again))
    assert error.reason == "INVALID_REQUEST"
    assert "not whole any more" in error.message
    assert (await stored(client, plan.id)).state == plan_pb2.PLAN_STATE_COMMITTED


async def test_what_has_come_since_does_not_leave_with_a_repeat(client: Client) -> None:
    await put_item(client)
    await feed(client, "1", ("9", 3))
    plan = await committed(client, "4")
    error = await error_of(client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=plan.id)))
    assert set(error.violations) == {"request_id"}
    leaves = pb.FulfillPlanRequest(plan_id=plan.id, request_id="f")
    await client.allocation.FulfillPlan(leaves)
    await receive(client, "3")
    repeat = await client.allocation.FulfillPlan(leaves)
    assert repeat.plan.state == plan_pb2.PLAN_STATE_COMMITTED
    assert buckets(client, "mug", "newark").on_hand == 3


async def test_a_line_that_was_given_back_does_not_hide_that_another_waits(client: Client) -> None:
    await put_item(client)
    await put_stock(client, {"tea": {"newark": 5}})
    await feed(client, "0", ("9", 3))
    plan = (await client.allocation.Allocate(hold_request({"mug": "2", "tea": "1"}))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    (tea,) = (row.line_id for row in plan.reservations if row.inventory_item_id == "tea")
    release = pb.ReleasePlanRequest(plan_id=plan.id, line_ids=[tea])
    await client.allocation.ReleasePlan(release)
    error = await error_of(client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=plan.id)))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert "wait for supply" in error.message
