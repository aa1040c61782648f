"""Rows of a feed. Runs once per level of a catalogue: nothing to spare."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from google.type import date_pb2, decimal_pb2

from allocation.ledger.feed import LevelRow, RowError
from allocation.ledger.level import MOST_PERCENT, Incoming, LevelKey, StockOwner
from allocation.server.codec.decimal import E6_SCALE, decode_e6, decode_scaled, parse_e6
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_id, decode_word
from allocation.server.codec.times import decode_date, decode_time
from allocation.v1 import stock_service_pb2 as pb
from routing.errors import Violation
from routing.ids import ItemId, LocationId, LotId
from routing.item import InventoryItem, ItemTracking
from routing.network import Network

MOST_VALUE: Final = 10**18
"""More than any decimal times one million."""


def decode_rows(
    messages: Iterable[pb.LevelRow], network: Network, owner: StockOwner
) -> tuple[list[LevelRow], list[RowError]]:
    """Return the rows that can be taken, and what is wrong with the others.

    Parameters
    ----------
    owner
        Whose figures they are.

    Returns
    -------
    rows
        In their order.
    errors
        One per refused row, with its number from 0.
    """
    rows: list[LevelRow] = []
    errors: list[RowError] = []
    items, places = network.items, network.location_index
    least = 0 if owner is StockOwner.ENGINE else -MOST_VALUE
    for number, message in enumerate(messages):
        item_id, location_id = ItemId(message.inventory_item_id), LocationId(message.location_id)
        item = items.get(item_id)
        value = parse_e6(message.quantity.value)
        if (
            item is None
            or item.is_kit
            or location_id not in places
            or value is None
            or value < least
            or _has_more(message)
        ):
            _decode_slowly(message, number, network, owner, rows, errors)
            continue
        quantity, rest = divmod(value, 10 ** (E6_SCALE - item.quantity_scale))
        if rest:
            _decode_slowly(message, number, network, owner, rows, errors)
        else:
            rows.append(LevelRow(LevelKey(item_id, location_id), quantity))
    return rows, errors


def _has_more(message: pb.LevelRow) -> bool:
    """Say whether a row has anything besides item, location and quantity."""
    return bool(
        message.lot_id
        or message.incoming
        or message.serials
        or message.HasField("unavailable")
        or message.HasField("expiry_date")
        or message.HasField("received_date")
        or message.HasField("observed_time")
    )


def _decode_slowly(
    message: pb.LevelRow,
    number: int,
    network: Network,
    owner: StockOwner,
    rows: list[LevelRow],
    errors: list[RowError],
) -> None:
    findings = Findings()
    row = _decode(message, network, findings)
    if owner is StockOwner.ENGINE and row is not None and row.quantity < 0:
        given = shown(message.quantity.value)
        findings.refuse("quantity", f"is {given}; what is on hand is at least 0")
    if row is None or findings.violations:
        first = findings.violations[0] if findings.violations else Violation("", "is refused")
        errors.append(RowError(number, first.path, first.message))
    else:
        rows.append(row)


def _decode(message: pb.LevelRow, network: Network, findings: Findings) -> LevelRow | None:
    item = _item(message, network, findings)
    _check_location(message, network, findings)
    lot_id = decode_word(message.lot_id, "lot_id", findings)
    if item is None:
        return None
    observed: datetime | None = None
    if message.HasField("observed_time"):
        observed = decode_time(message.observed_time, "observed_time", findings)
    unavailable = None
    if message.HasField("unavailable"):
        unavailable = _increments(message.unavailable, "unavailable", findings, item)
    quantity = _increments(message.quantity, "quantity", findings, item)
    return LevelRow(
        LevelKey(item.id, LocationId(message.location_id), LotId(lot_id) if lot_id else None),
        quantity,
        unavailable,
        incoming=_incoming(message, findings, item),
        observed_time=observed,
        expiry_date=_day(message, "expiry_date", findings),
        received_date=_day(message, "received_date", findings),
        serials=_serials(message, quantity, findings, item),
    )


def _serials(
    message: pb.LevelRow, quantity: int, findings: Findings, item: InventoryItem
) -> tuple[str, ...]:
    """Return the serials of all units of a level."""
    if message.serials and item.tracking is not ItemTracking.SERIAL:
        findings.refuse(
            "serials", f"item {shown(item.id)} is not tracked by serial; leave them out"
        )
    serials = tuple(
        decode_id(serial, f"serials[{index}]", findings)
        for index, serial in enumerate(message.serials)
    )
    if len(set(serials)) < len(serials):
        findings.refuse("serials", "names a serial twice; give each once")
    elif serials and len(serials) != quantity:
        findings.refuse("serials", f"are {len(serials)} for {quantity} units; name each of them")
    return serials


def _item(message: pb.LevelRow, network: Network, findings: Findings) -> InventoryItem | None:
    decode_id(message.inventory_item_id, "inventory_item_id", findings)
    item = network.items.get(ItemId(message.inventory_item_id))
    given = shown(message.inventory_item_id)
    if item is None:
        if message.inventory_item_id:
            findings.refuse("inventory_item_id", f"{given} is not registered; put it first")
        return None
    if item.is_kit:
        findings.refuse(
            "inventory_item_id", f"{given} is a kit; give the levels of what it is made of"
        )
    return item


def _check_location(message: pb.LevelRow, network: Network, findings: Findings) -> None:
    decode_id(message.location_id, "location_id", findings)
    if message.location_id and message.location_id not in network.location_index:
        given = shown(message.location_id)
        findings.refuse("location_id", f"{given} is not registered; put it first")


def _increments(
    message: decimal_pb2.Decimal, path: str, findings: Findings, item: InventoryItem
) -> int:
    value = decode_e6(message.value, path, findings)
    what = f"item {shown(item.id)}"
    if value is None or not decode_scaled(value, item.quantity_scale, path, findings, what):
        return 0
    return int(value // 10 ** (E6_SCALE - item.quantity_scale))


def _incoming(
    message: pb.LevelRow, findings: Findings, item: InventoryItem
) -> tuple[Incoming, ...]:
    found = []
    for index, supply in enumerate(message.incoming):
        path = f"incoming[{index}]"
        quantity = _increments(supply.quantity, f"{path}.quantity", findings, item)
        if not supply.HasField("expected_time"):
            findings.refuse(f"{path}.expected_time", "is missing; say when the units can be picked")
            continue
        expected = decode_time(supply.expected_time, f"{path}.expected_time", findings)
        sure = supply.confidence_percent if supply.HasField("confidence_percent") else MOST_PERCENT
        if not 0 <= sure <= MOST_PERCENT:
            findings.refuse(f"{path}.confidence_percent", f"is {sure}; it must lie in [0, 100]")
        if expected is not None:
            found.append(Incoming(quantity, expected, sure))
    return tuple(found)


def _day(message: pb.LevelRow, field: str, findings: Findings) -> date | None:
    if not message.HasField(field):  # type: ignore[arg-type]
        return None
    day: date_pb2.Date = getattr(message, field)
    return decode_date(day, field, findings)
