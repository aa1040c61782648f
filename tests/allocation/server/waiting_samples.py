"""Units that wait for supply on a server: an item that may, supply, and plans."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from google.protobuf import timestamp_pb2

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import backorder_pb2
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import (
    hold_request,
)
from tests.allocation.server.samples import Client, item

TOMORROW = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def stamp(days: float) -> timestamp_pb2.Timestamp:
    message = timestamp_pb2.Timestamp()
    message.FromDatetime(TOMORROW + timedelta(days=days - 1))
    return message


async def put_item(client: Client, limit: str = "", **fields: object) -> None:
    mug = item("mug", "350", backorder_policy=backorder_pb2.BACKORDER_POLICY_ALLOW, **fields)
    if limit:
        mug.backorder_limit.value = limit
    await client.network.PutItems(net.PutItemsRequest(items=[mug]))


async def feed(
    client: Client, on_hand: str, *coming: tuple[str, float], place: str = "newark", lot: str = ""
) -> stock.SetLevelsResponse:
    row = stock.LevelRow(inventory_item_id="mug", location_id=place, lot_id=lot)
    row.quantity.value = on_hand
    for quantity, days in coming:
        supply = row.incoming.add(expected_time=stamp(days))
        supply.quantity.value = quantity
    request = stock.SetLevelsRequest(header=stock.FeedHeader(), rows=[row])

    async def messages() -> AsyncIterator[stock.SetLevelsRequest]:
        yield request

    answer: stock.SetLevelsResponse = await client.stock.SetLevels(messages())
    return answer


async def receive(
    client: Client, quantity: str, place: str = "newark"
) -> stock.AdjustStockResponse:
    came = stock.StockAdjustment(
        inventory_item_id="mug",
        location_id=place,
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
    )
    came.quantity.value = quantity
    request = stock.AdjustStockRequest(adjustments=[came])
    answer: stock.AdjustStockResponse = await client.stock.AdjustStock(request)
    return answer


async def committed(client: Client, quantity: str, request_id: str = "r1") -> plan_pb2.Plan:
    plan = (await client.allocation.Allocate(hold_request({"mug": quantity}, request_id))).plan
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    return await stored(client, plan.id)


async def stored(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer: pb.GetPlanResponse = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id))
    return answer.plan
