"""Serials in the ledger, over the wire: where units are, who has them, and which are promised."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import decision_pb2, plan_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import assert_clean, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of, item

RECEIVE = stock_pb2.STOCK_CHANGE_REASON_RECEIVE
TRANSFER = stock_pb2.STOCK_CHANGE_REASON_TRANSFER_OUT


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 's.db'}")
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        phone = item("phone", "200", tracking=item_pb2.ITEM_TRACKING_SERIAL)
        await client.network.PutItems(net.PutItemsRequest(items=[phone]))
        yield client


async def feed(client: Client, **places: str) -> stock.SetLevelsResponse:
    """Tell the units of places, each a word of its serials' letters."""
    rows = []
    for place, serials in places.items():
        row = stock.LevelRow(inventory_item_id="phone", location_id=place, serials=serials)
        row.quantity.value = str(len(serials))
        rows.append(row)
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=rows)

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    answer: stock.SetLevelsResponse = await client.stock.SetLevels(messages())
    return answer


def adjustment(
    reason: stock_pb2.StockChangeReason.ValueType, place: str, *serials: str, to: str = ""
) -> stock.AdjustStockRequest:
    one = stock.StockAdjustment(
        inventory_item_id="phone",
        location_id=place,
        to_location_id=to,
        reason=reason,
        serials=serials,
    )
    one.quantity.value = str(len(serials))
    return stock.AdjustStockRequest(adjustments=[one])


def wanting(request_id: str, quantity: str, *serials: str) -> pb.AllocateRequest:
    request = hold_request({"phone": quantity}, request_id, explain=True)
    request.order.lines[0].serials.extend(serials)
    return request


def units(plan: plan_pb2.Plan) -> list[tuple[str, str, list[str]]]:
    return [(row.location_id, row.quantity.value, list(row.serials)) for row in plan.reservations]


async def test_an_order_for_a_certain_unit_gets_it_from_where_it_is(client: Client) -> None:
    await feed(client, newark="AB", reno="CD")
    plan = (await client.allocation.Allocate(wanting("r1", "1", "D"))).plan
    assert units(plan) == [("reno", "1", ["D"])]
    other = (await client.allocation.Allocate(wanting("r2", "1", "D"))).plan
    assert not other.reservations
    assert "too few of them the serials asked for" in other.unfilled[0].detail
    details = [each.detail for each in other.explanation.lines[0].verdicts]
    assert any("it asks for certain serials" in each for each in details)
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=plan.id))
    again = (await client.allocation.Allocate(wanting("r3", "1", "D"))).plan
    assert units(again) == [("reno", "1", ["D"])]
    assert_clean(client)


async def test_named_and_other_units_of_one_order_stand_in_rows_of_their_own(
    client: Client,
) -> None:
    await feed(client, newark="ABC")
    request = wanting("r1", "1", "B")
    any_two = request.order.lines.add(id="line-2", inventory_item_id="phone")
    any_two.quantity.value = "2"
    plan = (await client.allocation.Allocate(request)).plan
    assert units(plan) == [("newark", "1", ["B"]), ("newark", "2", [])]
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    leaves = pb.FulfillPlanRequest(plan_id=plan.id, request_id="f")
    part = leaves.parts.add(line_id="line-2", location_id="newark", serials=["A", "B"])
    part.quantity.value = "2"
    error = await error_of(client.allocation.FulfillPlan(leaves))
    assert (error.reason, error.metadata["serial"]) == ("INSUFFICIENT_STOCK", "B")
    part.serials[:] = ["A", "C"]
    await client.allocation.FulfillPlan(leaves)
    assert_clean(client)


async def test_a_unit_is_received_and_transferred_and_never_at_two_locations(
    client: Client,
) -> None:
    await put_stock(client, {"phone": {"reno": 3}})
    await client.stock.AdjustStock(adjustment(RECEIVE, "newark", "A"))
    error = await error_of(client.stock.AdjustStock(adjustment(RECEIVE, "reno", "A")))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert error.metadata["location_id"] == "newark"
    assert "is at newark" in error.message
    await client.stock.AdjustStock(adjustment(TRANSFER, "newark", "A", to="reno"))
    plan = (await client.allocation.Allocate(wanting("r1", "1", "A", "B"))).plan
    assert units(plan) == [("reno", "1", ["A"])]


