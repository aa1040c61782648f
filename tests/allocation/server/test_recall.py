"""A recalled lot is set aside everywhere, and what was promised of it is planned anew."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import grpc
import pytest

from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Buckets
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.ids import LineId
from routing.v1 import item_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    assert_clean,
    buckets,
    hold_request,
    key,
    put_stock,
)
from tests.allocation.server.samples import Client, connected, error_of, item

SHORT = stock.RECALL_OUTCOME_SHORT
REALLOCATED = stock.RECALL_OUTCOME_REALLOCATED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        mug = item("mug", "350", tracking=item_pb2.ITEM_TRACKING_LOT)
        await client.network.PutItems(net.PutItemsRequest(items=[mug]))
        await put_stock(client, {"mug": {"newark": 5, "reno": 5}}, lot="bad")
        yield client


async def held(client: Client, quantity: str, request_id: str) -> plan_pb2.Plan:
    request = hold_request({"mug": quantity}, request_id)
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer.plan


def recall(request_id: str = "recall", lot: str = "bad") -> stock.RecallLotRequest:
    return stock.RecallLotRequest(request_id=request_id, inventory_item_id="mug", lot_id=lot)


async def stored(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer: pb.GetPlanResponse = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id))
    return answer.plan


async def test_plans_with_a_recalled_lot_get_other_units(client: Client) -> None:
    first = await held(client, "2", "a")
    second = await held(client, "3", "b")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=second.id))
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    answer = await client.stock.RecallLot(recall())
    assert [level.unavailable.value for level in answer.levels] == ["5", "5"]
    assert {one.plan_id for one in answer.plans} == {first.id, second.id}
    assert {one.outcome for one in answer.plans} == {REALLOCATED}
    made = {one.plan_id: await stored(client, one.new_plan_id) for one in answer.plans}
    assert made[first.id].state == plan_pb2.PLAN_STATE_HELD
    assert made[second.id].state == plan_pb2.PLAN_STATE_COMMITTED
    assert {row.lot_id for plan in made.values() for row in plan.reservations} == {"good"}
    assert buckets(client, "mug", "newark", "bad") == Buckets(on_hand=5, unavailable=5)
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=2, committed=3)
    assert_clean(client)


async def test_what_nothing_replaces_is_unfilled_and_told(client: Client) -> None:
    plan = await held(client, "4", "a")
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    await put_stock(client, {"mug": {"newark": 1}}, lot="good")
    answer = await client.stock.RecallLot(recall())
    (told,) = answer.plans
    assert (told.outcome, told.order_id) == (SHORT, plan.order_id)
    new = await stored(client, told.new_plan_id)
    assert [one.quantity.value for one in new.unfilled] == ["4"]
    assert_clean(client)


async def test_a_recall_again_says_the_same_and_does_nothing_more(client: Client) -> None:
    await held(client, "2", "a")
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    first = await client.stock.RecallLot(recall())
    again = await client.stock.RecallLot(recall())
    assert again == first
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=2)
    error = await error_of(client.stock.RecallLot(recall(lot="good")))
    assert error.reason == "REQUEST_ID_REUSED"
    assert_clean(client)


async def test_a_recall_that_broke_off_goes_on_with_the_same_call(client: Client) -> None:
    plans = [await held(client, "1", f"r{number}") for number in range(4)]
    await put_stock(client, {"mug": {"newark": 9}}, lot="good")
    with pytest.raises(grpc.aio.AioRpcError):
        # Long enough to set the lot aside, too short to plan everything anew.
        await client.stock.RecallLot(recall(), timeout=0.001)
    answer = await client.stock.RecallLot(recall())
    assert {one.plan_id for one in answer.plans} == {plan.id for plan in plans}
    assert {one.outcome for one in answer.plans} == {REALLOCATED}
    assert buckets(client, "mug", "newark", "good") == Buckets(on_hand=9, held=4)
    assert_clean(client)


async def test_a_plan_that_nobody_can_make_anew_gives_its_units_back(client: Client) -> None:
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    rows = [HoldRow(LineId("1"), 0, key("mug", "newark", "bad"), 2)]
    ledger.hold("foreign", rows, expire_time=now + timedelta(hours=1), now=now)
    answer = await client.stock.RecallLot(recall())
    (told,) = answer.plans
    assert (told.plan_id, told.outcome) == ("foreign", stock.RECALL_OUTCOME_RELEASED)
    assert "no record" in told.message
    assert buckets(client, "mug", "newark", "bad") == Buckets(on_hand=5, unavailable=5)
    again = await client.stock.RecallLot(recall())
    assert [one.outcome for one in again.plans] == [stock.RECALL_OUTCOME_ENDED]


async def test_a_recall_needs_an_item_a_lot_and_an_id(client: Client) -> None:
    error = await error_of(client.stock.RecallLot(stock.RecallLotRequest()))
    assert set(error.violations) == {"request_id", "inventory_item_id", "lot_id"}
    unknown = stock.RecallLotRequest(request_id="r", inventory_item_id="nobody", lot_id="a")
    assert (await error_of(client.stock.RecallLot(unknown))).reason == "UNKNOWN_ITEM"
