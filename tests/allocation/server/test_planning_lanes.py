"""Usual orders do not wait behind long searches, and neither lane takes on too much."""

from __future__ import annotations

import asyncio
from functools import partial
from threading import Event
from typing import Any

import pytest

from allocation.engine import Engine
from allocation.engine_api import NeedsTimeError, PlanningRequest, PlanningResult, QuoteResult
from allocation.errors import OverloadedError
from allocation.server.calls import CURRENT_CALL, CallRecord, current_call_id
from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.intake import Intake
from allocation.server.planning_lanes import (
    MOST_QUICK_LEVELS,
    MOST_QUICK_LINES,
    PlanningLanes,
)
from allocation.server.quick_lane import LEAST_WAITING, QuickLane
from allocation.server.settings import ServerSettings
from allocation.server.worker_pool import WorkerPool
from allocation.v1 import allocation_service_pb2 as pb
from tests.allocation.server.samples import Client, allocate_request, connected


async def test_functions_run_one_after_the_other_in_the_order_they_came() -> None:
    lane, done = QuickLane(10), list[int]()
    await asyncio.gather(*(lane.run(partial(done.append, number)) for number in range(5)))
    assert done == list(range(5))
    assert lane.taken == 0


async def test_what_comes_in_between_gets_its_turn() -> None:
    lane, seen = QuickLane(10, slice_s=0.0), []

    async def other() -> None:
        seen.append("other")

    first = asyncio.ensure_future(lane.run(lambda: seen.append("first")))
    second = asyncio.ensure_future(lane.run(lambda: seen.append("second")))
    await asyncio.sleep(0)
    third = asyncio.ensure_future(other())
    await asyncio.gather(first, second, third)
    assert seen == ["first", "other", "second"]


async def test_several_functions_run_in_one_slice() -> None:
    lane, seen = QuickLane(10, slice_s=60.0), []
    first = asyncio.ensure_future(lane.run(lambda: seen.append("first")))
    second = asyncio.ensure_future(lane.run(lambda: seen.append("second")))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert seen == ["first", "second"]
    await asyncio.gather(first, second)


async def test_a_queue_of_n_admits_exactly_n_beside_the_next() -> None:
    lane = QuickLane(2)
    calls = [asyncio.ensure_future(lane.run(lambda: None)) for _ in range(4)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(answer) for answer in answers] == [type(None)] * 3 + [OverloadedError]


async def test_an_error_is_its_own_callers_and_a_cancelled_call_is_not_run() -> None:
    lane, ran = QuickLane(10), []

    def fail() -> None:
        raise ValueError("mine")

    first = asyncio.ensure_future(lane.run(fail))
    cancelled = asyncio.ensure_future(lane.run(lambda: ran.append("cancelled")))
    last = asyncio.ensure_future(lane.run(lambda: ran.append("last")))
    cancelled.cancel()
    with pytest.raises(ValueError, match="mine"):
        await first
    await last
    assert ran == ["last"]


async def test_what_is_noted_belongs_to_the_call_that_the_function_runs_for() -> None:
    lane = QuickLane(10)

    async def call(name: str) -> str:
        record = CallRecord(name)
        CURRENT_CALL.set(record)
        return await lane.run(current_call_id)

    names = [f"call-{number}" for number in range(5)]
    assert await asyncio.gather(*map(call, names)) == names


def many_lines(count: int) -> pb.AllocateRequest:
    request = allocate_request()
    del request.order.lines[:]
    for number in range(count):
        line = request.order.lines.add(id=f"line-{number}", inventory_item_id="mug")
        line.quantity.value = "1"
    return request


def with_levels(count: int) -> pb.AllocateRequest:
    request = allocate_request()
    for number in range(count):
        request.inline_stock.items[0].levels.add(location_id=str(number))
    return request


def changed(**fields: Any) -> pb.AllocateRequest:
    request = allocate_request()
    request.MergeFrom(pb.AllocateRequest(**fields))
    return request


