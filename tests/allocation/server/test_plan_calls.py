"""Stored plans: read, commit, release, extend, fulfill."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
import pytest

from allocation.ledger.level import Buckets
from allocation.server.environment import Environment, default_environment
from allocation.server.in_process import running_server
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, planning_options_pb2, reservation_pb2
from tests.allocation.server.ledger_samples import assert_clean, buckets, hold_request, put_stock
from tests.allocation.server.samples import Client, connected, error_of

HELD = plan_pb2.PLAN_STATE_HELD
COMMITTED = plan_pb2.PLAN_STATE_COMMITTED
FULFILLED = plan_pb2.PLAN_STATE_FULFILLED
RELEASED = plan_pb2.PLAN_STATE_RELEASED
EXPIRED = plan_pb2.PLAN_STATE_EXPIRED


class Clock:
    """The server's wall clock, which a test sets forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(clock: Clock) -> AsyncIterator[Client]:
    environment = Environment(default_environment().planner, now=clock.now)
    async with (
        running_server(environment=environment) as server,
        connected(server) as client,
    ):
        await client.put_network()
        await put_stock(
            client,
            {
                "mug": {"reno": 6, "dallas": 6},
                "tea": {"reno": 9, "dallas": 9},
                "cloth": {"reno": 100},
            },
        )
        yield client


async def held(client: Client, quantities: dict[str, str], **options: Any) -> plan_pb2.Plan:
    answer = await client.allocation.Allocate(hold_request(quantities, **options))
    plan: plan_pb2.Plan = answer.plan
    assert plan.state == HELD
    return plan


async def stored(client: Client, plan_id: str) -> plan_pb2.Plan:
    answer = await client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan_id))
    plan: plan_pb2.Plan = answer.plan
    return plan


async def commit(client: Client, plan_id: str, **fields: Any) -> plan_pb2.Plan:
    answer = await client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan_id, **fields))
    plan: plan_pb2.Plan = answer.plan
    return plan


def fulfilled(plan_id: str, *parts: tuple[str, str, str], **fields: Any) -> pb.FulfillPlanRequest:
    request = pb.FulfillPlanRequest(plan_id=plan_id, **fields)
    for line_id, location_id, quantity in parts:
        part = request.parts.add(line_id=line_id, location_id=location_id)
        part.quantity.value = quantity
    return request


async def test_a_stored_plan_is_the_one_that_was_answered(client: Client) -> None:
    plan = await held(client, {"mug": "2", "tea": "1"}, explain=True)
    assert await stored(client, plan.id) == plan


async def test_a_plan_that_was_only_planned_is_not_stored(client: Client) -> None:
    request = hold_request({"mug": "1"})
    request.mode = pb.ALLOCATE_MODE_PLAN_ONLY
    plan = (await client.allocation.Allocate(request)).plan
    for call in (
        client.allocation.GetPlan(pb.GetPlanRequest(plan_id=plan.id)),
        client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id)),
        client.allocation.FulfillPlan(fulfilled(plan.id, ("line-1", "reno", "1"))),
    ):
        error = await error_of(call)
        assert error.code is grpc.StatusCode.NOT_FOUND
        assert error.reason == "PLAN_NOT_FOUND"


async def test_a_commit_keeps_the_stock_beyond_the_hold(client: Client, clock: Clock) -> None:
    plan = await held(client, {"mug": "2"})
    committed = await commit(client, plan.id, etag=plan.etag)
    assert committed.state == COMMITTED
    assert not committed.HasField("expire_time")
    assert committed.etag != plan.etag
    assert committed.reservations[0].state == reservation_pb2.RESERVATION_STATE_COMMITTED
    clock.ahead = timedelta(hours=1)
    assert await stored(client, plan.id) == committed
    assert await commit(client, plan.id) == committed
    assert buckets(client, "mug", plan.reservations[0].location_id).committed == 2


async def test_a_hold_that_ran_out_cannot_be_committed(client: Client, clock: Clock) -> None:
    plan = await held(client, {"mug": "2"})
    clock.ahead = timedelta(minutes=15)
    now = await stored(client, plan.id)
    assert now.state == EXPIRED
    assert now.reservations[0].state == reservation_pb2.RESERVATION_STATE_EXPIRED
    error = await error_of(client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id)))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "PLAN_EXPIRED"
    assert error.metadata == {"plan_id": plan.id}


