"""Stock in a server's ledger, holds against it, and what is left."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Buckets, LevelKey, StockOwner
from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import planning_options_pb2
from routing.ids import ItemId, LocationId, LotId
from tests.allocation.server.samples import Client, allocate_request

EARLY = datetime(2020, 1, 1, tzinfo=UTC)


def key(item: str, place: str, lot: str | None = None) -> LevelKey:
    return LevelKey(ItemId(item), LocationId(place), None if lot is None else LotId(lot))


async def put_stock(
    client: Client,
    stock: Mapping[str, Mapping[str, int]],
    *,
    owner: StockOwner = StockOwner.ENGINE,
    lot: str | None = None,
) -> None:
    """Give the ledger levels, in increments, and let the server see them."""
    rows = [
        LevelRow(key(item, place, lot), quantity)
        for item, places in stock.items()
        for place, quantity in places.items()
    ]
    ledger = client.server.store.ledger
    await asyncio.to_thread(ledger.set_levels, rows, now=EARLY, owner=owner)
    await asyncio.wrap_future(client.server.stock.catch_up())


def buckets(client: Client, item: str, place: str, lot: str | None = None) -> Buckets:
    """Return the figures of one level."""
    now = datetime.now(UTC)
    reply = client.server.store.ledger.levels(now=now, item_ids=[ItemId(item)])
    return next(each.buckets for each in reply.levels if each.key == key(item, place, lot))


def hold_request(
    quantities: Mapping[str, str] | None = None, request_id: str = "r1", **options: Any
) -> pb.AllocateRequest:
    """Return a request to hold items by id."""
    request = allocate_request(quantities)
    request.ClearField("inline_stock")
    request.request_id = request_id
    request.mode = pb.ALLOCATE_MODE_HOLD
    request.options.CopyFrom(planning_options_pb2.PlanningOptions(**options))
    return request


def assert_clean_record(client: Client) -> None:
    """Fail unless every level equals its record."""
    assert client.server.store.ledger.audit(now=datetime.now(UTC)).differences == ()


def assert_clean(client: Client) -> None:
    """Fail unless every level equals its record and nothing is promised twice."""
    now = datetime.now(UTC)
    ledger = client.server.store.ledger
    assert ledger.audit(now=now).differences == ()
    assert all(level.available >= 0 for level in ledger.levels(now=now).levels)
