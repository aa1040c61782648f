"""Bytes over a real socket: calls of every method, and connections that do not speak gRPC."""

from __future__ import annotations

import asyncio
import random
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import grpc
from grpc import aio

from allocation.server.in_process import running_server
from allocation.server.server import Server
from allocation.server.services import FILES
from allocation.server.settings import ServerSettings
from tests.allocation.server.hostile import random_bytes
from tests.allocation.server.samples import (
    allocate_request,
    connected,
    parse_error,
    quote_request,
)
from tests.fuzz.calls import IMPROPER
from tests.fuzz.seeds import NEVER_SERVED

LIFE: Final = 20_000
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS: Final = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
_DEADLINE_S: Final = 10.0


class Wire:
    """Makes and answers inputs over a socket."""

    name = "wire"

    def __init__(self) -> None:
        self._stack: AsyncExitStack | None = None
        self._server: Server | None = None
        self._channel: Any = None
        self._answered = 0
        self._requests = tuple(
            each.SerializeToString() for each in (allocate_request(), quote_request())
        )
        self._methods = tuple(
            (
                f"/{service.full_name}/{method.name}",
                method.client_streaming,
                method.server_streaming,
            )
            for file in FILES
            for service in file.services_by_name.values()
            for method in service.methods
        )

    async def answer(self, rng: random.Random) -> tuple[str, str, str]:
        """Answer one input: what kind of answer it got, what is wrong with it, and the input."""
        if self._stack is None or self._answered >= LIFE:
            await self._renew()
        self._answered += 1
        if rng.random() < 0.05:
            return await self._raw(rng)
        method, streams_in, streams_out = rng.choice(self._methods)
        content = random_bytes(rng, rng.choice(self._requests))
        kind, reason = await self._called(method, content, streams_in, streams_out)
        proper = kind not in IMPROPER and (kind in ("OK", "CANCELLED") or bool(reason))
        if kind == "UNIMPLEMENTED":
            proper = method == NEVER_SERVED
        problem = "" if proper else f"{method}: {kind} {reason}"
        return reason or kind, problem, f"{method} {content.hex()}"

    async def _called(
        self, method: str, content: bytes, streams_in: bool, streams_out: bool
    ) -> tuple[str, str]:
        shape = f"{'stream' if streams_in else 'unary'}_{'stream' if streams_out else 'unary'}"
        stub = getattr(self._channel, shape)(method)
        request: Any = iter([content]) if streams_in else content
        try:
            if streams_out:
                call = stub(request, timeout=_DEADLINE_S)
                try:
                    await asyncio.wait_for(call.read(), 0.01)
                except TimeoutError:
                    call.cancel()
                    return "CANCELLED", ""
                code = await call.code() if call.done() else grpc.StatusCode.OK
                call.cancel()
                if code is not grpc.StatusCode.OK:
                    return code.name, "(stream)"
            else:
                await stub(request, timeout=_DEADLINE_S)
        except aio.AioRpcError as error:
            found = parse_error(error)
            return found.code.name, found.reason
        return "OK", ""

    async def _raw(self, rng: random.Random) -> tuple[str, str, str]:
        """Send bytes that are hardly HTTP/2, on a connection of their own; then see who lives."""
        assert self._server is not None
        noise = rng.randbytes(rng.randrange(1, 400))
        content = rng.choice((noise, PREFACE + noise, PREFACE + SETTINGS + noise, PREFACE[:9]))
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server.port)
        try:
            writer.write(content)
            await asyncio.wait_for(reader.read(64), 0.01)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            writer.transport.abort()
        kind, _ = await self._called(
            "/allocation.v1.AllocationService/Allocate", self._requests[0], False, False
        )
        problem = "" if kind == "OK" else f"after noise, a good call ends with {kind}"
        return "noise", problem, content.hex()

    async def _renew(self) -> None:
        await self.close()
        self._stack = AsyncExitStack()
        folder = self._stack.enter_context(tempfile.TemporaryDirectory())
        store = f"sqlite:{Path(folder) / 'shipfrom.db'}"
        settings = ServerSettings(port=0, store=store, grace_s=1.0)
        self._server = await self._stack.enter_async_context(running_server(settings))
        client = await self._stack.enter_async_context(connected(self._server))
        await client.put_network()
        self._channel = client.channel
        self._answered = 0

    async def close(self) -> None:
        """Let go of the server."""
        if self._stack is not None:
            await self._stack.aclose()
            self._stack = None
