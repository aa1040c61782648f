"""Orders that are planned long after they were placed: nothing of them is in the past."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from google.type import date_pb2

from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean, hold_request, put_stock
from tests.allocation.server.samples import Client, allocate_request, connected, item
from tests.allocation.server.waiting_samples import feed, put_item, stored

LAST_WEEK = datetime.now(UTC) - timedelta(days=7)
YESTERDAY = datetime.now(UTC).date() - timedelta(days=1)
"""Time zones apart, no location is further behind."""


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        yield client


def of_last_week(request: pb.AllocateRequest) -> pb.AllocateRequest:
    request.order.placed_time.FromDatetime(LAST_WEEK)
    return request


def day(message: date_pb2.Date) -> date:
    return date(message.year, message.month, message.day)


def ship_dates(plan: plan_pb2.Plan) -> list[date]:
    return [day(each.ship_date) for each in plan.shipments]


async def test_a_hold_of_an_older_order_ships_from_now_on(client: Client) -> None:
    await put_stock(client, {"mug": {"newark": 5}})
    plan = (await client.allocation.Allocate(of_last_week(hold_request({"mug": "1"})))).plan
    assert all(each >= YESTERDAY for each in ship_dates(plan))
    again = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=plan.id))
    assert again.identical, again.differing_fields
    assert_clean(client)


async def test_a_plan_that_is_made_anew_ships_from_now_on(client: Client) -> None:
    await put_stock(client, {"mug": {"newark": 5, "reno": 5}})
    plan = (await client.allocation.Allocate(of_last_week(hold_request({"mug": "1"})))).plan
    moved = pb.ReallocatePlanRequest(plan_id=plan.id, request_id="anew")
    moved.excluded_location_ids.append(plan.reservations[0].location_id)
    anew = (await client.allocation.ReallocatePlan(moved)).plan
    assert anew.reservations[0].location_id != plan.reservations[0].location_id
    assert all(each >= YESTERDAY for each in ship_dates(anew))


async def test_no_lot_is_promised_that_was_fresh_enough_last_week_only(client: Client) -> None:
    mug = item("mug", "350", tracking=item_pb2.ITEM_TRACKING_LOT)
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))
    row = stock.LevelRow(inventory_item_id="mug", location_id="newark", lot_id="old")
    row.quantity.value = "5"
    last = YESTERDAY - timedelta(days=1)
    row.expiry_date.CopyFrom(date_pb2.Date(year=last.year, month=last.month, day=last.day))
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=[row])

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    await client.stock.SetLevels(messages())
    plan = (await client.allocation.Allocate(of_last_week(hold_request({"mug": "1"})))).plan
    assert not plan.reservations
    assert "not fresh enough" in plan.unfilled[0].detail


async def test_who_ordered_first_is_served_first_however_late_the_order_is_planned(
    client: Client,
) -> None:
    await put_item(client)
    await feed(client, "0")
    early = (await client.allocation.Allocate(hold_request({"mug": "1"}, "r1"))).plan
    late = of_last_week(hold_request({"mug": "1"}, "r2"))
    waits = (await client.allocation.Allocate(late)).plan
    assert early.reservations[0].backordered
    await feed(client, "1")
    assert not (await stored(client, waits.id)).reservations[0].backordered
    assert (await stored(client, early.id)).reservations[0].backordered


async def test_stock_that_is_sent_along_is_of_the_time_of_the_order(client: Client) -> None:
    request = of_last_week(allocate_request({"mug": "1"}, {"mug": {"newark": "5"}}))
    plan = (await client.allocation.Allocate(request)).plan
    assert all(each < YESTERDAY for each in ship_dates(plan))
