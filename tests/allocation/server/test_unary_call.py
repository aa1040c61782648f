"""A call is answered, or ended with its error, and let go of at once."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import grpc
import pytest
from grpc import aio
from grpc._cython import cygrpc

from allocation.v1 import allocation_service_pb2 as pb
from tests.allocation.server.samples import Client, allocate_request, error_of


async def test_an_answer_has_its_trailers(client: Client) -> None:
    await client.put_network()
    call = client.allocation.Allocate(allocate_request(), metadata=(("x-request-id", "mine"),))
    assert (await call).plan.shipments
    assert await call.code() is grpc.StatusCode.OK
    assert dict(await call.trailing_metadata())["x-request-id"] == "mine"


async def test_calls_that_end_with_errors_leave_nothing_to_the_collector(client: Client) -> None:
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            error = await error_of(client.allocation.Allocate(pb.AllocateRequest()))
            assert error.code is grpc.StatusCode.INVALID_ARGUMENT
        async with asyncio.timeout(30):
            while _contexts():  # noqa: ASYNC110  # nobody tells
                await asyncio.sleep(0.01)
    finally:
        gc.enable()


def _contexts() -> list[Any]:
    return [each for each in gc.get_objects() if type(each) is cygrpc._ServicerContext]


async def test_a_caller_that_is_gone_before_its_error_is_no_fault_of_the_servers(
    caplog: pytest.LogCaptureFixture, client: Client
) -> None:
    caplog.set_level(logging.WARNING)
    calls = [client.allocation.Allocate(pb.AllocateRequest()) for _ in range(50)]
    await asyncio.sleep(0)
    for call in calls:
        call.cancel()
    ended = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(each) for each in ended} <= {asyncio.CancelledError, aio.AioRpcError}
    await client.put_network()
    assert (await client.allocation.Allocate(allocate_request())).plan.shipments
    assert [each.getMessage() for each in caplog.records if "answer" in each.getMessage()] == []
