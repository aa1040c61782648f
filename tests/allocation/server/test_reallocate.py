"""A new plan in the place of one that a location refused or could not pick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from allocation.ledger.level import Buckets, StockOwner
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, planning_options_pb2
from tests.allocation.server.ledger_samples import assert_clean, buckets, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of

HELD = plan_pb2.PLAN_STATE_HELD
COMMITTED = plan_pb2.PLAN_STATE_COMMITTED
FULFILLED = plan_pb2.PLAN_STATE_FULFILLED
RELEASED = plan_pb2.PLAN_STATE_RELEASED


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with running_server() as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"newark": 5, "reno": 9}, "tea": {"newark": 9, "reno": 9}})
        yield client


async def held(client: Client, quantities: dict[str, str], **options: Any) -> plan_pb2.Plan:
    plan: plan_pb2.Plan = (
        await client.allocation.Allocate(hold_request(quantities, **options))
    ).plan
    assert [each.location_id for each in plan.shipments] == ["newark"]
    return plan


async def stored(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id))
    plan: plan_pb2.Plan = answer.plan
    return plan


def reallocate(
    plan_id: str,
    *short: tuple[str, str, str],
    excluded: tuple[str, ...] = (),
    request_id: str = "again",
    **fields: Any,
) -> pb.ReallocatePlanRequest:
    request = pb.ReallocatePlanRequest(
        plan_id=plan_id, request_id=request_id, excluded_location_ids=excluded, **fields
    )
    for line_id, location_id, quantity in short:
        part = request.short_picks.add(line_id=line_id, location_id=location_id)
        part.quantity.value = quantity
    return request


async def test_a_refused_plan_moves_to_another_location(client: Client) -> None:
    old = await held(client, {"mug": "5"})
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, excluded=("newark",)))
    new = answer.plan
    assert answer.replaced_plan_id == old.id
    assert [each.location_id for each in new.shipments] == ["reno"]
    assert new.state == HELD
    assert new.expire_time == old.expire_time
    assert (await stored(client, old.id)).state == RELEASED
    assert await stored(client, new.id) == new
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5)
    assert buckets(client, "mug", "reno") == Buckets(on_hand=9, held=5)
    assert_clean(client)


async def test_what_takes_the_place_of_a_commitment_is_committed(client: Client) -> None:
    old = await held(client, {"mug": "2"})
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=old.id))
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, excluded=("newark",)))
    assert answer.plan.state == COMMITTED
    assert not answer.plan.HasField("expire_time")
    assert buckets(client, "mug", "reno") == Buckets(on_hand=9, committed=2)
    gone = await client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=answer.plan.id))
    assert gone.plan.state == FULFILLED
    assert_clean(client)


async def test_a_repeat_makes_no_third_plan(client: Client) -> None:
    old = await held(client, {"mug": "2"})
    request = reallocate(old.id, excluded=("newark",))
    first = await client.allocation.ReallocatePlan(request)
    again = await client.allocation.ReallocatePlan(request)
    assert again.replayed
    again.replayed = False
    assert again == first
    request.excluded_location_ids.append("dallas")
    error = await error_of(client.allocation.ReallocatePlan(request))
    assert error.reason == "REQUEST_ID_REUSED"


async def test_the_units_of_the_old_plan_are_free_for_the_new(client: Client) -> None:
    old = await held(client, {"mug": "5"})
    options = planning_options_pb2.PlanningOptions(excluded_location_ids=["reno"])
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, options=options))
    assert not answer.plan.unfilled
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5, held=5)


async def test_a_short_pick_takes_what_was_found_and_sets_the_rest_aside(client: Client) -> None:
    split = planning_options_pb2.LINE_SPLIT_ALLOWED
    old = await held(client, {"mug": "4"}, line_split=split)
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=old.id))
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, ("line-1", "newark", "1")))
    parts = {part.location_id: part.quantity.value for part in answer.plan.lines[0].parts}
    assert parts in ({"newark": "3", "reno": "1"}, {"reno": "4"})
    found = int(parts.get("newark", "0"))
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5, unavailable=1, committed=found)
    assert_clean(client)


async def test_a_short_pick_of_a_kit_is_short_of_everything_in_it(client: Client) -> None:
    old = await held(client, {"gift-set": "2"})
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, ("line-1", "newark", "1")))
    assert [each.location_id for each in answer.plan.shipments] == ["reno"]
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5, unavailable=2)
    assert buckets(client, "tea", "newark") == Buckets(on_hand=9, unavailable=1)


async def test_what_has_left_is_not_planned_again(client: Client) -> None:
    old = await held(client, {"mug": "3", "tea": "1"})
    await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=old.id))
    request = pb.FulfillPlanRequest(plan_id=old.id, request_id="f")
    request.parts.add(line_id="line-1", location_id="newark").quantity.value = "1"
    request.parts.add(line_id="line-2", location_id="newark").quantity.value = "1"
    await client.allocation.FulfillPlan(request)
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, excluded=("newark",)))
    assert [(line.line_id, line.quantity.value) for line in answer.plan.lines] == [("line-1", "2")]
    assert (await stored(client, old.id)).state == FULFILLED
    assert buckets(client, "mug", "newark") == Buckets(on_hand=4)
    assert buckets(client, "mug", "reno") == Buckets(on_hand=9, committed=2)
    assert_clean(client)


async def test_what_was_released_is_not_planned_again(client: Client) -> None:
    old = await held(client, {"mug": "3", "tea": "1"})
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=old.id, line_ids=["line-1"]))
    answer = await client.allocation.ReallocatePlan(reallocate(old.id, excluded=("newark",)))
    assert [line.line_id for line in answer.plan.lines] == ["line-2"]


async def test_who_refused_stays_excluded_until_other_options_are_given(client: Client) -> None:
    await put_stock(client, {"mug": {"dallas": 9}})
    plan_id = (await held(client, {"mug": "3"})).id
    for number, excluded in enumerate(("newark", "reno", "dallas")):
        request = reallocate(plan_id, excluded=(excluded,), request_id=f"again {number}")
        if excluded == "dallas":
            request.options.SetInParent()
        answer = await client.allocation.ReallocatePlan(request)
        plan_id = answer.plan.id
        places = [shipment.location_id for shipment in answer.plan.shipments]
        if excluded == "reno":
            assert places == ["dallas"]
    assert places == ["newark"]
    assert buckets(client, "mug", "newark").held == 3
    assert_clean(client)


async def test_units_that_are_nowhere_else_stay_unfilled_and_are_given_back(
    client: Client,
) -> None:
    old = await held(client, {"mug": "5"})
    request = reallocate(old.id, excluded=("newark", "reno"))
    answer = await client.allocation.ReallocatePlan(request)
    assert len(answer.plan.unfilled) == 1
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5)
    follow_up = reallocate(answer.plan.id, request_id="third")
    error = await error_of(client.allocation.ReallocatePlan(follow_up))
    assert "plan with Allocate" in error.violations["plan_id"]


async def test_figures_of_another_system_are_not_set_aside(client: Client) -> None:
    await put_stock(client, {"mug": {"newark": 5}}, owner=StockOwner.MIRROR)
    old = await held(client, {"mug": "3"})
    await client.allocation.ReallocatePlan(reallocate(old.id, ("line-1", "newark", "3")))
    assert buckets(client, "mug", "newark") == Buckets(on_hand=5)
    assert buckets(client, "mug", "reno").held == 3


async def test_the_old_plan_says_which_plan_has_its_place(client: Client) -> None:
    old = await held(client, {"mug": "3"})
    answer = await client.allocation.ReallocatePlan(
        reallocate(old.id, ("line-1", old.reservations[0].location_id, "3"))
    )
    new = answer.plan
    assert not new.replaced_by_plan_id
    told = (await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=old.id))).plan
    assert told.replaced_by_plan_id == new.id
    place = old.reservations[0].location_id
    part = pb.FulfilledPart(line_id="line-1", location_id=place)
    part.quantity.value = "3"
    for call in (
        client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=old.id, etag=old.etag)),
        client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=old.id)),
        client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=old.id, line_ids=["line-1"])),
        client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=old.id)),
        client.allocation.FulfillPlan(pb.FulfillPlanRequest(plan_id=old.id, parts=[part])),
        client.allocation.ReallocatePlan(reallocate(old.id, request_id="other")),
    ):
        error = await error_of(call)
        assert error.reason == "PLAN_ALREADY_RELEASED"
        assert error.metadata["replaced_by_plan_id"] == new.id
        assert "go on with that one" in error.message
    committed = await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=new.id))
    assert committed.plan.state == plan_pb2.PLAN_STATE_COMMITTED
    assert_clean(client)


async def test_what_cannot_be_replaced_says_why(client: Client) -> None:
    old = await held(client, {"mug": "3"})
    error = await error_of(client.allocation.ReallocatePlan(reallocate("no such plan")))
    assert error.reason == "PLAN_NOT_FOUND"
    stale = reallocate(old.id, etag="7")
    assert (await error_of(client.allocation.ReallocatePlan(stale))).reason == "ETAG_MISMATCH"
    nowhere = reallocate(old.id, excluded=("atlantis",))
    assert (await error_of(client.allocation.ReallocatePlan(nowhere))).reason == "UNKNOWN_LOCATION"
    wrong = reallocate(
        old.id, ("line-1", "reno", "1"), ("line-1", "newark", "2"), ("line-1", "newark", "2")
    )
    error = await error_of(client.allocation.ReallocatePlan(wrong))
    assert set(error.violations) == {"short_picks[0]", "short_picks[2].quantity"}
    missing = reallocate(old.id, request_id="")
    error = await error_of(client.allocation.ReallocatePlan(missing))
    assert set(error.violations) == {"request_id"}
    assert (await stored(client, old.id)) == old
    await client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=old.id))
    error = await error_of(client.allocation.ReallocatePlan(reallocate(old.id)))
    assert error.reason == "PLAN_ALREADY_RELEASED"


async def test_many_reallocations_at_once_neither_lose_nor_double_stock(client: Client) -> None:
    await put_stock(client, {"mug": {"dallas": 4}})
    plans = [
        (await client.allocation.Allocate(hold_request({"mug": "1"}, f"r{number}"))).plan
        for number in range(10)
    ]
    requests = [
        reallocate(plan.id, excluded=(plan.shipments[0].location_id,), request_id=f"a {plan.id}")
        for plan in plans
        for _ in range(2)
    ]
    answers = await asyncio.gather(*map(client.allocation.ReallocatePlan, requests))
    new = {answer.plan.id: answer.plan for answer in answers}
    assert len(new) == 10
    filled = sum(1 for plan in new.values() if not plan.unfilled)
    held_now = sum(buckets(client, "mug", place).held for place in ("newark", "reno", "dallas"))
    assert held_now == filled
    assert_clean(client)
