"""Calls that a server did not look at, since too many waited, are told apart and made again."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import grpc
from grpc import aio

from allocation.client import OverloadedError, Retries
from allocation.client.errors import UNSEEN_DELAY_S, service_error
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc
from tests.allocation.server.samples import allocate_request

OPERATING = Path(__file__).parents[3] / "docs" / "operating.md"
PENDING = 4
MANY = 6 * PENDING


@contextmanager
def held_up() -> Iterator[tuple[str, Event]]:
    """Run a server that does nothing else while it answers its first call, until an event."""
    go, ready, ports = Event(), Event(), list[int]()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    class Servicer(allocation_service_pb2_grpc.AllocationServiceServicer):
        async def Allocate(self, request: pb.AllocateRequest, context: Any) -> pb.AllocateResponse:
            go.wait(30)
            return pb.AllocateResponse()

    async def serve() -> None:
        server = aio.server(
            options=[
                ("grpc.server.max_pending_requests", PENDING),
                ("grpc.server.max_pending_requests_hard_limit", 2 * PENDING),
            ]
        )
        allocation_service_pb2_grpc.add_AllocationServiceServicer_to_server(
            Servicer(),  # type: ignore[abstract]  # one method is enough
            server,
        )
        ports.append(server.add_insecure_port("127.0.0.1:0"))
        await server.start()
        ready.set()
        await stop.wait()
        await server.stop(0)

    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        thread = Thread(target=runner.run, args=(serve(),))
        thread.start()
        ready.wait(30)
        try:
            yield f"127.0.0.1:{ports[0]}", go
        finally:
            go.set()
            loop.call_soon_threadsafe(stop.set)
            thread.join(30)


def ended_by_grpc(stub: Any) -> grpc.RpcError:
    """Make more calls than may wait; return the error of the first that fails."""
    calls = [stub.Allocate.future(allocate_request(), timeout=30) for _ in range(MANY)]
    failed, errors = Event(), list[grpc.RpcError]()

    def note(call: Any) -> None:
        if call.code() is not grpc.StatusCode.OK:
            errors.append(call.exception())
            failed.set()

    for call in calls:
        call.add_done_callback(note)
    assert failed.wait(30)
    return errors[0]


def test_a_call_that_nobody_looked_at_is_overload_with_a_time_to_come_again() -> None:
    with held_up() as (target, _), grpc.insecure_channel(target) as channel:
        error = ended_by_grpc(allocation_service_pb2_grpc.AllocationServiceStub(channel))
    found = service_error(error)
    assert isinstance(found, OverloadedError)
    assert (found.code, found.reason) == (grpc.StatusCode.CANCELLED, "OVERLOADED")
    assert found.retry_delay_s == UNSEEN_DELAY_S
    assert Retries().pause_s(found, 1, lambda: 0.5) == UNSEEN_DELAY_S


def documented_policy() -> str:
    """Return the service config that operators are told of."""
    found = re.search(r"```json\n(\{\n  \"methodConfig\".*?)```", OPERATING.read_text(), re.DOTALL)
    assert found is not None
    return json.dumps(json.loads(found[1]))


def test_a_plain_client_with_the_documented_policy_comes_again() -> None:
    options = [("grpc.service_config", documented_policy())]
    with (
        held_up() as (target, go),
        grpc.insecure_channel(target) as plain,
        grpc.insecure_channel(target, options=options) as channel,
    ):
        ended_by_grpc(allocation_service_pb2_grpc.AllocationServiceStub(plain))
        stub = allocation_service_pb2_grpc.AllocationServiceStub(channel)
        calls = [stub.Allocate.future(allocate_request(), timeout=30) for _ in range(PENDING)]
        go.set()
        for call in calls:
            assert call.result(timeout=30) == pb.AllocateResponse()
