"""A store that does not answer keeps those waiting who need it, and nobody else."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from grpc import aio

from allocation.ledger.sqlite.connect import connect
from allocation.ledger.sqlite.database import SqliteDatabase
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from tests.allocation.server.ledger_samples import buckets, hold_request, put_stock
from tests.allocation.server.samples import Client, allocate_request, connected

HOLDS = 40


async def is_planned(client: Client) -> bool:
    try:
        return bool((await client.allocation.Allocate(allocate_request())).plan.shipments)
    except aio.AioRpcError:
        return False


async def until_planned(client: Client) -> None:
    async with asyncio.timeout(30):
        while not await is_planned(client):  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.05)


async def test_orders_with_their_stock_are_planned_while_more_holds_wait_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Holds are to wait for longer than this test does.
    defaults: Any = SqliteDatabase.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "busy_timeout_s", 300.0)
    path = tmp_path / "shipfrom.db"
    settings = ServerSettings(port=0, store=f"sqlite:{path}", queue=2)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"newark": 100}})
        with closing(connect(path, 0.0)) as other:
            other.execute("BEGIN IMMEDIATE")
            holds = [
                asyncio.ensure_future(
                    client.allocation.Allocate(hold_request({"mug": "1"}, f"r{number}"))
                )
                for number in range(HOLDS)
            ]
            for _ in range(3):
                await until_planned(client)
            assert buckets(client, "mug", "newark").held == 0
            other.execute("ROLLBACK")
        answers = await asyncio.gather(*holds, return_exceptions=True)
        held = [each for each in answers if not isinstance(each, BaseException)]
        assert held
        assert buckets(client, "mug", "newark").held == len(held)
