"""What runs low, over the wire: pages, choices, and events for watchers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.server.in_process import running_server
from allocation.server.settings import ServerSettings
from allocation.v1 import low_stock_pb2 as low
from allocation.v1 import stock_pb2, stock_service_pb2_grpc
from allocation.v1 import stock_service_pb2 as pb
from routing.ids import LineId
from routing.v1 import network_service_pb2 as net
from tests.allocation.server.ledger_samples import key, put_stock
from tests.allocation.server.samples import Client, connected, error_of, item


@pytest.fixture(params=["memory", "sqlite"])
async def client(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Client]:
    store = "memory" if request.param == "memory" else f"sqlite:{tmp_path / 'shipfrom.db'}"
    settings = ServerSettings(port=0, store=store, stock_poll_s=0.01)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        yield client


def stub(client: Client) -> Any:
    return stock_service_pb2_grpc.StockServiceStub(client.channel)


async def facts(client: Client, **fields: Any) -> list[low.LowStockFact]:
    request = pb.ListLowStockRequest(**fields)
    found: list[low.LowStockFact] = []
    while True:
        answer = await stub(client).ListLowStock(request)
        found += answer.facts
        if not answer.next_page_token:
            return found
        request.page_token = answer.next_page_token


def named(found: Sequence[low.LowStockFact]) -> list[tuple[str, str, str]]:
    return [
        (
            each.inventory_item_id,
            each.location_id,
            low.LowStockState.Name(each.state).removeprefix("LOW_STOCK_STATE_"),
        )
        for each in found
    ]


def sell(client: Client, item_id: str, place: str, units: int, days_ago: int = 3) -> None:
    """Let units leave some days ago, as a plan that was committed then."""
    ledger = client.server.store.ledger
    then = datetime.now(UTC) - timedelta(days=days_ago)
    what, plan_id = key(item_id, place), f"{item_id} {place} {days_ago}"
    before = ledger.levels(now=then, item_ids=[what.item_id], location_ids=[what.location_id])
    on_hand = before.levels[0].buckets.on_hand
    row = LevelRow(what, on_hand + units)
    ledger.set_levels([row], now=then)
    ledger.hold(
        plan_id,
        [HoldRow(LineId("1"), 0, what, units)],
        expire_time=then + timedelta(hours=1),
        now=then,
    )
    ledger.commit(plan_id, now=then)
    ledger.fulfill(plan_id, now=then)


async def report(client: Client, units: int) -> None:
    """Let a count of mugs come in, and the server see it."""
    ledger = client.server.store.ledger
    row = LevelRow(key("mug", "reno"), units)
    await asyncio.to_thread(ledger.set_levels, [row], now=datetime.now(UTC))
    await asyncio.wrap_future(client.server.stock.catch_up())


async def test_what_is_out_or_to_be_reordered_is_listed_by_item_and_location(
    client: Client,
) -> None:
    await client.network.PutItems(net.PutItemsRequest(items=[item("mug", lead_time_days=14)]))
    await put_stock(client, {"mug": {"reno": 4, "dallas": 90}, "tea": {"reno": 0}})
    sell(client, "mug", "reno", 16)
    found = await facts(client)
    assert named(found) == [("mug", "reno", "REORDER"), ("tea", "reno", "OUT")]
    mug = found[0]
    assert (mug.available.value, mug.sold.value, mug.lead_time_days) == ("4", "16", 14)
    # 4 in two weeks; standard deviation 5.66 a week, 8 in two.
    assert mug.reorder_point.value == "18"
    assert (mug.days_of_cover, mug.stockout_risk_percent) == (14, 50)
    assert mug.abc_class == low.ABC_CLASS_A
    assert [(t.from_location_id, t.quantity.value) for t in mug.transfers] == [("dallas", "15")]
    tea = found[1]
    assert not tea.HasField("days_of_cover")
    assert not tea.transfers


async def test_pages_and_choices_leave_nothing_out_and_say_nothing_twice(client: Client) -> None:
    levels = {name: {"reno": 0, "dallas": 5} for name in ("mug", "tea", "cloth")}
    await put_stock(client, levels)
    whole = named(await facts(client, with_enough=True))
    assert len(whole) == 6
    assert named(await facts(client, with_enough=True, page_size=1)) == whole
    some = await facts(client, inventory_item_ids=["tea", "mug"], page_size=1)
    assert named(some) == [("mug", "reno", "OUT"), ("tea", "reno", "OUT")]
    assert await facts(client, location_ids=["dallas"]) == []
    error = await error_of(facts(client, page_size=-1, page_token="?"))
    assert set(error.violations) == {"page_size", "page_token"}
    assert (await error_of(facts(client, inventory_item_ids=["ghost"]))).reason == "UNKNOWN_ITEM"


async def test_a_watcher_is_told_when_a_level_crosses_its_reorder_point(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 40}})
    sell(client, "mug", "reno", 16)
    start = client.server.store.ledger.snapshot(now=datetime.now(UTC)).version
    stream = watch(client, start, with_low_stock=True)
    silent = watch(client, start)
    seen: list[tuple[str, str] | None] = []
    # Two a week on average, and 10 on top: it is to be reordered at 12.
    for units in (13, 12, 11, 0, 12, 13):
        await report(client, units)
        seen.append(event_of(await next_of(stream)))
        assert event_of(await next_of(silent)) is None
    assert seen == [
        None,
        ("UNSPECIFIED", "REORDER"),
        None,
        ("REORDER", "OUT"),
        ("OUT", "REORDER"),
        ("REORDER", "ENOUGH"),
    ]
    stream.cancel()
    silent.cancel()


async def test_who_resumes_is_told_once_more_of_what_is_low(client: Client) -> None:
    await put_stock(client, {"mug": {"reno": 5}})
    start = client.server.store.ledger.snapshot(now=datetime.now(UTC)).version
    await report(client, 0)
    for _ in range(2):
        stream = watch(client, start, with_low_stock=True)
        answer = await next_of(stream)
        assert event_of(answer) == ("UNSPECIFIED", "OUT")
        assert answer.low_stock.fact.abc_class == low.ABC_CLASS_UNSPECIFIED
        stream.cancel()


def watch(client: Client, after: int, **fields: Any) -> Any:
    return stub(client).WatchStock(pb.WatchStockRequest(after_stock_version=after, **fields))


async def next_of(stream: Any) -> pb.WatchStockResponse:
    answer: pb.WatchStockResponse = await asyncio.wait_for(stream.read(), 30)
    return answer


def event_of(answer: pb.WatchStockResponse) -> tuple[str, str] | None:
    assert answer.reason != stock_pb2.STOCK_CHANGE_REASON_UNSPECIFIED
    if not answer.HasField("low_stock"):
        return None
    event = answer.low_stock
    names = [
        low.LowStockState.Name(each).removeprefix("LOW_STOCK_STATE_")
        for each in (event.previous_state, event.fact.state)
    ]
    return names[0], names[1]