async def test_an_extension_moves_the_expiry_and_repeats_under_its_id(
    client: Client, clock: Clock
) -> None:
    plan = await held(client, {"mug": "2"})
    request = pb.ExtendPlanRequest(plan_id=plan.id, request_id="e1")
    request.hold_ttl.FromSeconds(3_600)
    clock.ahead = timedelta(minutes=10)
    extended = (await client.allocation.ExtendPlan(request)).plan
    assert extended.state == HELD
    lasts = extended.expire_time.ToDatetime() - plan.create_time.ToDatetime()
    assert timedelta(minutes=69) < lasts < timedelta(minutes=71)
    clock.ahead = timedelta(minutes=20)
    assert (await client.allocation.ExtendPlan(request)).plan == extended
    request.hold_ttl.FromSeconds(30)
    assert (await error_of(client.allocation.ExtendPlan(request))).reason == "REQUEST_ID_REUSED"


async def test_an_extension_has_to_say_for_how_long(client: Client) -> None:
    plan = await held(client, {"mug": "2"})
    error = await error_of(client.allocation.ExtendPlan(pb.ExtendPlanRequest(plan_id=plan.id)))
    assert set(error.violations) == {"hold_ttl"}
    await commit(client, plan.id)
    request = pb.ExtendPlanRequest(plan_id=plan.id)
    request.hold_ttl.FromSeconds(60)
    error = await error_of(client.allocation.ExtendPlan(request))
    assert error.reason == "PLAN_ALREADY_COMMITTED"


async def test_what_is_released_can_be_held_at_once(client: Client) -> None:
    plan = await held(client, {"mug": "6"})
    place = plan.reservations[0].location_id
    request = pb.ReleasePlanRequest(plan_id=plan.id, comment="payment failed")
    released = (await client.allocation.ReleasePlan(request)).plan
    assert released.state == RELEASED
    assert (await client.allocation.ReleasePlan(request)).plan == released
    again = (await client.allocation.Allocate(hold_request({"mug": "6"}, "r2"))).plan
    assert [row.location_id for row in again.reservations] == [place]
    error = await error_of(client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id)))
    assert error.reason == "PLAN_ALREADY_RELEASED"
    entries = client.server.store.ledger.entries(limit=100)
    assert any(row.entry.comment == "payment failed" for row in entries)


async def test_some_lines_can_be_released_and_the_others_go_on(client: Client) -> None:
    plan = await held(client, {"mug": "2", "tea": "1"})
    request = pb.ReleasePlanRequest(plan_id=plan.id, line_ids=["line-2"])
    after = (await client.allocation.ReleasePlan(request)).plan
    assert after.state == HELD
    states = {row.line_id: row.state for row in after.reservations}
    assert states == {
        "line-1": reservation_pb2.RESERVATION_STATE_HELD,
        "line-2": reservation_pb2.RESERVATION_STATE_RELEASED,
    }
    committed = await commit(client, plan.id)
    assert committed.state == COMMITTED
    request.line_ids.append("line-9")
    error = await error_of(client.allocation.ReleasePlan(request))
    assert set(error.violations) == {"line_ids[1]"}


async def test_a_line_that_holds_nothing_can_be_released_too(client: Client) -> None:
    plan = await held(client, {"mug": "2", "tea": "100"})
    assert [line.line_id for line in plan.unfilled] == ["line-2"]
    request = pb.ReleasePlanRequest(plan_id=plan.id, line_ids=["line-2"])
    assert (await client.allocation.ReleasePlan(request)).plan == plan
    request.line_ids.append("line-1")
    assert (await client.allocation.ReleasePlan(request)).plan.state == RELEASED


async def test_stock_leaves_when_a_plan_is_fulfilled(client: Client) -> None:
    plan = await held(client, {"mug": "2"})
    place = plan.reservations[0].location_id
    error = await error_of(client.allocation.FulfillPlan(fulfilled(plan.id)))
    assert (error.code, error.reason) == (
        grpc.StatusCode.FAILED_PRECONDITION,
        "PLAN_NOT_COMMITTED",
    )
    assert "commit it" in error.message
    await commit(client, plan.id)
    gone = (await client.allocation.FulfillPlan(fulfilled(plan.id))).plan
    assert gone.state == FULFILLED
    assert buckets(client, "mug", place) == Buckets(on_hand=4)
    assert (await client.allocation.FulfillPlan(fulfilled(plan.id))).plan == gone
    error = await error_of(client.allocation.ReleasePlan(pb.ReleasePlanRequest(plan_id=plan.id)))
    assert error.reason == "PLAN_ALREADY_FULFILLED"


