"""Many clients of two server processes want the last unit: one of them gets it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.ledger.sqlite import SqliteLedger
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import allocation_service_pb2_grpc, stock_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as stock_pb
from routing.v1 import network_service_pb2_grpc
from tests.allocation.server.ledger_samples import hold_request
from tests.allocation.server.samples import network_messages, parse_error
from tests.allocation.server.server_process import server_process

CLIENTS = 64
TYPED = {"STOCK_CONFLICT", "OVERLOADED"}
"""Refusals that say to come again."""


async def _set_levels(channel: aio.Channel, levels: dict[tuple[str, str], str]) -> None:
    message = stock_pb.SetLevelsRequest(header=stock_pb.FeedHeader())
    for (item, place), quantity in levels.items():
        row = message.rows.add(inventory_item_id=item, location_id=place)
        row.quantity.value = quantity
    stub: Any = stock_service_pb2_grpc.StockServiceStub(channel)
    answer = await stub.SetLevels(iter([message]))
    assert answer.accepted_rows == len(levels)


async def _want_one(channel: aio.Channel, name: str) -> str:
    """Return where a unit was found, ``""`` for nowhere, or why there is no answer."""
    stub: Any = allocation_service_pb2_grpc.AllocationServiceStub(channel)
    try:
        answer = await stub.Allocate(hold_request({"mug": "1"}, name), timeout=60)
    except aio.AioRpcError as error:
        # What has no reason, a deadline that passed for instance, must not pass for "nowhere".
        return parse_error(error).reason or error.code().name
    shipments = answer.plan.shipments
    return str(shipments[0].location_id) if shipments else ""


async def _race(addresses: list[str], rounds: int) -> None:
    channels = [grpc.aio.insecure_channel(address) for address in addresses]
    network: Any = network_service_pb2_grpc.NetworkServiceStub(channels[0])
    locations, items = network_messages()
    await network.PutLocations(locations)
    await network.PutItems(items)
    await asyncio.sleep(1)
    for number in range(rounds):
        await _set_levels(channels[0], {("mug", "newark"): "1", ("mug", "dallas"): "2"})
        names = [f"round {number} client {client}" for client in range(CLIENTS)]
        found = await asyncio.gather(
            *(_want_one(channels[index % 2], name) for index, name in enumerate(names))
        )
        assert set(found) <= {"newark", "dallas", "", *TYPED}
        assert found.count("newark") <= 1
        assert found.count("dallas") <= 2
        if not TYPED & set(found):
            assert found.count("newark") == 1
            assert found.count("dallas") == 2
        # The figures of the next round are on hand: what is held comes on top.
        stub: Any = allocation_service_pb2_grpc.AllocationServiceStub(channels[0])
        for name, place in zip(names, found, strict=True):
            if place in ("newark", "dallas"):
                again = await stub.Allocate(hold_request({"mug": "1"}, name))
                assert again.replayed
                await stub.ReleasePlan(pb.ReleasePlanRequest(plan_id=again.plan.id))
    for channel in channels:
        await channel.close()


def _two_servers(tmp_path: Path, rounds: int) -> None:
    path = tmp_path / "shipfrom.db"
    with server_process(f"sqlite:{path}") as one, server_process(f"sqlite:{path}") as two:
        asyncio.run(_race([one.address, two.address], rounds))
    ledger = SqliteLedger(path)
    now = datetime.now(UTC)
    assert ledger.audit(now=now).differences == ()
    assert all(level.available >= 0 for level in ledger.levels(now=now).levels)
    ledger.close()


def test_the_last_units_go_to_as_many_clients_as_there_are_units(tmp_path: Path) -> None:
    _two_servers(tmp_path, rounds=2)


@pytest.mark.soak
def test_the_last_units_go_round_after_round(tmp_path: Path) -> None:
    _two_servers(tmp_path, rounds=200)