async def test_a_feed_is_told_which_units_cannot_be_where_it_says(client: Client) -> None:
    await feed(client, newark="AB")
    plan = (await client.allocation.Allocate(wanting("r1", "1", "A"))).plan
    answer = await feed(client, reno="AC", dallas="D")
    assert (answer.accepted_rows, answer.refused_rows) == (1, 1)
    assert f"is in plan '{plan.id}'" in answer.errors[0].message
    row = stock.LevelRow(inventory_item_id="mug", location_id="reno", serials=["A"])
    row.quantity.value = "2"
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=[row])

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    (refused,) = (await client.stock.SetLevels(messages())).errors
    assert (refused.path, "not tracked by serial" in refused.message) == ("serials", True)


async def test_a_plan_that_is_made_anew_keeps_the_unit_that_it_names(client: Client) -> None:
    await feed(client, newark="A", reno="B")
    plan = (await client.allocation.Allocate(wanting("r1", "1", "A", "B"))).plan
    ((first, _, [serial]),) = units(plan)
    same = pb.ReallocatePlanRequest(plan_id=plan.id, request_id="again")
    anew = (await client.allocation.ReallocatePlan(same)).plan
    assert units(anew) == [(first, "1", [serial])]
    moved = pb.ReallocatePlanRequest(
        plan_id=anew.id, request_id="elsewhere", excluded_location_ids=[first]
    )
    last = (await client.allocation.ReallocatePlan(moved)).plan
    ((second, _, [other]),) = units(last)
    assert (second, other) != (first, serial)
    assert_clean(client)


async def test_units_are_found_wherever_they_are(client: Client) -> None:
    await feed(client, newark="ABCDE")
    wish = wanting("r1", "2", "A", "B")
    plan = (await client.allocation.Allocate(wish)).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    leaves = pb.FulfillPlanRequest(plan_id=plan.id, request_id="f")
    part = leaves.parts.add(line_id="line-1", location_id="newark", serials=["A"])
    part.quantity.value = "1"
    await client.allocation.FulfillPlan(leaves)
    quarantine = stock_pb2.STOCK_CHANGE_REASON_QUARANTINE
    await client.stock.AdjustStock(adjustment(quarantine, "newark", "C"))
    await feed(client, newark="BCD")
    asked = stock.FindSerialsRequest(inventory_item_id="phone", serials="EDCBAZ")
    found = (await client.stock.FindSerials(asked)).units
    assert [(each.serial, each.state, each.location_id, each.plan_id) for each in found] == [
        ("A", stock.SERIAL_STATE_GONE, "", plan.id),
        ("B", stock.SERIAL_STATE_PROMISED, "newark", plan.id),
        ("C", stock.SERIAL_STATE_SET_ASIDE, "newark", ""),
        ("D", stock.SERIAL_STATE_THERE, "newark", ""),
        ("E", stock.SERIAL_STATE_NOWHERE, "", ""),
    ]
    asked = stock.FindSerialsRequest(inventory_item_id="phone", serials=["A", ""])
    error = await error_of(client.stock.FindSerials(asked))
    assert list(error.violations) == ["serials[1]"]
    error = await error_of(client.stock.FindSerials(stock.FindSerialsRequest()))
    assert list(error.violations) == ["inventory_item_id", "serials"]


async def test_the_decision_is_replayed_with_the_units_of_its_moment(client: Client) -> None:
    await feed(client, newark="A", reno="B")
    plan = (await client.allocation.Allocate(wanting("r1", "1", "B"))).plan
    await client.stock.AdjustStock(adjustment(RECEIVE, "dallas", "C"))
    replay = await client.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=plan.id))
    assert replay.identical
    record = client.server.store.decisions.find(plan.id)
    assert record is not None
    recorded = decision_pb2.DecisionRecord.FromString(record)
    serials = {
        (item_stock.inventory_item_id, serial)
        for item_stock in recorded.stock.items
        for detail in item_stock.details
        for serial in detail.serials
    }
    assert serials == {("phone", "B")}


async def test_units_in_lots_are_held_in_their_lot(client: Client) -> None:
    rows = []
    for lot, serials in (("old", "AB"), ("new", "CD")):
        row = stock.LevelRow(
            inventory_item_id="phone", location_id="newark", lot_id=lot, serials=serials
        )
        row.quantity.value = "2"
        rows.append(row)
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=rows)

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    await client.stock.SetLevels(messages())
    plan = (await client.allocation.Allocate(wanting("r1", "2", "B", "C"))).plan
    assert sorted((row.lot_id, list(row.serials)) for row in plan.reservations) == [
        ("new", ["C"]),
        ("old", ["B"]),
    ]
    assert_clean(client)
