"""A server is killed while it holds: the same request again holds once, never twice."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.ledger.sqlite import SqliteLedger
from allocation.v1 import allocation_service_pb2_grpc
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.ledger_samples import hold_request, key
from tests.allocation.server.samples import network_messages
from tests.allocation.server.server_process import ServerProcess, server_process
from tests.allocation.server.test_last_unit import _set_levels

ORDERS = 24


async def _prepare(address: str) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        network: Any = network_service_pb2_grpc.NetworkServiceStub(channel)
        locations, items = network_messages()
        await network.PutLocations(locations)
        await network.PutItems(items)
        await _set_levels(channel, {("mug", "newark"): "1000"})


async def _hold(channel: aio.Channel, name: str) -> str:
    stub: Any = allocation_service_pb2_grpc.AllocationServiceStub(channel)
    answer = await stub.Allocate(hold_request({"mug": "1"}, name), timeout=30)
    return str(answer.plan.id)


async def _hold_until_killed(server: ServerProcess, names: list[str], after_s: float) -> list[str]:
    """Return the ids that were answered before the server was killed."""
    async with grpc.aio.insecure_channel(server.address) as channel:
        calls = [asyncio.ensure_future(_hold(channel, name)) for name in names]
        await asyncio.sleep(after_s)
        server.kill()
        found = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(each, str | aio.AioRpcError) for each in found)
    return [each if isinstance(each, str) else "" for each in found]


async def _hold_all(address: str, names: list[str]) -> list[str]:
    async with grpc.aio.insecure_channel(address) as channel:
        return list(await asyncio.gather(*(_hold(channel, name) for name in names)))


def _rounds(tmp_path: Path, rounds: int) -> None:
    path, seed = tmp_path / "shipfrom.db", random.Random(7)
    store = f"sqlite:{path}"
    with server_process(store) as server:
        asyncio.run(_prepare(server.address))
    for number in range(rounds):
        names = [f"round {number} order {order}" for order in range(ORDERS)]
        with server_process(store) as server:
            before = asyncio.run(_hold_until_killed(server, names, seed.uniform(0.005, 0.15)))
        with server_process(store) as server:
            after = asyncio.run(_hold_all(server.address, names))
        assert len(set(after)) == ORDERS
        assert all(not first or first == again for first, again in zip(before, after, strict=True))
        ledger, now = SqliteLedger(path), datetime.now(UTC)
        (level,) = ledger.levels(now=now).levels
        assert level.key == key("mug", "newark")
        assert level.buckets.held == ORDERS * (number + 1)
        assert ledger.audit(now=now).differences == ()
        ledger.close()


def test_a_request_that_a_killed_server_did_not_answer_holds_once(tmp_path: Path) -> None:
    _rounds(tmp_path, rounds=1)


@pytest.mark.soak
def test_servers_that_are_killed_again_and_again_hold_once(tmp_path: Path) -> None:
    _rounds(tmp_path, rounds=30)
