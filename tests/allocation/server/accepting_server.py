"""A server around a servicer of a test's own, whose calls are taken on as the real one's are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple, TypeAlias

from grpc import aio

from allocation.server.accepting import Acceptors
from allocation.server.edge import make_interceptor, make_server
from allocation.server.environment import default_environment
from allocation.server.handlers import Handlers
from allocation.server.intake import Intake
from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2_grpc

Stub: TypeAlias = "allocation_service_pb2_grpc.AllocationServiceAsyncStub"
Servicer: TypeAlias = allocation_service_pb2_grpc.AllocationServiceServicer


class Started(NamedTuple):
    server: aio.Server
    target: str
    acceptors: Acceptors


async def started(servicer: Servicer, intake: Intake, observers: Sequence[Any] = ()) -> Started:
    settings = ServerSettings(port=0)
    interceptor = make_interceptor(settings, default_environment(), tuple(observers), intake)
    server = make_server(settings, interceptor)
    handlers = Handlers(server, registered=True)
    allocation_service_pb2_grpc.add_AllocationServiceServicer_to_server(
        servicer, handlers.as_server()
    )
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    acceptors = Acceptors(server, interceptor, intake)
    acceptors.start(handlers.by_method)
    return Started(server, f"127.0.0.1:{port}", acceptors)


@asynccontextmanager
async def serving(servicer: Servicer, intake: Intake) -> AsyncIterator[tuple[Stub, Acceptors]]:
    server, target, acceptors = await started(servicer, intake)
    async with aio.insecure_channel(target) as channel:
        yield allocation_service_pb2_grpc.AllocationServiceStub(channel), acceptors
    await server.stop(0)
    await until(lambda: not acceptors.running)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)
