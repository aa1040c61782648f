"""Start, readiness, health, reflection and the end."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from allocation.server import server as server_module
from allocation.server.ending import Ending, ServingEndedError
from allocation.server.environment import Environment, default_environment
from allocation.server.in_process import running_server, server_in_thread
from allocation.server.server import Server, run, serve
from allocation.server.services import SERVICES
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.v1 import allocation_service_pb2_grpc
from routing.errors import InvalidInputError
from routing.v1 import network_service_pb2 as net
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.planners import GatedPlanner
from tests.allocation.server.samples import Client, allocate_request, connected
from tests.allocation.server.server_process import server_environment

SERVING = health_pb2.HealthCheckResponse.SERVING


async def test_health_says_serving_for_the_server_and_each_service(client: Client) -> None:
    health = health_pb2_grpc.HealthStub(client.channel)
    for name in ("", *SERVICES):
        answer = await health.Check(health_pb2.HealthCheckRequest(service=name))
        assert answer.status == SERVING
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await health.Check(health_pb2.HealthCheckRequest(service="no.such.Service"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


async def test_reflection_lists_every_service_and_gives_its_contract(client: Client) -> None:
    stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
    listing = reflection_pb2.ServerReflectionRequest(list_services="")
    asked = reflection_pb2.ServerReflectionRequest(
        file_containing_symbol="allocation.v1.AllocationService"
    )
    answers = [answer async for answer in stub.ServerReflectionInfo(iter([listing, asked]))]
    names = {service.name for service in answers[0].list_services_response.service}
    assert {*SERVICES, "grpc.health.v1.Health"} <= names
    assert answers[1].file_descriptor_response.file_descriptor_proto


async def test_reflection_can_be_switched_off() -> None:
    async with (
        running_server(ServerSettings(port=0, reflection=False)) as server,
        connected(server) as client,
    ):
        stub = reflection_pb2_grpc.ServerReflectionStub(client.channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            [answer async for answer in stub.ServerReflectionInfo(iter([request]))]
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_a_drain_lets_running_calls_finish_and_takes_no_new_ones() -> None:
    planner = GatedPlanner()
    server = Server(ServerSettings(port=0, grace_s=20), Environment(planner))
    await server.start()
    async with connected(server) as client:
        await client.put_network()
        health = health_pb2_grpc.HealthStub(client.channel)
        watch = health.Watch(health_pb2.HealthCheckRequest())
        assert (await watch.read()).status == SERVING
        running = asyncio.ensure_future(_plan(client))
        await asyncio.to_thread(planner.started.wait, 30)
        draining = asyncio.ensure_future(server.drain())
        assert (await watch.read()).status == health_pb2.HealthCheckResponse.NOT_SERVING
        watch.cancel()
        await asyncio.sleep(0.1)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.network.ListItems(net.ListItemsRequest(), timeout=5)
        assert not running.done()
        planner.release.set()
        answer = await running
        await draining
    assert caught.value.code() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED)
    assert answer.plan.shipments


async def test_calls_that_outlast_the_grace_are_cut_off() -> None:
    planner = GatedPlanner()
    server = Server(ServerSettings(port=0, grace_s=0.1), Environment(planner))
    await server.start()
    async with connected(server) as client:
        await client.put_network()
        running = asyncio.ensure_future(_plan(client))
        await asyncio.to_thread(planner.started.wait, 30)
        await server.drain()
        with pytest.raises((grpc.aio.AioRpcError, asyncio.CancelledError)):
            await running
    planner.release.set()


async def _plan(client: Client) -> Any:
    return await client.allocation.Allocate(allocate_request())


async def test_readiness_is_logged_with_the_port_actually_bound(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "allocation.server")
    async with running_server() as server:
        (ready,) = [record for record in caplog.records if record.message == "ready"]
        assert vars(ready)["port"] == server.port > 0
        assert vars(ready)["address"] == f"127.0.0.1:{server.port}"


async def test_a_port_in_use_is_a_clear_refusal() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"cannot listen on 127.0.0.1:{port}"):
            await Server(ServerSettings(port=port)).start()


async def test_two_servers_share_a_port_only_when_told_to() -> None:
    async with running_server(ServerSettings(port=0, share_port=True)) as first:
        shared = ServerSettings(port=first.port, share_port=True)
        async with running_server(shared) as second:
            assert second.port == first.port
        with pytest.raises(StartError):
            await Server(ServerSettings(port=first.port)).start()


@contextmanager
def own_log() -> Iterator[None]:
    """Put the server's logger back as it was: `run` takes it over."""
    log = logging.getLogger("allocation.server")
    before = log.handlers, log.level, log.propagate
    try:
        yield
    finally:
        for each in log.handlers:
            # As at the end of the program: a thread writes what was said.
            each.flush()
        log.handlers, log.level, log.propagate = before


