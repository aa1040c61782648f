"""Live and ready, told apart, over gRPC and HTTP."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from allocation.errors import RulesInvalidError
from allocation.server.environment import default_environment
from allocation.server.health.condition import Condition, Report
from allocation.server.health.settings import HealthSettings
from allocation.server.in_process import running_server
from allocation.server.server import Server
from allocation.server.services import SERVICES
from allocation.server.settings import ServerSettings
from routing.errors import InvalidInputError
from tests.allocation.server.samples import connected

SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING


class Clock:
    """Wall clock and monotonic seconds that tests move on."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self._start = datetime(2026, 11, 2, tzinfo=UTC)
        self._environment = default_environment()

    def monotonic(self) -> float:
        return self._environment.clock() + self.ahead_s

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.ahead_s)


async def status(server: Server, service: str) -> Any:
    async with connected(server) as client:
        stub: Any = health_pb2_grpc.HealthStub(client.channel)
        answer = await stub.Check(health_pb2.HealthCheckRequest(service=service))
        return answer.status


async def until(server: Server, service: str, wanted: Any) -> None:
    end = asyncio.get_running_loop().time() + 10
    while await status(server, service) != wanted:
        assert asyncio.get_running_loop().time() < end, f"{service} did not become {wanted}"
        await asyncio.sleep(0.05)


async def test_a_server_that_works_is_live_and_ready() -> None:
    async with running_server() as server:
        for service in ("", "live", "ready", *SERVICES):
            assert await status(server, service) == SERVING


async def test_without_its_store_a_server_lives_and_serves_and_is_not_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with running_server() as server:
        monkeypatch.setattr(type(server.stock), "stale_s", property(lambda _: 99.0))
        await until(server, "ready", NOT_SERVING)
        assert await status(server, "live") == SERVING
        assert await status(server, "allocation.v1.AllocationService") == SERVING
        monkeypatch.undo()
        await until(server, "ready", SERVING)


@pytest.mark.pure
async def test_rules_that_cannot_be_used_make_it_unready(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_name: str) -> Any:
        raise RulesInvalidError("the rule set r9 cannot be used")

    async with running_server() as server:
        monkeypatch.setattr(server._opened.rule_sets, "find", broken)
        await until(server, "ready", NOT_SERVING)


async def test_a_feed_that_stopped_makes_it_unready_only_if_asked_to() -> None:
    clock = Clock()
    environment = replace(default_environment(), now=clock.now)
    careful = ServerSettings(port=0, health=HealthSettings(feed_stale_s=3_600))
    async with (
        running_server(careful, environment) as asking,
        running_server(ServerSettings(port=0), environment) as not_asking,
    ):
        await until(asking, "ready", SERVING)
        clock.ahead_s = 3_601
        await until(asking, "ready", NOT_SERVING)
        await asyncio.sleep(1.2)
        assert await status(not_asking, "ready") == SERVING


async def test_draining_ends_readiness() -> None:
    async with running_server() as server:
        monitor = server._monitor
        assert monitor is not None
        assert monitor.report().ready
    report = monitor.report()
    assert not report.ready
    assert [each.name for each in report.failed] == ["draining"]


async def test_a_stuck_event_loop_is_not_live() -> None:
    clock = Clock()
    environment = replace(default_environment(), clock=clock.monotonic)
    async with running_server(ServerSettings(port=0), environment) as server:
        monitor = server._monitor
        assert monitor is not None
        assert monitor.report().live
        clock.ahead_s += 20
        assert not monitor.report().live


@pytest.mark.parametrize(
    ("report", "ready"),
    [
        (Report(True, (Condition("a"), Condition("b"))), True),
        (Report(True, (Condition("a"), Condition("b", "is away"))), False),
        (Report(False, (Condition("a"),)), False),
        (Report(True, ()), True),
    ],
)
def test_ready_is_live_and_every_condition(report: Report, ready: bool) -> None:
    assert report.ready is ready


@pytest.mark.parametrize("age_s", [-1, 1e9])
def test_ages_out_of_range_are_refused(age_s: float) -> None:
    with pytest.raises(InvalidInputError):
        HealthSettings(age_s)
