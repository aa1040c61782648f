"""Units that wait for supply as the contract shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from google.protobuf import timestamp_pb2

from allocation.ledger.waiting import Allotted, Slipped, WaitingUnits
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.level import Items, scale_of
from allocation.server.codec.times import encode_time
from allocation.v1 import stock_service_pb2 as pb


def encode_allotted(found: Iterable[Allotted], items: Items) -> list[pb.AllottedUnits]:
    """Return units that waited and have stock now."""
    return [
        pb.AllottedUnits(
            plan_id=one.plan_id,
            line_id=one.line_id,
            inventory_item_id=one.key.item_id,
            location_id=one.key.location_id,
            lot_id=one.key.lot_id or "",
            quantity=encode_decimal(one.quantity, scale_of(one.key.item_id, items)),
        )
        for one in found
    ]


def encode_slipped(found: Iterable[Slipped], items: Items) -> list[pb.SlippedUnits]:
    """Return units that are expected at another time now."""
    return [
        pb.SlippedUnits(
            plan_id=one.plan_id,
            line_id=one.line_id,
            inventory_item_id=one.item_id,
            location_id=one.location_id,
            quantity=encode_decimal(one.quantity, scale_of(one.item_id, items)),
            before_time=_time(one.before),
            expected_time=_time(one.after),
        )
        for one in found
    ]


def encode_waiting(found: Iterable[WaitingUnits], items: Items) -> list[pb.WaitingUnits]:
    """Return units that wait."""
    return [
        pb.WaitingUnits(
            plan_id=one.plan_id,
            line_id=one.line_id,
            inventory_item_id=one.item_id,
            location_id=one.location_id,
            quantity=encode_decimal(one.quantity, scale_of(one.item_id, items)),
            placed_time=encode_time(one.waited.placed_time),
            promised_time=_time(one.waited.promised_time),
            expected_time=_time(one.waited.expected_time),
            priority=one.waited.priority,
            committed=one.is_committed,
        )
        for one in found
    ]


def _time(time: datetime | None) -> timestamp_pb2.Timestamp | None:
    return None if time is None else encode_time(time)