async def test_a_plan_can_leave_part_by_part(client: Client) -> None:
    split = planning_options_pb2.LINE_SPLIT_ALLOWED
    plan = await held(client, {"mug": "9"}, line_split=split)
    parts = {part.location_id: part.quantity.value for part in plan.lines[0].parts}
    assert len(parts) == 2
    await commit(client, plan.id)
    first, second = parts.items()
    whole = fulfilled(plan.id, ("line-1", *first))
    after = (await client.allocation.FulfillPlan(whole)).plan
    assert after.state == COMMITTED
    assert (await client.allocation.FulfillPlan(whole)).plan == after
    some = fulfilled(plan.id, ("line-1", second[0], "2"), request_id="f1")
    for _ in range(2):
        after = (await client.allocation.FulfillPlan(some)).plan
    rows = [(row.location_id, row.quantity.value, row.state) for row in after.reservations]
    left = str(int(second[1]) - 2)
    assert sorted(rows) == sorted(
        [
            (first[0], first[1], reservation_pb2.RESERVATION_STATE_FULFILLED),
            (second[0], "2", reservation_pb2.RESERVATION_STATE_FULFILLED),
            (second[0], left, reservation_pb2.RESERVATION_STATE_COMMITTED),
        ]
    )
    too_many = fulfilled(plan.id, ("line-1", second[0], second[1]), request_id="f2")
    assert (await client.allocation.FulfillPlan(too_many)).plan.state == FULFILLED
    assert buckets(client, "mug", "reno").on_hand + buckets(client, "mug", "dallas").on_hand == 3
    assert_clean(client)


async def test_a_kit_leaves_with_everything_that_is_in_it(client: Client) -> None:
    plan = await held(client, {"gift-set": "3"})
    place = plan.reservations[0].location_id
    await commit(client, plan.id)
    await client.allocation.FulfillPlan(fulfilled(plan.id, ("line-1", place, "1"), request_id="f1"))
    assert buckets(client, "mug", place) == Buckets(on_hand=4, committed=4)
    assert buckets(client, "tea", place) == Buckets(on_hand=8, committed=2)
    half = fulfilled(plan.id, ("line-1", place, "0.5"), request_id="f2")
    error = await error_of(client.allocation.FulfillPlan(half))
    assert "whole units" in error.violations["parts[0].quantity"]


async def test_decimals_leave_in_increments(client: Client) -> None:
    plan = await held(client, {"cloth": "0.75"})
    await commit(client, plan.id)
    request = fulfilled(plan.id, ("line-1", "reno", "0.25"), request_id="f1")
    after = (await client.allocation.FulfillPlan(request)).plan
    assert sorted(row.quantity.value for row in after.reservations) == ["0.25", "0.5"]
    assert buckets(client, "cloth", "reno") == Buckets(on_hand=75, committed=50)


async def test_everything_wrong_with_parts_is_said_at_once(client: Client) -> None:
    plan = await held(client, {"mug": "2"})
    place = plan.reservations[0].location_id
    await commit(client, plan.id)
    request = fulfilled(
        plan.id,
        ("line-9", place, "1"),
        ("line-1", "newark", "1"),
        ("line-1", place, "3"),
        ("line-1", place, "0"),
        ("line-1", place, "1"),
    )
    error = await error_of(client.allocation.FulfillPlan(request))
    assert set(error.violations) == {
        "parts[0]",
        "parts[1]",
        "parts[2].quantity",
        "parts[3].quantity",
        "request_id",
    }
    serial = fulfilled(plan.id, ("line-1", place, "1"), request_id="f1")
    for serials, path in (
        (["S1", "S1"], "serials"),
        (["S1", "S2"], "serials"),
        ([""], "serials[0]"),
    ):
        serial.parts[0].serials[:] = serials
        error = await error_of(client.allocation.FulfillPlan(serial))
        assert f"parts[0].{path}" in error.violations


