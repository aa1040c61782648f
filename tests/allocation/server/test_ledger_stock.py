"""Planning with the ledger's stock, and the store behind it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from allocation.ledger.feed import LevelRow
from allocation.ledger.level import LevelKey
from allocation.server.in_process import running_server
from allocation.server.server import Server
from allocation.server.settings import ServerSettings
from allocation.server.start_error import StartError
from allocation.v1 import allocation_service_pb2 as pb
from routing.ids import ItemId, LocationId
from tests.allocation.server.samples import Client, allocate_request, connected

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def level(item: str, place: str, quantity: int) -> LevelRow:
    return LevelRow(LevelKey(ItemId(item), LocationId(place)), quantity)


def from_ledger(*, say_so: bool) -> pb.AllocateRequest:
    request = allocate_request({"mug": "2", "gift-set": "1"})
    request.ClearField("inline_stock")
    if say_so:
        request.ledger_stock.SetInParent()
    return request


@pytest.mark.parametrize("say_so", [True, False])
async def test_an_order_is_planned_with_what_the_ledger_has(client: Client, say_so: bool) -> None:
    levels = [level("mug", "reno", 4), level("tea", "reno", 1), level("mug", "dallas", 1)]
    client.server.store.ledger.set_levels(levels, now=NOW)
    client.server.stock.catch_up().result(10)
    plan = (await client.allocation.Allocate(from_ledger(say_so=say_so))).plan
    assert [shipment.location_id for shipment in plan.shipments] == ["reno"]
    assert not plan.unfilled
    assert plan.basis.stock_version == client.server.stock.version > 0
    quote = pb.QuoteRequest(order=from_ledger(say_so=say_so).order)
    options = (await client.allocation.Quote(quote)).options
    assert options[0].location_ids == ["reno"]


async def test_what_the_ledger_does_not_have_is_unfilled_and_no_error(client: Client) -> None:
    plan = (await client.allocation.Allocate(from_ledger(say_so=True))).plan
    assert len(plan.unfilled) == 2


async def test_a_server_keeps_its_levels_in_the_store_that_it_is_given(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 'shipfrom.db'}")
    async with running_server(settings) as server:
        server.store.ledger.set_levels([level("tea", "reno", 4)], now=NOW)
    async with running_server(settings) as server, connected(server) as client:
        await client.put_network()
        request = allocate_request({"tea": "3"})
        request.ledger_stock.SetInParent()
        plan = (await client.allocation.Allocate(request)).plan
        assert [shipment.location_id for shipment in plan.shipments] == ["reno"]


async def test_a_store_that_cannot_be_used_keeps_the_server_from_starting(tmp_path: Path) -> None:
    settings = ServerSettings(port=0, store=f"sqlite:{tmp_path / 'no-folder' / 'shipfrom.db'}")
    with pytest.raises(StartError, match=r"the store \(sqlite\) cannot be used.*--store"):
        await Server(settings).start()


async def test_a_newer_database_keeps_the_server_from_starting(tmp_path: Path) -> None:
    path = tmp_path / "shipfrom.db"
    settings = ServerSettings(port=0, store=f"sqlite:{path}")
    async with running_server(settings):
        pass
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO schema_version VALUES (999)")
    with pytest.raises(StartError, match="schema 999"):
        await Server(settings).start()


def test_an_unknown_kind_of_store_is_a_wrong_setting() -> None:
    with pytest.raises(Exception, match="memory, sqlite"):
        ServerSettings(store="mysql://host/db")
