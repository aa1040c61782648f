"""Connections whose other end is gone without a word, and those that are only quiet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import grpc

from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import stock_service_pb2 as stock
from allocation.v1 import stock_service_pb2_grpc
from tests.allocation.server.ledger_samples import put_stock
from tests.allocation.server.samples import connected
from tests.faults.networks import Freezer


async def until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        await asyncio.sleep(0.05)


async def test_a_watcher_that_is_gone_without_a_word_does_not_stay() -> None:
    settings = ServerSettings(port=0, keepalive_s=1.0)
    async with running_server(settings) as server:
        freezer = Freezer(server.port)
        watch = server._opened.watch
        try:
            async with grpc.aio.insecure_channel(f"127.0.0.1:{freezer.port}") as channel:
                stub = stock_service_pb2_grpc.StockServiceStub(channel)
                watching: Any = stub.WatchStock(stock.WatchStockRequest())
                await until(lambda: watch._watchers == 1)
                freezer.freeze()
                await until(lambda: watch._watchers == 0)
                watching.cancel()
        finally:
            freezer.close()


async def test_a_watcher_that_answers_stays_however_quiet_it_is() -> None:
    settings = ServerSettings(port=0, keepalive_s=1.0)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        stub = stock_service_pb2_grpc.StockServiceStub(client.channel)
        watching: Any = stub.WatchStock(stock.WatchStockRequest())
        await until(lambda: server._opened.watch._watchers == 1)
        await asyncio.sleep(3.5)
        await put_stock(client, {"tea": {"reno": 5}})
        answer = await asyncio.wait_for(watching.read(), 20)
        assert answer.level.inventory_item_id == "tea"
        watching.cancel()
