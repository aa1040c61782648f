"""Backorders and preorders on the ledger's stock: promised once, served when stock comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, timedelta

import pytest

from allocation.server import stock_calls
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, reservation_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import backorder_pb2, item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean_record,
    buckets,
    hold_request,
)
from tests.allocation.server.samples import Client, connected
from tests.allocation.server.waiting_samples import (
    TOMORROW,
    committed,
    feed,
    put_item,
    receive,
    stamp,
    stored,
)

COMMITTED = reservation_pb2.RESERVATION_STATE_COMMITTED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        yield client


async def test_units_that_wait_are_held_committed_and_then_given_stock(client: Client) -> None:
    await put_item(client)
    await feed(client, "1", ("9", 3))
    plan = await committed(client, "4")
    states = {row.backordered: (row.quantity.value, row.state) for row in plan.reservations}
    assert states == {False: ("1", COMMITTED), True: ("3", COMMITTED)}
    waits = await client.stock.ListWaiting(stock.ListWaitingRequest())
    (units,) = waits.units
    assert (units.plan_id, units.quantity.value, units.committed) == (plan.id, "3", True)
    assert units.expected_time == stamp(3)
    answer = await receive(client, "5")
    (given,) = answer.allotted
    assert (given.plan_id, given.quantity.value) == (plan.id, "3")
    plan = await stored(client, plan.id)
    assert not any(row.backordered for row in plan.reservations)
    assert not any(part.backordered for line in plan.lines for part in line.parts)
    assert {row.state for row in plan.reservations} == {COMMITTED}
    assert buckets(client, "mug", "newark").available == 2
    await client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=plan.id))
    assert buckets(client, "mug", "newark").on_hand == 2
    assert_clean_record(client)


async def test_an_older_order_is_promised_nothing_in_the_past(client: Client) -> None:
    await put_item(client, lead_time_days=5)
    await feed(client, "0", ("9", -3))
    request = hold_request({"mug": "2"}, "old")
    request.order.placed_time.CopyFrom(stamp(-20))
    plan = (await client.allocation.Allocate(request)).plan
    (row,) = plan.reservations
    assert row.expected_time.ToDatetime(UTC) > TOMORROW + timedelta(days=3)
    waits = await client.stock.ListWaiting(stock.ListWaitingRequest())
    assert waits.units[0].expected_time == row.expected_time
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    again = await client.allocation.ReallocatePlan(
        pb.ReallocatePlanRequest(plan_id=plan.id, request_id="again")
    )
    (row,) = again.plan.reservations
    assert row.expected_time.ToDatetime(UTC) > TOMORROW + timedelta(days=3)


async def test_supply_that_slips_and_then_comes_dates_shipments_anew(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("3", 20))
    plan = await committed(client, "3")
    await feed(client, "0")
    slipped = await stored(client, plan.id)
    assert not slipped.shipments[0].HasField("ship_date")
    await receive(client, "3")
    came = await stored(client, plan.id)
    (shipment,) = came.shipments
    leaves = date(shipment.ship_date.year, shipment.ship_date.month, shipment.ship_date.day)
    assert leaves < (TOMORROW + timedelta(days=9)).date()
    assert came.HasField("latest_delivery_date")


async def test_a_limit_of_seven_is_seven_over_all_locations_and_calls(client: Client) -> None:
    await put_item(client, limit="7")
    for place in ("newark", "reno"):
        await feed(client, "0", ("50", 3), place=place)
    requests = [hold_request({"mug": "1"}, f"r{number}") for number in range(20)]
    answers = await asyncio.gather(*map(client.allocation.Allocate, requests))
    waiting = sum(len(answer.plan.reservations) for answer in answers)
    assert waiting == 7
    assert sum(len(answer.plan.unfilled) for answer in answers) == 13
    assert_clean_record(client)


async def test_supply_is_promised_once_and_later_orders_get_later_dates(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("3", 2), ("3", 6))
    requests = [hold_request({"mug": "2"}, f"r{number}") for number in range(3)]
    answers = await asyncio.gather(*map(client.allocation.Allocate, requests))
    times = sorted(answer.plan.reservations[0].expected_time.ToDatetime() for answer in answers)
    assert times == sorted(stamp(days).ToDatetime() for days in (2, 6, 6))


async def test_supply_that_slips_changes_the_dates_of_plans_and_says_so(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("3", 2))
    plan = await committed(client, "3")
    answer = await feed(client, "0", ("3", 9))
    (slipped,) = answer.slipped
    assert (slipped.plan_id, slipped.quantity.value) == (plan.id, "3")
    assert (slipped.before_time, slipped.expected_time) == (stamp(2), stamp(9))
    after = await stored(client, plan.id)
    assert after.reservations[0].expected_time == stamp(9)
    assert after.etag != plan.etag


async def test_dates_of_shipments_move_to_what_a_fresh_plan_would_say(client: Client) -> None:
    await put_item(client, processing_days=2)
    await feed(client, "0", ("3", 2))
    plan = await committed(client, "3")
    for days in (5, 6, 7, 8, 9, 40):
        await feed(client, "0", ("6", days))
        moved = await stored(client, plan.id)
        fresh = await client.allocation.Allocate(hold_request({"mug": "3"}, f"fresh {days}"))
        shipment = fresh.plan.shipments[0]
        assert moved.shipments[0].ship_date == shipment.ship_date
        assert moved.shipments[0].cutoff_time == shipment.cutoff_time
        assert moved.shipments[0].earliest_delivery_date == shipment.earliest_delivery_date
        assert moved.shipments[0].latest_delivery_date == shipment.latest_delivery_date
        assert moved.latest_delivery_date == fresh.plan.latest_delivery_date
        assert moved.shipments[0].ship_date != plan.shipments[0].ship_date
        await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=fresh.plan.id))
    await feed(client, "0")
    moved = await stored(client, plan.id)
    assert not moved.shipments[0].HasField("ship_date")
    assert not moved.HasField("latest_delivery_date")


async def test_a_preorder_is_not_expected_before_its_release(client: Client) -> None:
    await put_item(client, release_time=stamp(20))
    await feed(client, "0", ("3", 2))
    plan = await committed(client, "3")
    assert plan.reservations[0].expected_time == stamp(20)
    answer = await feed(client, "0", ("3", 4))
    assert not answer.slipped


async def test_whoever_has_the_greater_priority_is_served_first(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("9", 3))
    plans = {}
    for name, priority in (("low", 0), ("high", 5)):
        request = hold_request({"mug": "2"}, name)
        request.order.priority = priority
        plan = (await client.allocation.Allocate(request)).plan
        await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
        plans[plan.id] = name
    answer = await receive(client, "3")
    assert [(plans[one.plan_id], one.quantity.value) for one in answer.allotted] == [
        ("high", "2"),
        ("low", "1"),
    ]


async def test_a_plan_that_waits_can_be_made_anew_with_its_own_supply(client: Client) -> None:
    await put_item(client, limit="2")
    await feed(client, "0", ("2", 3))
    await feed(client, "0", ("2", 5), place="reno")
    plan = await committed(client, "2")
    assert plan.reservations[0].location_id == "newark"
    again = pb.ReallocatePlanRequest(
        plan_id=plan.id, request_id="again", excluded_location_ids=["newark"]
    )
    new = (await client.allocation.ReallocatePlan(again)).plan
    assert [(row.location_id, row.quantity.value) for row in new.reservations] == [("reno", "2")]
    assert not new.unfilled
    assert_clean_record(client)


async def test_availability_over_time_leaves_out_what_is_promised(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("9", 3))
    await committed(client, "4")
    asked = stock.GetAvailabilityRequest(inventory_item_ids=["mug"], at_time=stamp(4))
    (level,) = (await client.stock.GetAvailability(asked)).levels
    assert (level.available.value, level.waiting.value) == ("5", "4")


async def test_kits_wait_for_the_component_that_is_missing(client: Client) -> None:
    await put_item(client)
    kit = item_pb2.InventoryItem(id="set")
    for component, quantity in (("mug", "2"), ("tea", "1")):
        part = kit.components.add(inventory_item_id=component)
        part.required_quantity.value = quantity
    kit.backorder_policy = backorder_pb2.BACKORDER_POLICY_ALLOW
    await client.network.PutItems(net.PutItemsRequest(items=[kit]))
    tea = stock.StockAdjustment(
        inventory_item_id="tea",
        location_id="newark",
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
    )
    tea.quantity.value = "5"
    await client.stock.AdjustStock(stock.AdjustStockRequest(adjustments=[tea]))
    await feed(client, "1", ("9", 3))
    plan = (await client.allocation.Allocate(hold_request({"set": "2"}))).plan
    rows = {
        (row.inventory_item_id, row.backordered): row.quantity.value for row in plan.reservations
    }
    assert rows == {("mug", False): "1", ("mug", True): "3", ("tea", False): "2"}
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await receive(client, "1")
    fulfil = pb.FulfillPlanRequest(plan_id=plan.id, request_id="half")
    half = fulfil.parts.add(line_id=plan.lines[0].line_id, location_id="newark")
    half.quantity.value = "1"
    await client.allocation.FulfillPlan(fulfil)
    assert buckets(client, "mug", "newark").on_hand == 0
    assert buckets(client, "tea", "newark").on_hand == 4
    await receive(client, "2")
    rest = await client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=plan.id))
    assert rest.plan.state == plan_pb2.PLAN_STATE_FULFILLED
    assert_clean_record(client)


async def test_watchers_hear_of_slips_and_of_stock_that_was_given(client: Client) -> None:
    await put_item(client)
    await feed(client, "0", ("3", 2))
    await committed(client, "3")
    changes = client.stock.WatchStock(stock.WatchStockRequest())
    reader = aiter(changes)
    first = asyncio.ensure_future(anext(reader))
    await asyncio.sleep(0.2)
    await feed(client, "0", ("3", 9))
    change = await asyncio.wait_for(first, 5)
    assert change.reason == stock_pb2.STOCK_CHANGE_REASON_RESCHEDULE
    await receive(client, "3")
    change = await asyncio.wait_for(anext(reader), 5)
    assert change.reason == stock_pb2.STOCK_CHANGE_REASON_ALLOT
    assert change.level.committed.value == "3"
    changes.cancel()


async def test_a_plan_that_waits_behind_others_replays_to_the_same_bytes(client: Client) -> None:
    await put_item(client, limit="9")
    await feed(client, "1", ("3", 2), ("9", 5))
    await committed(client, "3", "first")
    plan = await committed(client, "4", "second")
    await receive(client, "9")
    answer = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=plan.id))
    assert answer.identical, list(answer.differing_fields)


async def test_an_order_of_ten_over_six_and_ten_takes_exactly_ten(client: Client) -> None:
    for place, quantity in (("newark", "6"), ("reno", "10")):
        await receive(client, quantity, place)
    plan = (await client.allocation.Allocate(hold_request({"mug": "10"}))).plan
    assert sum(int(row.quantity.value) for row in plan.reservations) == 10
    assert not plan.unfilled
    held = [buckets(client, "mug", place).held for place in ("newark", "reno")]
    assert sum(held) == 10
    assert_clean_record(client)


async def test_a_kit_and_its_component_do_not_both_get_the_last_unit(client: Client) -> None:
    kit = item_pb2.InventoryItem(id="set")
    kit.components.add(inventory_item_id="mug")
    kit.components.add(inventory_item_id="tea")
    await client.network.PutItems(net.PutItemsRequest(items=[kit]))
    await receive(client, "1")
    tea = stock.StockAdjustment(
        inventory_item_id="tea",
        location_id="newark",
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
    )
    tea.quantity.value = "9"
    await client.stock.AdjustStock(stock.AdjustStockRequest(adjustments=[tea]))
    requests = [
        hold_request({"set" if number % 2 else "mug": "1"}, f"r{number}") for number in range(16)
    ]
    answers = await asyncio.gather(*map(client.allocation.Allocate, requests))
    assert sum(not answer.plan.unfilled for answer in answers) == 1
    assert buckets(client, "mug", "newark").held == 1
    both = hold_request({"set": "1", "mug": "1"}, "both")
    together = (await client.allocation.Allocate(both)).plan
    assert len(together.unfilled) == 2
    assert_clean_record(client)


async def test_an_answer_lists_so_many_that_got_stock_and_counts_the_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_calls, "MOST_SETTLED", 2)
    await put_item(client)
    await feed(client, "0", ("9", 3))
    for number in range(3):
        await committed(client, "1", f"r{number}")
    answer = await receive(client, "3")
    assert (len(answer.allotted), answer.more_allotted) == (2, 1)
    assert (len(answer.slipped), answer.more_slipped) == (0, 0)
    assert buckets(client, "mug", "newark").committed == 3
