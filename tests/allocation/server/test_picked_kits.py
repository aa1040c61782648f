"""Kits that leave with the serials and lots of their components."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allocation.ledger.level import Buckets
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from routing.v1 import backorder_pb2, item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean,
    assert_clean_record,
    buckets,
    hold_request,
    put_stock,
)
from tests.allocation.server.samples import Client, connected, error_of, item
from tests.allocation.server.waiting_samples import feed, stamp, stored


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A server that knows bundles of a phone and two loaves, with stock in Newark."""
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        phone = item("phone", "200", tracking=item_pb2.ITEM_TRACKING_SERIAL)
        phone.backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
        bread = item("bread", "500", tracking=item_pb2.ITEM_TRACKING_LOT)
        bundle = item_pb2.InventoryItem(id="bundle")
        bundle.backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
        for component, quantity in (("phone", "1"), ("bread", "2")):
            bundle.components.add(inventory_item_id=component).required_quantity.value = quantity
        await client.network.PutItems(net.PutItemsRequest(items=[phone, bread, bundle]))
        await put_stock(client, {"phone": {"newark": 3}})
        await put_stock(client, {"bread": {"newark": 6}}, lot="a")
        yield client


async def committed(client: Client, quantity: str) -> plan_pb2.Plan:
    plan = (await client.allocation.Allocate(hold_request({"bundle": quantity}))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    return await stored(client, plan.id)


def leaving(plan: plan_pb2.Plan, quantity: str, request_id: str) -> pb.FulfillPlanRequest:
    request = pb.FulfillPlanRequest(plan_id=plan.id, request_id=request_id)
    request.parts.add(line_id="line-1", location_id="newark").quantity.value = quantity
    return request


def picked(request: pb.FulfillPlanRequest, item_id: str, *serials: str, lot: str = "") -> None:
    request.parts[0].picked.add(inventory_item_id=item_id, serials=serials, lot_id=lot)


def left(plan: plan_pb2.Plan) -> dict[str, list[tuple[str, str, list[str]]]]:
    """Return quantity, lot and serials of rows that have left, by item."""
    found: dict[str, list[tuple[str, str, list[str]]]] = {}
    for row in plan.reservations:
        if row.state == 3:
            told = (row.quantity.value, row.lot_id, list(row.serials))
            found.setdefault(row.inventory_item_id, []).append(told)
    return found


async def test_components_are_scanned_when_some_kits_leave(client: Client) -> None:
    plan = await committed(client, "2")
    await put_stock(client, {"bread": {"newark": 4}}, lot="b")
    first = leaving(plan, "1", "f1")
    picked(first, "phone", "S1")
    picked(first, "bread", lot="b")
    after = (await client.allocation.FulfillPlan(first)).plan
    assert left(after) == {"phone": [("1", "", ["S1"])], "bread": [("2", "b", [])]}
    assert buckets(client, "bread", "newark", "b") == Buckets(on_hand=2)
    assert (await client.allocation.FulfillPlan(first)).plan == after
    rest = leaving(plan, "2", "f2")
    picked(rest, "phone", "S2")
    last = (await client.allocation.FulfillPlan(rest)).plan
    assert last.state == plan_pb2.PLAN_STATE_FULFILLED
    assert sorted(left(last)["phone"]) == [("1", "", ["S1"]), ("1", "", ["S2"])]
    assert sorted(left(last)["bread"]) == [("2", "a", []), ("2", "b", [])]
    assert_clean(client)


async def test_a_serial_leaves_in_one_kit_only(client: Client) -> None:
    plan = await committed(client, "2")
    first = leaving(plan, "1", "f1")
    picked(first, "phone", "S1")
    await client.allocation.FulfillPlan(first)
    again = leaving(plan, "1", "f2")
    picked(again, "phone", "S1")
    error = await error_of(client.allocation.FulfillPlan(again))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert error.metadata["serial"] == "S1"
    assert buckets(client, "bread", "newark", "a").on_hand == 4


async def test_what_was_picked_of_a_kit_is_said_item_by_item(client: Client) -> None:
    plan = await committed(client, "2")
    request = leaving(plan, "2", "f1")
    request.parts[0].serials.append("S1")
    error = await error_of(client.allocation.FulfillPlan(request))
    assert list(error.violations) == ["parts[0]"]
    del request.parts[0].serials[:]
    picked(request, "phone", "S1")
    picked(request, "phone", "S2")
    picked(request, "mug", "S3")
    error = await error_of(client.allocation.FulfillPlan(request))
    assert list(error.violations) == [
        "parts[0].picked[1].inventory_item_id",
        "parts[0].picked[2].inventory_item_id",
        "parts[0].picked[0].serials",
    ]
    assert buckets(client, "phone", "newark").on_hand == 3


async def test_no_kit_leaves_without_the_component_that_waits(client: Client) -> None:
    await put_stock(client, {"phone": {"newark": 1}})
    plan = await committed(client, "2")
    whole = leaving(plan, "2", "f1")
    picked(whole, "phone", "S1")
    error = await error_of(client.allocation.FulfillPlan(whole))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert buckets(client, "bread", "newark", "a").on_hand == 6
    one = leaving(plan, "1", "f2")
    picked(one, "phone", "S1")
    after = (await client.allocation.FulfillPlan(one)).plan
    assert left(after) == {"phone": [("1", "", ["S1"])], "bread": [("2", "a", [])]}
    assert_clean_record(client)


async def test_a_plain_part_may_be_told_by_its_item_too(client: Client) -> None:
    plan = (await client.allocation.Allocate(hold_request({"phone": "2"}))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    request = leaving(plan, "2", "f1")
    picked(request, "phone", "S1", "S2")
    after = (await client.allocation.FulfillPlan(request)).plan
    assert left(after) == {"phone": [("2", "", ["S1", "S2"])]}


async def test_facts_about_stock_are_refused_on_kits(client: Client) -> None:
    kit = item_pb2.InventoryItem(id="pair", tracking=item_pb2.ITEM_TRACKING_LOT, lead_time_days=0)
    kit.pick_order = item_pb2.PICK_ORDER_LIFO
    kit.backorder_limit.value = "3"
    kit.components.add(inventory_item_id="phone")
    error = await error_of(client.network.PutItems(net.PutItemsRequest(items=[kit])))
    refused = ("tracking", "pick_order", "backorder_limit", "lead_time_days")
    assert list(error.violations) == [f"items[0].{name}" for name in refused]


async def test_a_kit_that_waits_is_not_expected_before_it_is_released(client: Client) -> None:
    kit = item_pb2.InventoryItem(id="pair", backorder_policy=backorder_pb2.BACKORDER_POLICY_ALLOW)
    kit.release_time.CopyFrom(stamp(30))
    kit.components.add(inventory_item_id="mug").required_quantity.value = "2"
    await client.network.PutItems(net.PutItemsRequest(items=[kit]))
    await feed(client, "0", ("9", 3))
    plan = (await client.allocation.Allocate(hold_request({"pair": "2"}))).plan
    (row,) = plan.reservations
    assert (row.backordered, row.expected_time) == (True, stamp(30))
    # Supply that comes early or slips changes nothing before the release.
    assert not (await feed(client, "0", ("9", 12))).slipped
    (told,) = (await feed(client, "0", ("9", 40))).slipped
    assert told.expected_time == stamp(40)
