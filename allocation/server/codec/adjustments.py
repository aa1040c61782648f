"""Adjustments of stock."""

from __future__ import annotations

from typing import Final

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.level import LevelKey
from allocation.server.codec.decimal import E6_SCALE, decode_e6, decode_scaled
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.names import Names
from allocation.server.codec.text import decode_id, decode_prose, decode_word
from allocation.server.codec.times import decode_date, decode_time
from allocation.v1 import stock_pb2
from allocation.v1 import stock_service_pb2 as pb
from routing.ids import ItemId, LocationId, LotId

KINDS: Final = {
    stock_pb2.STOCK_CHANGE_REASON_RECEIVE: AdjustmentKind.RECEIVE,
    stock_pb2.STOCK_CHANGE_REASON_COUNT: AdjustmentKind.COUNT,
    stock_pb2.STOCK_CHANGE_REASON_DAMAGE: AdjustmentKind.DAMAGE,
    stock_pb2.STOCK_CHANGE_REASON_QUARANTINE: AdjustmentKind.QUARANTINE,
    stock_pb2.STOCK_CHANGE_REASON_RESTORE: AdjustmentKind.RESTORE,
    stock_pb2.STOCK_CHANGE_REASON_WRITE_OFF: AdjustmentKind.WRITE_OFF,
    stock_pb2.STOCK_CHANGE_REASON_TRANSFER_OUT: AdjustmentKind.TRANSFER,
}
"""Reasons that callers may give."""


def decode_adjustment(
    message: pb.StockAdjustment, path: str, findings: Findings, names: Names
) -> Adjustment | None:
    """Return an adjustment, or ``None`` where it has a problem; unknown names go to `names`."""
    before = len(findings.violations)
    kind = KINDS.get(message.reason)
    if kind is None:
        known = ", ".join(stock_pb2.StockChangeReason.Name(each) for each in KINDS)
        findings.refuse(f"{path}.reason", f"is {_named(message.reason)}; give one of {known}")
    decode_id(message.location_id, f"{path}.location_id", findings)
    names.location(LocationId(message.location_id), f"{path}.location_id")
    to_location = decode_word(message.to_location_id, f"{path}.to_location_id", findings)
    if to_location is not None:
        names.location(LocationId(to_location), f"{path}.to_location_id")
    lot_id = decode_word(message.lot_id, f"{path}.lot_id", findings)
    decode_prose(message.comment, f"{path}.comment", findings)
    serials = [
        decode_id(serial, f"{path}.serials[{index}]", findings)
        for index, serial in enumerate(message.serials)
    ]
    arrival = None
    if message.HasField("arrival_time"):
        arrival = decode_time(message.arrival_time, f"{path}.arrival_time", findings)
    expiry = received = None
    if message.HasField("expiry_date"):
        expiry = decode_date(message.expiry_date, f"{path}.expiry_date", findings)
    if message.HasField("received_date"):
        received = decode_date(message.received_date, f"{path}.received_date", findings)
    increments = _increments(message, path, findings, names)
    if kind is None or increments is None or len(findings.violations) > before:
        return None
    return Adjustment(
        kind,
        LevelKey(
            ItemId(message.inventory_item_id),
            LocationId(message.location_id),
            LotId(lot_id) if lot_id else None,
        ),
        increments,
        None if to_location is None else LocationId(to_location),
        message.comment,
        tuple(serials),
        message.expected,
        arrival,
        expiry,
        received,
    )


def _increments(
    message: pb.StockAdjustment, path: str, findings: Findings, names: Names
) -> int | None:
    item_id = ItemId(decode_id(message.inventory_item_id, f"{path}.inventory_item_id", findings))
    names.item(item_id, f"{path}.inventory_item_id")
    value = decode_e6(message.quantity.value, f"{path}.quantity", findings)
    item = names.network.item(item_id)
    if item is None or value is None:
        return None
    given = shown(item_id)
    if item.is_kit:
        findings.refuse(f"{path}.inventory_item_id", f"{given} is a kit; adjust what it is made of")
        return None
    if not decode_scaled(value, item.quantity_scale, f"{path}.quantity", findings, f"item {given}"):
        return None
    return int(value // 10 ** (E6_SCALE - item.quantity_scale))


def _named(reason: int) -> str:
    try:
        return stock_pb2.StockChangeReason.Name(reason)  # type: ignore[arg-type]
    except ValueError:
        return str(reason)
