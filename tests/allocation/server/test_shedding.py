"""Under overload, calls are refused before they are read, and say when to come again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.server.accepting import Acceptors
from allocation.server.edge import make_interceptor, make_server
from allocation.server.environment import default_environment
from allocation.server.handlers import Handlers
from allocation.server.intake import Intake
from allocation.server.interceptors import shedding
from allocation.server.metrics.metrics import Metrics
from allocation.server.quick_lane import QuickLane
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.samples import allocate_request, error_of


class Servicer(allocation_service_pb2_grpc.AllocationServiceServicer):
    async def Allocate(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
        return pb.AllocateResponse()

    async def GetPlan(self, request: pb.GetPlanRequest, context: Any) -> pb.GetPlanResponse:
        return pb.GetPlanResponse()


@asynccontextmanager
async def serving(
    intake: Intake, metrics: Metrics
) -> AsyncIterator[allocation_service_pb2_grpc.AllocationServiceAsyncStub]:
    settings = ServerSettings(port=0)
    interceptor = make_interceptor(settings, default_environment(), (metrics,), intake)
    server = make_server(settings, interceptor)
    handlers = Handlers(server, registered=True)
    allocation_service_pb2_grpc.add_AllocationServiceServicer_to_server(
        Servicer(),  # type: ignore[abstract]  # two methods are enough
        handlers.as_server(),
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    Acceptors(server, interceptor, intake).start(handlers.by_method)
    try:
        async with aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield allocation_service_pb2_grpc.AllocationServiceStub(channel)
    finally:
        await server.stop(0)


async def test_calls_are_refused_unread_while_no_more_are_taken_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shedding, "TELL_EVERY_S", 0.01)
    intake, metrics = Intake(is_full=True), Metrics()
    async with serving(intake, metrics) as stub:
        errors = await asyncio.gather(
            *(error_of(stub.Allocate(allocate_request())) for _ in range(3))
        )
        assert {error.code for error in errors} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        assert {error.reason for error in errors} == {"OVERLOADED"}
        assert all(error.retry_ms for error in errors)
        await asyncio.sleep(0.1)
        labels = {
            "method": "/allocation.v1.AllocationService/Allocate",
            "code": "RESOURCE_EXHAUSTED",
            "reason": "OVERLOADED",
        }
        assert metrics.registry.get_sample_value("shipfrom_calls_total", labels) == 3
        intake.is_full = False
        assert await stub.Allocate(allocate_request()) == pb.AllocateResponse()


async def test_calls_that_do_not_wait_in_the_lane_are_served_all_the_same() -> None:
    async with serving(Intake(is_full=True), Metrics()) as stub:
        assert await stub.GetPlan(pb.GetPlanRequest(plan_id="p")) == pb.GetPlanResponse()


async def test_every_call_counts_as_an_arrival() -> None:
    intake = Intake()
    async with serving(intake, Metrics()) as stub:
        await stub.Allocate(allocate_request())
        await stub.GetPlan(pb.GetPlanRequest(plan_id="p"))
    assert intake.arrivals == 2


async def test_the_lane_says_when_it_is_full_and_when_it_is_not() -> None:
    intake, seen = Intake(), list[bool]()
    lane = QuickLane(1, intake=intake)
    calls = [lane.run(lambda: seen.append(intake.is_full)) for _ in "ab"]
    seen.append(intake.is_full)
    await asyncio.gather(*calls)
    # With both in it, with one taken out, with none left.
    assert seen == [True, False, False]
    assert not intake.is_full
