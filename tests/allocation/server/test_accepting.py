"""Calls are taken on many at a time, counted until they are over, and by nobody after the end."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
from grpc import aio

from allocation.server.accepting import SLOTS, can_accept_many
from allocation.server.intake import Intake
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.accepting_server import Stub, serving, until
from tests.allocation.server.samples import allocate_request, parse_error


class Gated(allocation_service_pb2_grpc.AllocationServiceServicer):
    def __init__(self) -> None:
        self.begun = 0
        self.go = asyncio.Event()

    async def Allocate(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        self.begun += 1
        await self.go.wait()
        return pb.AllocateResponse()


def test_the_locked_version_of_grpc_has_what_is_needed() -> None:
    assert can_accept_many()


async def test_more_calls_than_there_are_slots_are_served_at_the_same_time() -> None:
    intake = Intake()
    servicer = Gated()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, intake) as (stub, _):
        calls = [stub.Allocate(allocate_request()) for _ in range(3 * SLOTS)]
        await until(lambda: servicer.begun == 3 * SLOTS)
        assert intake.taken_on == 3 * SLOTS
        servicer.go.set()
        assert [await call for call in calls] == [pb.AllocateResponse()] * (3 * SLOTS)
        await until(lambda: intake.taken_on == 0)


async def test_one_beyond_the_places_is_refused_and_has_a_place_when_another_is_over() -> None:
    intake = Intake(places=4)
    servicer = Gated()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, intake) as (stub, _):
        calls = [asyncio.ensure_future(_answer(stub)) for _ in range(40)]
        await until(lambda: any(call.done() for call in calls))
        refused = [call.result() for call in calls if call.done()]
        assert {error.code for error in refused} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        servicer.go.set()
        answers = await asyncio.gather(*calls)
        assert answers.count(pb.AllocateResponse()) >= 4
        await until(lambda: intake.taken_on == 0)
        assert await stub.Allocate(allocate_request()) == pb.AllocateResponse()


async def test_calls_that_their_callers_give_up_are_over_and_cost_no_slot() -> None:
    intake = Intake()
    servicer = Gated()  # type: ignore[abstract]  # one method is enough
    async with serving(servicer, intake) as (stub, _):
        for _ in range(3):
            calls = [stub.Allocate(allocate_request()) for _ in range(2 * SLOTS)]
            await asyncio.sleep(0)
            for call in calls:
                call.cancel()
        await until(lambda: intake.taken_on == 0)
        servicer.go.set()
        assert await stub.Allocate(allocate_request()) == pb.AllocateResponse()


async def test_searches_take_no_place_in_the_lane() -> None:
    intake = Intake(places=1, taken_on=3, searching=lambda: 3)
    assert intake.has_room
    intake.taken_on = 4
    assert (intake.has_room, intake.is_beyond) == (False, False)
    intake.taken_on = 5
    assert intake.is_beyond


async def _answer(stub: Stub) -> Any:
    call = stub.Allocate(allocate_request())
    try:
        return await call
    except aio.AioRpcError as error:
        return parse_error(error)