async def test_serials_are_scanned_when_units_leave_and_none_leaves_twice(client: Client) -> None:
    plan = await held(client, {"mug": "3"})
    place = plan.reservations[0].location_id
    await commit(client, plan.id)
    request = fulfilled(plan.id, ("line-1", place, "2"), request_id="f1")
    request.parts[0].serials.extend(["S1", "S2"])
    part = (await client.allocation.FulfillPlan(request)).plan
    assert [list(row.serials) for row in part.reservations] == [[], ["S1", "S2"]]
    rest = fulfilled(plan.id, ("line-1", place, "3"))
    rest.parts[0].serials.append("S2")
    error = await error_of(client.allocation.FulfillPlan(rest))
    assert error.reason == "INSUFFICIENT_STOCK"
    assert error.metadata["serial"] == "S2"
    rest.parts[0].serials[:] = ["S3"]
    last = (await client.allocation.FulfillPlan(rest)).plan
    assert last.state == FULFILLED
    assert (await client.allocation.FulfillPlan(rest)).plan == last
    rest.parts[0].serials[:] = ["S9"]
    error = await error_of(client.allocation.FulfillPlan(rest))
    assert error.code is grpc.StatusCode.INVALID_ARGUMENT
    assert_clean(client)


async def test_the_lot_that_was_picked_leaves(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 2}}, lot="b")
    plan = await held(client, {"mug": "2"})
    place = plan.reservations[0].location_id
    await commit(client, plan.id)
    await put_stock(client, {"mug": {place: 4}}, lot="c")
    request = fulfilled(plan.id, ("line-1", place, "2"))
    request.parts[0].lot_id = "c"
    after = (await client.allocation.FulfillPlan(request)).plan
    assert {row.lot_id for row in after.reservations} == {"c"}
    assert buckets(client, "mug", place, "c") == Buckets(on_hand=2)
    assert (await client.allocation.FulfillPlan(request)).plan == after
    assert_clean(client)


@pytest.mark.parametrize("etag", ["0", "2", "01", "²", "x", "-1"])
async def test_a_plan_that_has_changed_since_is_left_alone(client: Client, etag: str) -> None:
    plan = await held(client, {"mug": "2"})
    request = pb.CommitPlanRequest(plan_id=plan.id, etag=etag)
    error = await error_of(client.allocation.CommitPlan(request))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "ETAG_MISMATCH"
    assert error.metadata["actual"] == "1"


async def test_a_commit_whose_answer_was_lost_is_repeatable_with_its_etag(client: Client) -> None:
    plan = await held(client, {"mug": "2"})
    request = pb.CommitPlanRequest(plan_id=plan.id, etag=plan.etag)
    committed = (await client.allocation.CommitPlan(request)).plan
    assert committed.state == plan_pb2.PLAN_STATE_COMMITTED
    assert (await client.allocation.CommitPlan(request)).plan == committed
    release = pb.ReleasePlanRequest(plan_id=plan.id, etag=plan.etag)
    assert (await error_of(client.allocation.ReleasePlan(release))).reason == "ETAG_MISMATCH"
    release.etag = committed.etag
    released = (await client.allocation.ReleasePlan(release)).plan
    assert (await client.allocation.ReleasePlan(release)).plan == released
    error = await error_of(client.allocation.CommitPlan(request))
    assert error.reason == "PLAN_ALREADY_RELEASED"
    assert "replaced_by_plan_id" not in error.metadata
    assert_clean(client)


async def test_a_commit_is_refused_when_a_count_took_the_units_away(client: Client) -> None:
    plan = await held(client, {"mug": "6"})
    place = plan.reservations[0].location_id
    await put_stock(client, {"mug": {place: 5}})
    error = await error_of(client.allocation.CommitPlan(pb.CommitPlanRequest(plan_id=plan.id)))
    assert error.code is grpc.StatusCode.FAILED_PRECONDITION
    assert error.reason == "INSUFFICIENT_STOCK"
    assert (error.metadata["requested"], error.metadata["available"]) == ("6", "5")
    assert (await stored(client, plan.id)).state == HELD


async def test_calls_without_a_plan_id_are_refused(client: Client) -> None:
    stub = client.allocation
    for call in (
        stub.GetPlan(pb.GetPlanRequest()),
        stub.CommitPlan(pb.CommitPlanRequest()),
        stub.ReleasePlan(pb.ReleasePlanRequest(line_ids=["x"])),
        stub.FulfillPlan(fulfilled("", ("x", "y", "1"))),
        stub.ReallocatePlan(pb.ReallocatePlanRequest(request_id="r")),
    ):
        error = await error_of(call)
        assert "plan_id" in error.violations
