from __future__ import annotations

import asyncio

import grpc
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.environment import Environment
from allocation.server.in_process import running_server
from allocation.server.interceptors.pacer import BURST, MOST_WAIT_S, Pacer
from allocation.server.settings import ServerSettings
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import allocate_request, connected, error_of


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def test_a_burst_is_refused_at_once_and_the_rest_at_the_rate() -> None:
    clock = Clock()
    pacer = Pacer(clock, per_s=10.0)
    clock.seconds += 1_000
    waits = [pacer.wait_s() for _ in range(BURST + 3)]
    assert waits[:BURST] == [0.0] * BURST
    assert [round(each, 6) for each in waits[BURST:]] == [0.1, 0.2, 0.3]


@given(st.lists(st.floats(0, 0.2), max_size=300))
def test_nobody_waits_longer_than_the_most(pauses: list[float]) -> None:
    clock = Clock()
    pacer = Pacer(clock)
    for pause in pauses:
        clock.seconds += pause
        assert 0 <= pacer.wait_s() <= MOST_WAIT_S + 1e-9


async def test_refused_calls_are_typed_and_say_when_to_come_back() -> None:
    planner = GatedPlanner()
    settings = ServerSettings(port=0, threads=1, queue=0)
    async with (
        running_server(settings, Environment(planner)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        running = asyncio.ensure_future(_ignore(client.allocation.Allocate(allocate_request())))
        await asyncio.to_thread(planner.started.wait, 30)
        errors = await asyncio.gather(
            *(error_of(client.allocation.Allocate(allocate_request())) for _ in range(20))
        )
        planner.release.set()
        await running
    assert {error.code for error in errors} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert {error.reason for error in errors} == {"OVERLOADED"}
    assert all(error.retry_ms for error in errors)


async def _ignore(call: object) -> None:
    await call  # type: ignore[misc]
