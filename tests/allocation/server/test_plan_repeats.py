"""The same call twice gets the same answer, whatever has become of the plan between them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2
from routing.v1 import backorder_pb2
from tests.allocation.server.ledger_samples import hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of

COMMITTED = plan_pb2.PLAN_STATE_COMMITTED
FULFILLED = plan_pb2.PLAN_STATE_FULFILLED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 6, "dallas": 6}, "tea": {"reno": 9}})
        yield client


async def commit(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer = await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan_id))
    plan: plan_pb2.Plan = answer.plan
    return plan


def fulfilled(
    plan_id: str, *parts: tuple[str, str, str], request_id: str = ""
) -> pb.FulfillPlanRequest:
    request = pb.FulfillPlanRequest(plan_id=plan_id, request_id=request_id)
    for line_id, location_id, quantity in parts:
        part = request.parts.add(line_id=line_id, location_id=location_id)
        part.quantity.value = quantity
    return request


async def held_with_a_line_without_stock(client: Client) -> plan_pb2.Plan:
    request = hold_request({"mug": "2", "tea": "1"})
    request.order.lines[1].backorder_policy = backorder_pb2.BACKORDER_POLICY_IGNORE_STOCK
    plan: plan_pb2.Plan = (await client.allocation.Allocate(request)).plan
    assert {row.line_id for row in plan.reservations} == {"line-1"}
    return plan


async def test_a_release_of_a_line_without_stock_keeps_its_answer(client: Client) -> None:
    plan = await held_with_a_line_without_stock(client)
    request = pb.ReleasePlanRequest(plan_id=plan.id, line_ids=["line-2"], request_id="n1")
    assert (await client.allocation.ReleasePlan(request)).plan == plan
    assert (await commit(client, plan.id)).state == COMMITTED
    assert (await client.allocation.ReleasePlan(request)).plan == plan
    request.line_ids.append("line-1")
    error = await error_of(client.allocation.ReleasePlan(request))
    assert error.reason == "REQUEST_ID_REUSED"
    now = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan.id))
    assert now.plan.state == COMMITTED


async def test_fulfilling_a_line_without_stock_keeps_its_answer(client: Client) -> None:
    plan = await held_with_a_line_without_stock(client)
    committed = await commit(client, plan.id)
    place = plan.lines[1].parts[0].location_id
    request = fulfilled(plan.id, ("line-2", place, "1"), request_id="n1")
    assert (await client.allocation.FulfillPlan(request)).plan == committed
    gone = (await client.allocation.FulfillPlan(fulfilled(plan.id))).plan
    assert gone.state == FULFILLED
    assert (await client.allocation.FulfillPlan(request)).plan == committed
    error = await error_of(
        client.allocation.FulfillPlan(fulfilled(plan.id, request_id="n1")),
    )
    assert error.reason == "REQUEST_ID_REUSED"


async def test_a_repeat_gets_its_answer_though_it_could_not_be_read_any_more(
    client: Client,
) -> None:
    plan = (await client.allocation.Allocate(hold_request({"mug": "3"}))).plan
    place = plan.reservations[0].location_id
    await commit(client, plan.id)
    some = fulfilled(plan.id, ("line-1", place, "2"), request_id="f1")
    some.parts[0].serials.extend(["a", "b"])
    first = (await client.allocation.FulfillPlan(some)).plan
    await client.allocation.FulfillPlan(fulfilled(plan.id, request_id="f2"))
    assert (await client.allocation.FulfillPlan(some)).plan == first
    some.request_id = "f3"
    some.parts[0].serials.append("c")
    assert (await error_of(client.allocation.FulfillPlan(some))).reason == "INVALID_REQUEST"
