"""Units that wait for supply as the contract shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from google.protobuf import timestamp_pb2

from allocation.ledger.waiting import Allotted, Slipped, WaitingUnits
from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.level import Items, scale_of
from allocation.server.codec.times import encode_time
from allocation.v1 import stock_service_pb2 as pb
from routing.sourcing.stock import Place

Message = TypeVar("Message", pb.AllottedUnits, pb.SlippedUnits, pb.WaitingUnits)


def encode_allotted(found: Iterable[Allotted], items: Items) -> list[pb.AllottedUnits]:
    """Return units that waited and have stock now."""
    return [
        _of_line(pb.AllottedUnits(lot_id=one.key.lot_id or ""), one, one.key[:2], items)
        for one in found
    ]


def encode_slipped(found: Iterable[Slipped], items: Items) -> list[pb.SlippedUnits]:
    """Return units that are expected at another time now."""
    return [
        _of_line(
            pb.SlippedUnits(before_time=_time(one.before), expected_time=_time(one.after)),
            one,
            (one.item_id, one.location_id),
            items,
        )
        for one in found
    ]


def encode_waiting(found: Iterable[WaitingUnits], items: Items) -> list[pb.WaitingUnits]:
    """Return units that wait."""
    return [
        _of_line(
            pb.WaitingUnits(
                placed_time=encode_time(one.waited.placed_time),
                promised_time=_time(one.waited.promised_time),
                expected_time=_time(one.waited.expected_time),
                priority=one.waited.priority,
                committed=one.is_committed,
            ),
            one,
            (one.item_id, one.location_id),
            items,
        )
        for one in found
    ]


def _of_line(
    message: Message, one: Allotted | Slipped | WaitingUnits, place: Place, items: Items
) -> Message:
    """Return a message that says whose units it is about, of what, where and how many."""
    message.plan_id, message.line_id = one.plan_id, one.line_id
    message.inventory_item_id, message.location_id = place
    message.quantity.CopyFrom(encode_decimal(one.quantity, scale_of(place[0], items)))
    return message


def _time(time: datetime | None) -> timestamp_pb2.Timestamp | None:
    return None if time is None else encode_time(time)
