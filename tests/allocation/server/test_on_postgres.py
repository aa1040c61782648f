"""What servers promise of plans and stock holds on PostgreSQL, too; some of all there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest

from allocation.ledger.level import Buckets
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import backorder_pb2
from tests.allocation.ledger.postgres_server import Server
from tests.allocation.server.ledger_samples import assert_clean, buckets, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of


@pytest.fixture
async def clients(server: Server, schema: str) -> AsyncIterator[tuple[Client, Client]]:
    """Two servers on one database of their own."""
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {schema}")
    settings = ServerSettings(port=0, store=server.dsn.replace("/postgres?", f"/{schema}?"))
    async with AsyncExitStack() as stack:
        one, two = [
            await stack.enter_async_context(
                connected(await stack.enter_async_context(running_server(settings)))
            )
            for _ in range(2)
        ]
        await one.put_network()
        await put_stock(one, {"mug": {"reno": 6, "dallas": 6}, "tea": {"reno": 9}})
        yield one, two


async def held(client: Client, request: pb.AllocateRequest) -> plan_pb2.Plan:
    plan: plan_pb2.Plan = (await client.allocation.Allocate(request)).plan
    assert plan.state == plan_pb2.PLAN_STATE_HELD
    return plan


async def test_a_plan_goes_through_its_states_on_whichever_server(
    clients: tuple[Client, Client],
) -> None:
    one, two = clients
    request = hold_request({"mug": "3", "tea": "1"})
    request.order.lines[1].backorder_policy = backorder_pb2.BACKORDER_POLICY_IGNORE_STOCK
    plan = await held(two, request)
    assert (await one.allocation.Allocate(request)).plan == plan
    place = plan.reservations[0].location_id
    release = pb.ReleasePlanRequest(plan_id=plan.id, line_ids=["line-2"], request_id="n1")
    assert (await one.allocation.ReleasePlan(release)).plan == plan
    committed = await one.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id))
    assert (await two.allocation.ReleasePlan(release)).plan == plan
    some = pb.FulfillPlanRequest(plan_id=plan.id, request_id="f1")
    part = some.parts.add(line_id="line-1", location_id=place, serials=["a", "b"])
    part.quantity.value = "2"
    first = (await two.allocation.FulfillPlan(some)).plan
    assert first.etag != committed.plan.etag
    assert (await one.allocation.FulfillPlan(some)).plan == first
    some.parts[0].serials[1] = "c"
    assert (await error_of(one.allocation.FulfillPlan(some))).reason == "REQUEST_ID_REUSED"
    rest = pb.FulfillPlanRequest(plan_id=plan.id)
    assert (await one.allocation.FulfillPlan(rest)).plan.state == plan_pb2.PLAN_STATE_FULFILLED
    assert buckets(one, "mug", place) == Buckets(on_hand=3)
    assert_clean(two)


async def test_a_plan_is_replaced_and_replayed_on_whichever_server(
    clients: tuple[Client, Client],
) -> None:
    one, two = clients
    plan = await held(one, hold_request({"mug": "2"}))
    place = plan.reservations[0].location_id
    request = pb.ReallocatePlanRequest(
        plan_id=plan.id, request_id="x1", excluded_location_ids=[place]
    )
    await two.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan.id))
    other = (await two.allocation.ReallocatePlan(request)).plan
    assert {row.location_id for row in other.reservations}.isdisjoint({place})
    answer = await one.allocation.ReplayPlan(pb.ReplayPlanRequest(plan_id=other.id))
    assert answer.identical, answer.differing_fields
    assert_clean(one)


async def test_stock_is_fed_adjusted_listed_and_audited(clients: tuple[Client, Client]) -> None:
    one, two = clients
    header = stock.FeedHeader(kind=stock.FEED_KIND_FULL, request_id="full")
    feed = stock.SetLevelsRequest(header=header)
    for item_id, place, quantity in (("mug", "reno", "4"), ("cloth", "reno", "0.75")):
        row = feed.rows.add(inventory_item_id=item_id, location_id=place)
        row.quantity.value = quantity
    for client in (two, one):
        assert (await client.stock.SetLevels(iter([feed]))).accepted_rows == 2
    adjust = stock.AdjustStockRequest(request_id="a1")
    receipt = adjust.adjustments.add(inventory_item_id="mug", location_id="reno")
    receipt.reason = stock_pb2.STOCK_CHANGE_REASON_RECEIVE
    receipt.quantity.value = "5"
    for client in (one, two):
        answer = await client.stock.AdjustStock(adjust)
        assert [level.available.value for level in answer.levels] == ["9"]
    asked = stock.GetAvailabilityRequest(inventory_item_ids=["mug", "tea"], location_ids=["reno"])
    levels = (await two.stock.GetAvailability(asked)).levels
    assert [level.available.value for level in levels] == ["9", "0"]
    listed = await one.stock.ListStockEntries(
        stock.ListStockEntriesRequest(inventory_item_id="mug", location_id="reno")
    )
    assert [entry.reason for entry in listed.entries] == [
        stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
        stock_pb2.STOCK_CHANGE_REASON_FEED,
        stock_pb2.STOCK_CHANGE_REASON_FEED,
    ]
    audit = await two.stock.AuditStock(stock.AuditStockRequest(inventory_item_ids=["mug"]))
    assert (audit.levels_checked, audit.levels_differing) == (2, 0)