def test_run_gives_1_when_the_port_is_taken(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = ServerSettings(port=taken.getsockname()[1])
        with own_log():
            assert run(settings) == 1
    entry = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert "cannot listen on" in entry["problem"]


def test_run_gives_1_when_a_file_is_missing(capfd: pytest.CaptureFixture[str]) -> None:
    with own_log():
        assert run(ServerSettings(port=0, network_files=(Path("no-such-file.json"),))) == 1
    entry = json.loads(capfd.readouterr().err.splitlines()[-1])
    assert entry["message"] == "cannot start"
    assert "no-such-file.json" in entry["problem"]


SCRIPT = """
import sys
from allocation.server.server import run
from allocation.server.settings import ServerSettings
sys.exit(run(ServerSettings(port=0)))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_process_drains_on_a_signal_and_ends_with_0(number: signal.Signals) -> None:
    entries = []
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stderr=subprocess.PIPE,
        text=True,
        env=server_environment(),
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            entries.append(json.loads(line))
            if entries[-1]["message"] == "ready":
                process.send_signal(number)
        assert process.wait(30) == 0
    messages = [entry["message"] for entry in entries]
    assert messages == ["rules are active", "ready", "leaving", "draining", "stopped"]


async def test_serve_ends_when_it_is_told_to() -> None:
    ending = Ending()
    ending.ask()
    await serve(ServerSettings(port=0), default_environment(), ending)


def test_a_server_in_a_thread_serves_callers_without_an_event_loop() -> None:
    with server_in_thread() as server, grpc.insecure_channel(server.address) as channel:
        network = network_service_pb2_grpc.NetworkServiceStub(channel)
        assert network.ListRateCards(net.ListRateCardsRequest(headers_only=True)).rate_cards
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        with pytest.raises(grpc.RpcError):
            stub.Allocate(allocate_request())


def test_a_server_in_a_thread_that_cannot_start_says_so() -> None:
    settings = ServerSettings(port=0, network_files=(Path("no-such-file.json"),))
    with pytest.raises(StartError), server_in_thread(settings):
        pass


def test_settings_out_of_range_are_named_all_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        ServerSettings(port=65_536, threads=0, queue=-1, receive_bytes=1, grace_s=-1)
    assert [each.path for each in caught.value.violations] == [
        "port",
        "threads",
        "queue",
        "receive_bytes",
        "grace_s",
    ]


@pytest.mark.parametrize(
    ("host", "target"),
    [("127.0.0.1", "127.0.0.1:7"), ("::1", "[::1]:7"), ("[::]", "[::]:7"), ("lab", "lab:7")],
)
def test_an_ipv6_address_gets_its_brackets(host: str, target: str) -> None:
    assert ServerSettings(host=host, port=7).target == target


async def test_a_server_that_takes_no_calls_any_more_does_not_live_on_unnoticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server_module, "CHECK_EVERY_S", 0.01)
    started: list[Server] = []
    start = Server.start

    async def noted(self: Server, announce: str = "ready") -> None:
        await start(self, announce)
        started.append(self)

    monkeypatch.setattr(Server, "start", noted)
    serving = asyncio.ensure_future(serve(ServerSettings(port=0, store="memory")))
    async with asyncio.timeout(30):
        while not started:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
        core: Any = started[0]._server
        # As gRPC does when its own loop fails.
        await core._server.shutdown(None)
        with pytest.raises(ServingEndedError):
            await serving


async def test_requests_up_to_the_size_limit_are_taken_and_larger_ones_are_not() -> None:
    settings = ServerSettings(port=0, receive_bytes=10_000)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        request = allocate_request()
        request.order.destination.address.recipients.append("")
        short = 10_000 - request.ByteSize() - 20
        request.order.destination.address.recipients[0] = "x" * short
        while request.ByteSize() < 10_000:
            request.order.destination.address.recipients[0] += "x"
        assert (await client.allocation.Allocate(request)).plan.shipments
        request.order.destination.address.recipients[0] += "x"
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.allocation.Allocate(request)
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
