"""Lots, serials, backorders and preorders over the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf import timestamp_pb2

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import inline_stock_pb2
from routing.v1 import backorder_pb2, item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import Client, allocate_request, error_of, item, usd

PLACED = datetime(2026, 9, 1, 15, tzinfo=UTC)


def stamp(days: int) -> timestamp_pb2.Timestamp:
    message = timestamp_pb2.Timestamp()
    message.FromDatetime(PLACED + timedelta(days=days))
    return message


def asked(quantity: str, available: str) -> pb.AllocateRequest:
    request = allocate_request({"mug": quantity}, {"mug": {"newark": available}})
    request.order.placed_time.CopyFrom(stamp(0))
    return request


def level_of(request: pb.AllocateRequest) -> inline_stock_pb2.InlineLevel:
    return request.inline_stock.items[0].levels[0]


async def put(client: Client, **fields: object) -> None:
    mug = item("mug", "350", sku="MUG-1", **fields)
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))


async def test_a_plan_names_lots_and_their_quantities(client: Client) -> None:
    await put(client, tracking=item_pb2.ITEM_TRACKING_LOT)
    request = asked("4", "5")
    for name, units, day in (("late", "3", 30), ("soon", "2", 20)):
        lot = level_of(request).lots.add(lot_id=name)
        lot.available.value = units
        lot.expiry_date.year, lot.expiry_date.month, lot.expiry_date.day = 2026, 9, day
    plan = (await client.allocation.Allocate(request)).plan
    assert [(row.lot_id, row.quantity.value) for row in plan.reservations] == [
        ("soon", "2"),
        ("late", "2"),
    ]
    assert not plan.warnings
    request.order.lines[0].lot_ids.append("late")
    plan = (await client.allocation.Allocate(request)).plan
    assert plan.unfilled[0].quantity.value == "4"


async def test_shelf_life_of_a_line_is_kept(client: Client) -> None:
    await put(client, tracking=item_pb2.ITEM_TRACKING_LOT)
    request = asked("2", "2")
    lot = level_of(request).lots.add(lot_id="a")
    lot.available.value = "2"
    lot.expiry_date.year, lot.expiry_date.month, lot.expiry_date.day = 2026, 9, 30
    assert not (await client.allocation.Allocate(request)).plan.unfilled
    request.order.lines[0].min_remaining_shelf_life_days = 60
    assert (await client.allocation.Allocate(request)).plan.unfilled
    request.order.lines[0].min_remaining_shelf_life_days = -1
    error = await error_of(client.allocation.Allocate(request))
    assert list(error.violations) == ["order.lines[0].min_remaining_shelf_life_days"]


async def test_serials_are_named(client: Client) -> None:
    await put(client, tracking=item_pb2.ITEM_TRACKING_SERIAL)
    request = asked("1", "2")
    level_of(request).serials.extend(["s2", "s1"])
    plan = (await client.allocation.Allocate(request)).plan
    assert list(plan.reservations[0].serials) == ["s1"]
    request.order.lines[0].serials.append("s2")
    plan = (await client.allocation.Allocate(request)).plan
    assert list(plan.reservations[0].serials) == ["s2"]
    request.order.lines[0].quantity.value = "2"
    error = await error_of(client.allocation.Allocate(request))
    assert list(error.violations) == ["order.lines[0].serials"]


async def test_what_waits_says_from_when_and_what_it_costs(client: Client) -> None:
    request = asked("3", "0")
    request.order.lines[0].backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
    placed = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    request.order.placed_time.FromDatetime(placed)
    supply = level_of(request).incoming.add()
    supply.expected_time.FromDatetime(placed + timedelta(days=7))
    supply.quantity.value = "5"
    request.options.backorder_unit_penalty.CopyFrom(usd(1))
    request.options.backorder_wait_day_penalty.CopyFrom(usd(0, 10))
    plan = (await client.allocation.Allocate(request)).plan
    (part,) = plan.lines[0].parts
    assert part.backordered
    (row,) = plan.reservations
    assert row.backordered
    assert row.expected_time == supply.expected_time
    terms = {term.name: term.amount for term in plan.cost.terms}
    assert terms["backorder:unit"] == usd(3)
    assert terms["backorder:wait"] == usd(0, 70)


async def test_what_nobody_can_date_has_no_dates(client: Client) -> None:
    request = asked("3", "0")
    request.order.lines[0].backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
    plan = (await client.allocation.Allocate(request)).plan
    (shipment,) = plan.shipments
    assert not shipment.HasField("ship_date")
    assert not shipment.HasField("cutoff_time")
    assert not plan.HasField("latest_delivery_date")
    assert not plan.reservations[0].HasField("expected_time")


@pytest.mark.parametrize(("limit", "left"), [("4", 0), ("2", 1)])
async def test_a_limit_and_units_below_zero_count_together(
    client: Client, limit: str, left: int
) -> None:
    mug = item("mug", "350", backorder_policy=backorder_pb2.BACKORDER_POLICY_ALLOW)
    mug.backorder_limit.value = limit
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))
    plan = (await client.allocation.Allocate(asked("3", "-1"))).plan
    assert len(plan.unfilled) == left


async def test_a_substitute_is_sent_when_the_line_allows_it(client: Client) -> None:
    mug = item("mug", "350", substitute_item_ids=["tea"])
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))
    request = allocate_request({"mug": "2"}, {"tea": {"newark": "9"}})
    assert (await client.allocation.Allocate(request)).plan.unfilled
    request.order.lines[0].allow_substitutes = True
    request.options.substitute_unit_penalty.CopyFrom(usd(1))
    plan = (await client.allocation.Allocate(request)).plan
    assert plan.lines[0].substitute_item_id == "tea"
    assert {term.name: term.amount for term in plan.cost.terms}["substitution"] == usd(2)
    assert not plan.warnings
    request.order.lines[0].substitute_item_ids.append("nobody-knows-it")
    error = await error_of(client.allocation.Allocate(request))
    assert error.reason == "UNKNOWN_ITEM"
