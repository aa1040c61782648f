"""Levels, entries and reasons as the contract shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from google.type import decimal_pb2

from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import MOST_PERCENT, Buckets, Incoming, Level
from allocation.ledger.replies import Difference, EntryRow
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.times import encode_date, encode_time
from allocation.v1 import inline_stock_pb2, stock_pb2, stock_service_pb2
from routing.ids import ItemId, LocationId
from routing.item import InventoryItem

REASONS: Final = EnumTable(stock_pb2.StockChangeReason, "STOCK_CHANGE_REASON", ChangeReason)

Items = Mapping[ItemId, InventoryItem]


def scale_of(item_id: ItemId, items: Items) -> int:
    """Return how many decimals an item's quantities have; 0 for one that nobody knows.

    A level needs a registered item, and no call takes one away again.
    """
    item = items.get(item_id)
    return 0 if item is None else item.quantity_scale


def encode_level(level: Level, items: Items, available: int | None = None) -> stock_pb2.Level:
    """Return a level; `available` overrides what is available now, in increments."""
    scale = scale_of(level.key.item_id, items)
    buckets = level.buckets
    message = stock_pb2.Level(
        inventory_item_id=level.key.item_id,
        location_id=level.key.location_id,
        lot_id=level.key.lot_id or "",
        on_hand=encode_decimal(buckets.on_hand, scale),
        available=encode_decimal(level.available if available is None else available, scale),
        safety_stock=encode_decimal(buckets.safety_stock, scale),
        held=encode_decimal(buckets.held, scale),
        committed=encode_decimal(buckets.committed, scale),
        unavailable=encode_decimal(buckets.unavailable, scale),
        incoming=[_incoming(supply, scale) for supply in level.incoming],
        update_time=encode_time(level.update_time),
    )
    if level.expiry_date is not None:
        message.expiry_date.CopyFrom(encode_date(level.expiry_date))
    if level.received_date is not None:
        message.received_date.CopyFrom(encode_date(level.received_date))
    return message


def encode_levels(
    levels: Iterable[Level],
    items: Items,
    at_time: datetime,
    now: datetime,
    waiting: Mapping[tuple[ItemId, LocationId], int],
) -> list[stock_pb2.Level]:
    """Return levels with what is available at `at_time`.

    Parameters
    ----------
    levels
        By item and location, the one without a lot before the others.
    waiting
        Increments that wait at a location: what comes is theirs first.
    """
    found, told = [], set[tuple[ItemId, LocationId]]()
    for level in levels:
        place = (level.key.item_id, level.key.location_id)
        owed = 0 if place in told else waiting.get(place, 0)
        available = level.available_at(at_time, now)
        if available > level.available:
            available = max(level.available, available - owed)
        message = encode_level(level, items, available)
        if owed:
            message.waiting.CopyFrom(encode_decimal(owed, scale_of(place[0], items)))
        told.add(place)
        found.append(message)
    return found


def encode_entry(row: EntryRow, items: Items) -> stock_service_pb2.StockEntry:
    """Return an entry."""
    entry = row.entry
    scale = scale_of(entry.key.item_id, items)
    return stock_service_pb2.StockEntry(
        entry_id=row.entry_id,
        time=encode_time(entry.time),
        inventory_item_id=entry.key.item_id,
        location_id=entry.key.location_id,
        lot_id=entry.key.lot_id or "",
        reason=REASONS.encode(entry.reason),
        plan_id=entry.plan_id or "",
        line_id=entry.line_id or "",
        request_id=entry.request_id,
        comment=entry.comment,
        stock_version=row.version,
        **_changes(entry.change, scale),
    )


def encode_proposed(difference: Difference, items: Items) -> stock_service_pb2.StockEntry:
    """Return the entry that would mend a level's entries."""
    key = difference.key
    return stock_service_pb2.StockEntry(
        inventory_item_id=key.item_id,
        location_id=key.location_id,
        lot_id=key.lot_id or "",
        reason=REASONS.encode(ChangeReason.COMPENSATE),
        **_changes(difference.proposed, scale_of(key.item_id, items)),
    )


def _changes(change: Buckets, scale: int) -> dict[str, decimal_pb2.Decimal]:
    return {
        name: encode_decimal(getattr(change, name), scale)
        for name in ("on_hand", "unavailable", "held", "committed", "safety_stock")
    }


def _incoming(supply: Incoming, scale: int) -> inline_stock_pb2.IncomingSupply:
    return inline_stock_pb2.IncomingSupply(
        quantity=encode_decimal(supply.quantity, scale),
        expected_time=encode_time(supply.expected_time),
        confidence_percent=(
            None if supply.confidence_percent == MOST_PERCENT else supply.confidence_percent
        ),
    )
