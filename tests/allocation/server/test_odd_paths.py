"""What no client of gRPC would send: written to the socket, frame by frame."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.server.in_process import running_server
from allocation.server.logs import is_ours_to_know
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.samples import Client, allocate_request, connected

ALLOCATE = b"/allocation.v1.AllocationService/Allocate"
HEADERS, RESET = 1, 3
END_HEADERS, END_STREAM = 4, 1


def length(size: int) -> bytes:
    """Return the length of a string as HPACK writes it."""
    if size < 127:
        return bytes([size])
    rest, parts = size - 127, [127]
    while rest >= 128:
        parts.append(rest % 128 + 128)
        rest //= 128
    return bytes([*parts, rest])


def block(path: bytes, *more: tuple[bytes, bytes]) -> bytes:
    """Return the headers of a call, none of them compressed."""
    pairs = (
        (b":method", b"POST"),
        (b":scheme", b"http"),
        (b":path", path),
        (b":authority", b"x"),
        (b"content-type", b"application/grpc"),
        (b"te", b"trailers"),
        *more,
    )
    return b"".join(b"\0" + length(len(k)) + k + length(len(v)) + v for k, v in pairs)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    head = len(payload).to_bytes(3, "big") + bytes([kind, flags])
    return head + stream.to_bytes(4, "big") + payload


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running_server(ServerSettings(port=0)) as server:
        yield server


async def said(server: Server, content: bytes, until: bytes) -> bytes:
    """Send frames on a connection of their own; return what comes back, up to some bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + content)
    answer = b""
    async with asyncio.timeout(30):
        while until not in answer:
            more = await reader.read(65_536)
            if not more:
                break
            answer += more
    writer.close()
    return answer


async def assert_serves(server: Server) -> None:
    async with connected(server) as client:
        await client.network.ListItems(net.ListItemsRequest(), timeout=30)


@pytest.mark.parametrize(
    "path",
    [
        b"/\xff\xfe",
        b"\xff",
        ALLOCATE + b"\xff",
        b"/a/\xc3(",
        b"/\xed\xa0\x80/x",
        b"/x/y",
        b"//",
        b"/",
    ],
    ids=repr,
)
async def test_whatever_the_path_is_the_server_goes_on(server: Server, path: bytes) -> None:
    for _ in range(3):
        answer = await said(server, frame(HEADERS, END_HEADERS, 1, block(path)), b"Method not")
        assert b"12" in answer  # UNIMPLEMENTED
    await assert_serves(server)


async def test_unknown_methods_that_are_given_up_at_once_leave_nothing_behind(
    server: Server,
) -> None:
    frames = b"".join(
        frame(HEADERS, END_HEADERS, number, block(b"/no/such\xff"))
        + frame(RESET, 0, number, (8).to_bytes(4, "big"))
        for number in range(1, 100, 2)
    )
    last = frame(HEADERS, END_HEADERS, 101, block(b"/no/such"))
    assert b"Method not" in await said(server, frames + last, b"Method not")
    await assert_serves(server)


async def test_calls_that_begin_and_say_nothing_keep_nobody_out(server: Server) -> None:
    begun = b"".join(
        frame(HEADERS, END_HEADERS, number, block(ALLOCATE)) for number in range(1, 200, 2)
    )
    silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(4)]
    for _, writer in silent:
        writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + begun)
    async with connected(server) as client:
        await client.put_network()
        for _ in range(3):
            async with asyncio.timeout(30):
                while not await is_planned(client):  # noqa: ASYNC110  # nobody tells
                    await asyncio.sleep(0.05)
    for _, writer in silent:
        writer.close()
        await writer.wait_closed()
    await assert_serves(server)


async def is_planned(client: Client) -> bool:
    """Say whether an order is planned; false: the server is too busy."""
    try:
        return bool((await client.allocation.Allocate(allocate_request())).plan.shipments)
    except aio.AioRpcError as error:
        assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED  # noqa: PT017
        return False


async def test_an_unknown_method_is_told_to_usual_clients_too(server: Server) -> None:
    async with connected(server) as client:
        channel: Any = client.channel
        with pytest.raises(aio.AioRpcError) as caught:
            await channel.unary_unary("/allocation.v1.AllocationService/Nope")(b"", timeout=30)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    "name", [b"x-request-id", b"authorization", b"traceparent", b"grpc-timeout"]
)
async def test_metadata_that_is_no_text_is_answered(server: Server, name: bytes) -> None:
    call = frame(HEADERS, END_HEADERS, 1, block(ALLOCATE, (name, b"\xff\x80")))
    empty = frame(0, END_STREAM, 1, bytes(5))
    answer = await said(server, call + empty, b"grpc-status")
    assert b"grpc-status" in answer
    await assert_serves(server)


async def test_a_token_that_is_no_text_is_none_and_is_not_logged(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("grpc._cython.cygrpc").addFilter(is_ours_to_know)
    secret = b"Bearer secret\xff"
    call = frame(HEADERS, END_HEADERS, 1, block(ALLOCATE, (b"authorization", secret)))
    await said(server, call + frame(0, END_STREAM, 1, bytes(5)), b"grpc-status")
    assert "secret" not in caplog.text