@pytest.mark.parametrize(
    ("request_", "quick"),
    [
        (allocate_request(), True),
        (many_lines(MOST_QUICK_LINES), True),
        (many_lines(MOST_QUICK_LINES + 1), False),
        (with_levels(MOST_QUICK_LEVELS + 1), False),
        (changed(options={"explain": True}), False),
        (changed(options={"alternatives": 1}), False),
        (changed(network={}), False),
        (changed(baseline={}), False),
        (changed(mode=pb.ALLOCATE_MODE_HOLD), True),
        (pb.QuoteRequest(order=allocate_request().order), False),
    ],
)
async def test_only_what_is_short_to_read_may_be_quick(request_: Any, quick: bool) -> None:
    pool = WorkerPool(1, 1)
    lanes = PlanningLanes(QuickLane(1), pool, lambda: False)
    asked: list[bool] = []
    await lanes.run(request_, asked.append)
    pool.close()
    assert asked == [quick]


async def test_what_needs_time_or_the_store_goes_to_the_pool() -> None:
    pool, asked = WorkerPool(1, 1), list[bool]()

    def plan(quick: bool) -> str:
        asked.append(quick)
        if quick:
            raise NeedsTimeError
        return "searched"

    lanes = PlanningLanes(QuickLane(1), pool, lambda: False)
    assert await lanes.run(allocate_request(), plan) == "searched"
    assert asked == [True, False]
    asked.clear()
    with_lots = PlanningLanes(QuickLane(1), pool, lambda: True)
    await with_lots.run(changed(mode=pb.ALLOCATE_MODE_HOLD), plan)
    pool.close()
    assert asked == [False]


class SlowSearches:
    """Plans usual orders at once, and others when it is let go."""

    def __init__(self) -> None:
        self.started, self.release = Event(), Event()
        self._engine = Engine(clock=lambda: 0.0)

    def plan(self, request: PlanningRequest) -> PlanningResult:
        if not request.quick_only:
            self.started.set()
            self.release.wait(30)
        return self._engine.plan(request)

    def quote(self, request: PlanningRequest) -> QuoteResult:
        return self._engine.quote(request)


async def answer_to(client: Client, request: pb.AllocateRequest) -> pb.AllocateResponse:
    answer: pb.AllocateResponse = await client.allocation.Allocate(request)
    return answer


async def test_usual_orders_are_planned_while_every_thread_searches() -> None:
    planner = SlowSearches()
    settings = ServerSettings(port=0, threads=1, queue=1)
    async with (
        running_server(settings, Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        long = allocate_request()
        long.options.explain = True
        search = asyncio.ensure_future(answer_to(client, long))
        await asyncio.to_thread(planner.started.wait, 30)
        for _ in range(20):
            answer = await client.allocation.Allocate(allocate_request(), timeout=20)
            assert answer.plan.shipments
        assert not search.done()
        planner.release.set()
        assert (await search).plan.explanation.ByteSize()


class SlowClock:
    """Each look at it takes as long as a plan does."""

    def __init__(self, plan_s: float) -> None:
        self.plan_s, self.seconds = plan_s, 0.0

    def __call__(self) -> float:
        self.seconds += self.plan_s
        return self.seconds


@pytest.mark.parametrize(
    ("plan_s", "places"),
    [(0.000_01, 1_001), (0.000_5, 250), (0.01, LEAST_WAITING), (10, LEAST_WAITING)],
)
async def test_as_many_may_wait_as_are_planned_in_the_time_that_callers_have(
    plan_s: float, places: int
) -> None:
    intake = Intake()
    lane = QuickLane(1_000, slice_s=0.0, intake=intake, clock=SlowClock(plan_s))
    assert (lane.places, intake.places) == (1_001, 1_001)
    for _ in range(200):
        await lane.run(lambda: None)
    # What a plan takes is more than the clock's step: it is looked at more than once.
    assert places * 0.3 <= lane.places <= places or lane.places == LEAST_WAITING
    assert intake.places == lane.places
