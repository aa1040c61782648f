"""Texts that would be code, in every text of every call, on both engines: they stay texts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest
from google.protobuf.message import Message

from allocation.server.settings import ServerSettings
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import stock_service_pb2 as stock
from routing.v1 import network_service_pb2 as net
from tests.allocation.ledger.postgres_server import Server
from tests.fuzz.desk import Desk
from tests.fuzz.places import with_every_text, with_text
from tests.fuzz.seeds import NEVER_SERVED, Seed, prepared, request_types

TEXTS: Final = (
    "'; DROP TABLE plan; --",
    '" OR "1"="1',
    "mug' OR '1'='1",
    "%",
    "_u_",
    "*",
    "%s%s%(name)s{0}",
    "$1; ?1 :name @name",
    "mug\\",
    '"],["tea","reno',
    "null",
    "~capacity/orders/2026-11-26",
    "\u02bc; DROP TABLE level; --",
    "\ufe65\u2028mug\U0001f4a9",
    "E'\\047; SELECT pg_sleep(9)'",
)
NEVER: Final = frozenset(
    {"INTERNAL", "UNKNOWN", "UNIMPLEMENTED", "DATA_LOSS", "CRASH", "HANGS", "NEVER_ENDED"}
)
STOCK: Final = "/allocation.v1.StockService/"


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:{tmp_path / 'shipfrom.db'}"
    server: Server = request.getfixturevalue("server")
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS shipfrom CASCADE")
    return server.dsn


@pytest.fixture
async def desk(store: str) -> AsyncIterator[Desk]:
    desk = Desk(ServerSettings(store=store))
    yield desk
    desk.close()


def tables(store: str) -> Mapping[str, int]:
    """Return how many rows each table has, looked at behind the server's back."""
    if store.startswith("sqlite:"):
        with closing(sqlite3.connect(store.removeprefix("sqlite:"))) as file:
            names = [
                row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type='table'")
            ]
            return {name: _count(file, f'"{name}"') for name in names}
    with psycopg.connect(store) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'shipfrom'")
        return {row[0]: _count(connection, f"shipfrom.{row[0]}") for row in found.fetchall()}


def _count(connection: Any, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


async def called(desk: Desk, method: str, *messages: Message) -> bytes:
    answer = await desk.call(method, [each.SerializeToString() for each in messages])
    assert answer.code == "OK", answer
    return answer.content


async def test_no_text_of_any_call_becomes_code(desk: Desk, store: str) -> None:
    seeds = [each for each in await prepared(desk) if not each.method.endswith("WatchStock")]
    seeds += [Seed(method, (kind(),)) for method, kind in request_types().items()]
    before = tables(store)
    wrong = []
    for seed in seeds:
        if seed.method in (NEVER_SERVED, f"{STOCK}WatchStock"):
            continue
        for number, text in enumerate(TEXTS):
            changed = [[with_every_text(each, text) for each in seed.messages]]
            # One text in one place at a time reaches what lies behind the checks of the others.
            changed += [
                [one, *seed.messages[1:]]
                for place, one in enumerate(with_text(seed.messages[0], text))
                if (place + number) % len(TEXTS) == 0 or place < 3
            ]
            for messages in changed:
                contents = [each.SerializeToString() for each in messages]
                answer = await desk.call(seed.method, contents)
                if answer.code in NEVER:
                    wrong.append((seed.method, text, answer))
    assert not wrong, f"{len(wrong)}, the first: {wrong[0]}"
    after = tables(store)
    assert after.keys() == before.keys()
    assert all(after[name] >= count for name, count in before.items())
    ledger = desk.resources.store.ledger
    assert ledger.audit(now=desk._environment.now()).differences == ()


async def test_ids_are_found_as_they_are_and_nothing_else_is(desk: Desk) -> None:
    await prepared(desk)
    names = [each for each in TEXTS if each.isprintable() and not each.startswith("~capacity/")]
    items = net.PutItemsRequest()
    feed = stock.SetLevelsRequest()
    feed.header.request_id = "'; --"
    for number, name in enumerate(names):
        items.items.add(id=name, sku=name).weight_g.value = "100"
        row = feed.rows.add(inventory_item_id=name, location_id="reno")
        row.quantity.value = str(number + 1)
    await called(desk, "/routing.v1.NetworkService/PutItems", items)
    await called(desk, f"{STOCK}SetLevels", feed)
    for number, name in enumerate(names):
        request = stock.GetAvailabilityRequest(inventory_item_ids=[name])
        content = await called(desk, f"{STOCK}GetAvailability", request)
        levels = stock.GetAvailabilityResponse.FromString(content).levels
        assert [(each.inventory_item_id, each.available.value) for each in levels] == [
            (name, str(number + 1))
        ]
        entries = stock.ListStockEntriesRequest(inventory_item_id=name)
        content = await called(desk, f"{STOCK}ListStockEntries", entries)
        found = stock.ListStockEntriesResponse.FromString(content).entries
        assert {each.inventory_item_id for each in found} == {name}
        await _held_and_released(desk, name)


async def _held_and_released(desk: Desk, name: str) -> None:
    request = pb.AllocateRequest(request_id=f"r {name}", mode=pb.ALLOCATE_MODE_HOLD)
    request.order.id = name
    request.order.destination.address.region_code = "US"
    request.order.destination.address.postal_code = "10001"
    line = request.order.lines.add(id=name, inventory_item_id=name)
    line.quantity.value = "1"
    service = "/allocation.v1.AllocationService/"
    content = await called(desk, f"{service}Allocate", request)
    plan = pb.AllocateResponse.FromString(content).plan
    assert [each.inventory_item_id for each in plan.reservations] == [name]
    release = pb.ReleasePlanRequest(
        plan_id=plan.id, request_id=f"x {name}", line_ids=[name], comment=name
    )
    await called(desk, f"{service}ReleasePlan", release)


async def test_ids_of_plans_and_revisions_are_not_patterns(desk: Desk) -> None:
    await prepared(desk)
    for text in ("%", "pln_%", "_", "*", "' OR '1'='1", "pln\\"):
        answer = await desk.call(
            "/allocation.v1.AllocationService/GetPlan",
            [pb.GetPlanRequest(plan_id=text).SerializeToString()],
        )
        assert (answer.code, answer.reason) == ("NOT_FOUND", "PLAN_NOT_FOUND")
