"""Watching stock: nothing is missed, nothing piles up, and the end says where to go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
import pytest
from grpc import aio

from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import Buckets, Level, StockOwner
from allocation.ledger.replies import Change
from allocation.server import stock_watch
from allocation.server.in_process import running_server
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.v1 import stock_pb2, stock_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as pb
from tests.allocation.server.ledger_samples import EARLY, hold_request, key, put_stock
from tests.allocation.server.samples import Client, connected, error_of, parse_error


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with (
        running_server(ServerSettings(port=0, stock_poll_s=0.01)) as server,
        connected(server) as client,
    ):
        await client.put_network()
        yield client


def watch(client: Client, **fields: Any) -> Any:
    stub: Any = stock_service_pb2_grpc.StockServiceStub(client.channel)
    return stub.WatchStock(pb.WatchStockRequest(**fields))


async def next_of(stream: Any) -> pb.WatchStockResponse:
    answer: pb.WatchStockResponse = await asyncio.wait_for(stream.read(), 30)
    return answer


def seen(answer: pb.WatchStockResponse) -> tuple[str, str, str]:
    level = answer.level
    return level.inventory_item_id, level.location_id, level.available.value


async def test_a_watcher_sees_what_happens_from_where_it_was(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 3}})
    stream = watch(client, after_stock_version=0)
    resumed = watch(client, after_stock_version=client.server.stock.version)
    everything = watch(client, after_stock_version=0)
    everything.cancel()
    await asyncio.sleep(0.05)
    await client.allocation.Allocate(hold_request({"mug": "2"}))
    for each in (stream, resumed):
        answer = await next_of(each)
        assert seen(answer) == ("mug", "reno", "1")
        assert answer.reason == stock_pb2.STOCK_CHANGE_REASON_HOLD
        each.cancel()
    again = watch(client, after_stock_version=answer.stock_version)
    await put_stock(client, {"tea": {"reno": 5}})
    assert seen(await next_of(again)) == ("tea", "reno", "5")
    again.cancel()


async def test_only_what_is_asked_for_is_sent(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 1, "dallas": 1}, "tea": {"reno": 1, "dallas": 1}})
    stream = watch(
        client, after_stock_version=1, inventory_item_ids=["tea"], location_ids=["dallas"]
    )
    await put_stock(client, {"mug": {"reno": 2, "dallas": 2}, "tea": {"reno": 2, "dallas": 2}})
    assert seen(await next_of(stream)) == ("tea", "dallas", "2")
    stream.cancel()


async def test_one_can_go_on_after_any_answer_without_missing_one(client: Client) -> None:
    await put_stock(client, {"cloth": {"reno": 1}})
    start = client.server.stock.version
    await put_stock(client, {"mug": {"reno": 1, "dallas": 2}, "tea": {"newark": 3}})
    await put_stock(client, {"tea": {"reno": 4}})
    wanted = {
        ("mug", "reno", "1"),
        ("mug", "dallas", "2"),
        ("tea", "newark", "3"),
        ("tea", "reno", "4"),
    }
    for cut in range(1, 5):
        found = set()
        stream = watch(client, after_stock_version=start)
        for _ in range(cut):
            answer = await next_of(stream)
            found.add(seen(answer))
        stream.cancel()
        if cut < 4:
            stream = watch(client, after_stock_version=answer.stock_version)
            while len(found) < 4:
                found.add(seen(await next_of(stream)))
            stream.cancel()
        assert found == wanted


def test_the_place_to_go_on_from_is_before_a_write_that_is_not_read_to_its_end() -> None:
    level = Level(key("mug", "reno"), StockOwner.ENGINE, Buckets(), EARLY)
    changes = [Change(level, ChangeReason.FEED, version) for version in (3, 5, 5, 5, 9)]
    places = [place for _, place in stock_watch._with_resume_points(changes)]
    assert places == [3, 4, 4, 5, 9]


async def test_a_watcher_that_does_not_read_holds_up_nobody_and_gets_the_latest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_watch, "BATCH", 2)
    await put_stock(client, {"mug": {"reno": 0}})
    stream = watch(client, after_stock_version=client.server.stock.version)
    for quantity in range(1, 200):
        await put_stock(client, {"mug": {"reno": quantity}})
    last = ""
    answers = 0
    while last != "199":
        last = (await next_of(stream)).level.available.value
        answers += 1
    assert answers <= 199
    stream.cancel()


async def test_the_end_of_the_server_says_where_to_go_on() -> None:
    server = Server(ServerSettings(port=0, grace_s=30, stock_poll_s=0.01))
    await server.start()
    async with connected(server) as client:
        await client.put_network()
        await put_stock(client, {"mug": {"reno": 1}})
        stream = watch(client, after_stock_version=0)
        reading = asyncio.ensure_future(stream.read())
        await asyncio.sleep(0.1)
        # Far sooner than the grace that running calls have.
        await asyncio.wait_for(server.drain(), 15)
        with pytest.raises(aio.AioRpcError) as caught:
            await reading
    error = parse_error(caught.value)
    assert error.code is grpc.StatusCode.UNAVAILABLE
    assert error.reason == "LEDGER_UNAVAILABLE"
    assert int(error.metadata["stock_version"]) > 0


async def test_watchers_are_limited_and_make_room_when_they_leave(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock_watch, "MOST_WATCHERS", 1)
    await put_stock(client, {"mug": {"reno": 1}})
    first = watch(client, after_stock_version=1)
    await put_stock(client, {"mug": {"reno": 2}})
    await next_of(first)
    assert (await error_of(next_of(watch(client)))).reason == "OVERLOADED"
    first.cancel()
    await asyncio.sleep(0.2)
    second = watch(client, after_stock_version=1)
    assert seen(await next_of(second)) == ("mug", "reno", "2")
    second.cancel()


async def test_what_cannot_be_watched_says_why(client: Client) -> None:
    error = await error_of(next_of(watch(client, after_stock_version=-1)))
    assert set(error.violations) == {"after_stock_version"}
    error = await error_of(next_of(watch(client, inventory_item_ids=["ghost"])))
    assert error.reason == "UNKNOWN_ITEM"
