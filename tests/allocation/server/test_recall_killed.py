"""A server is killed in the middle of a recall: the same call again finishes it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
from grpc import aio

from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.states import HoldState
from allocation.v1 import allocation_service_pb2_grpc, stock_pb2, stock_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as stock
from routing.ids import ItemId
from routing.v1 import item_pb2, network_service_pb2_grpc
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import hold_request
from tests.allocation.server.samples import item, network_messages
from tests.allocation.server.server_process import ServerProcess, server_process

PLANS = 40
RECALL = stock.RecallLotRequest(request_id="recall", inventory_item_id="mug", lot_id="bad")


async def _prepare(address: str) -> list[str]:
    """Stock two lots and let plans hold the one that will be recalled."""
    async with aio.insecure_channel(address) as channel:
        network: Any = network_service_pb2_grpc.NetworkServiceStub(channel)
        locations, items = network_messages()
        await network.PutLocations(locations)
        await network.PutItems(items)
        mug = item("mug", "350", tracking=item_pb2.ITEM_TRACKING_LOT)
        await network.PutItems(net.PutItemsRequest(items=[mug]))
        await _receive(channel, "bad")
        plans: Any = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        requests = [hold_request({"mug": "1"}, f"r{number}") for number in range(PLANS)]
        answers = await asyncio.gather(*map(plans.Allocate, requests))
        await _receive(channel, "good")
        return [answer.plan.id for answer in answers]


async def _receive(channel: aio.Channel, lot: str) -> None:
    stub: Any = stock_service_pb2_grpc.StockServiceStub(channel)
    came = stock.StockAdjustment(
        inventory_item_id="mug",
        location_id="newark",
        lot_id=lot,
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
    )
    came.quantity.value = str(PLANS)
    await stub.AdjustStock(stock.AdjustStockRequest(adjustments=[came]))


async def _recall(address: str) -> stock.RecallLotResponse:
    async with aio.insecure_channel(address) as channel:
        stub: Any = stock_service_pb2_grpc.StockServiceStub(channel)
        answer: stock.RecallLotResponse = await stub.RecallLot(RECALL, timeout=60)
        return answer


def _replaced(path: Path, plan_ids: list[str]) -> int:
    ledger = SqliteLedger(path)
    now = datetime.now(UTC)
    states = Counter(ledger.get_plan(one, now=now).state for one in plan_ids)
    ledger.close()
    return states[HoldState.RELEASED]


def _wait_until_begun(path: Path, plan_ids: list[str]) -> None:
    while _replaced(path, plan_ids) < 3:
        time.sleep(0.002)


async def _recall_until_killed(server: ServerProcess, path: Path, plan_ids: list[str]) -> None:
    """Kill the server once some of the plans have been replaced."""
    call = asyncio.ensure_future(_recall(server.address))
    await asyncio.to_thread(_wait_until_begun, path, plan_ids)
    server.kill()
    (found,) = await asyncio.gather(call, return_exceptions=True)
    assert isinstance(found, grpc.aio.AioRpcError), "the recall was faster than the kill"


def test_a_recall_that_a_killed_server_did_not_finish_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "shipfrom.db"
    with server_process(f"sqlite:{path}") as server:
        plan_ids = asyncio.run(_prepare(server.address))
        asyncio.run(_recall_until_killed(server, path, plan_ids))
    assert 0 < _replaced(path, plan_ids) < PLANS
    with server_process(f"sqlite:{path}") as server:
        answer = asyncio.run(_recall(server.address))
        again = asyncio.run(_recall(server.address))
    assert {one.plan_id for one in answer.plans} == set(plan_ids)
    assert {one.outcome for one in answer.plans} == {stock.RECALL_OUTCOME_REALLOCATED}
    assert again == answer
    assert len({one.new_plan_id for one in answer.plans}) == PLANS
    ledger = SqliteLedger(path)
    figures = {
        level.key.lot_id: (level.buckets.held, level.buckets.unavailable)
        for level in ledger.levels(now=datetime.now(UTC), item_ids=[ItemId("mug")]).levels
    }
    assert figures == {"bad": (0, PLANS), "good": (PLANS, 0)}
    assert ledger.audit(now=datetime.now(UTC)).differences == ()
    ledger.close()
