"""Lots, serial numbers and incoming supply of levels that come with a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

from google.type import date_pb2

from allocation.server.codec.decimal import (
    E6_SCALE,
    decode_range_e6,
    decode_scaled,
    parse_e6,
)
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_id
from allocation.server.codec.times import decode_date, decode_time
from allocation.v1 import inline_stock_pb2
from routing.ids import LocationId, LotId
from routing.item import InventoryItem, ItemTracking
from routing.sourcing.stock import IncomingStock, LotStock, StockDetail

MOST_UNITS: Final = 1_000_000_000
MOST_ENTRIES: Final = 10_000
MOST_PERCENT: Final = 100

T = TypeVar("T")


def decode_details(
    levels: Sequence[inline_stock_pb2.InlineLevel],
    detailed: Iterable[int],
    path: str,
    findings: Findings,
    item: InventoryItem,
) -> dict[LocationId, StockDetail]:
    """Return what some levels say beyond what is available, by location.

    Parameters
    ----------
    detailed
        Indices of those levels.
    """
    found = {}
    for index in detailed:
        level, at = levels[index], f"{path}[{index}]"
        found[LocationId(level.location_id)] = StockDetail(
            lots=_lots(level, at, findings, item),
            serials=_serials(level, at, findings, item),
            incoming=decode_incoming(level.incoming, f"{at}.incoming", findings, item),
        )
    return found


def decode_incoming(
    messages: Sequence[inline_stock_pb2.IncomingSupply],
    path: str,
    findings: Findings,
    item: InventoryItem,
) -> tuple[IncomingStock, ...]:
    """Return units on their way; those that have a problem are left out."""
    found = []
    for index, supply in enumerate(_few(messages, path, findings)):
        at = f"{path}[{index}]"
        units = _units(supply.quantity.value, f"{at}.quantity", findings, item)
        if units == 0:
            findings.refuse(f"{at}.quantity", "is 0; leave out what is not on its way")
        time = decode_time(supply.expected_time, f"{at}.expected_time", findings)
        sure = supply.confidence_percent if supply.HasField("confidence_percent") else MOST_PERCENT
        if not 0 <= sure <= MOST_PERCENT:
            findings.refuse(f"{at}.confidence_percent", f"is {sure}; it must lie in [0, 100]")
        if units and time is not None:
            found.append(IncomingStock(units, time, sure))
    return tuple(found)


def _lots(
    level: inline_stock_pb2.InlineLevel, path: str, findings: Findings, item: InventoryItem
) -> tuple[LotStock, ...]:
    """Return the lots of a level; together they are what is available."""
    if not level.lots:
        return ()
    if item.tracking is not ItemTracking.LOT:
        findings.warn(f"item {shown(item.id)} is not tracked by lot: its lots were not looked at")
        return ()
    lots, seen = [], set()
    for index, each in enumerate(_few(level.lots, f"{path}.lots", findings)):
        at = f"{path}.lots[{index}]"
        lot_id = decode_id(each.lot_id, f"{at}.lot_id", findings)
        if lot_id in seen:
            findings.refuse(f"{at}.lot_id", f"{shown(lot_id)} is named twice; give each lot once")
        seen.add(lot_id)
        units = _units(each.available.value, f"{at}.available", findings, item)
        expiry = _date(each, "expiry_date", each.expiry_date, at, findings)
        received = _date(each, "received_date", each.received_date, at, findings)
        lots.append(LotStock(LotId(lot_id), units or 0, expiry, received))
    total = sum(lot.increments for lot in lots)
    _check_total(level, total, "lots add up", path, findings, item)
    return tuple(lots)


def _serials(
    level: inline_stock_pb2.InlineLevel, path: str, findings: Findings, item: InventoryItem
) -> tuple[str, ...]:
    """Return the serial numbers of a level, one for each unit that is available."""
    if not level.serials:
        return ()
    if item.tracking is not ItemTracking.SERIAL:
        message = f"item {shown(item.id)} is not tracked by serial: its serials were not looked at"
        findings.warn(message)
        return ()
    serials = [
        decode_id(each, f"{path}.serials[{index}]", findings)
        for index, each in enumerate(_few(level.serials, f"{path}.serials", findings))
    ]
    if len(set(serials)) < len(serials):
        findings.refuse(f"{path}.serials", "names a serial twice; give each once")
    _check_total(level, len(serials), "serials are", path, findings, item)
    return tuple(serials)


def _check_total(
    level: inline_stock_pb2.InlineLevel,
    total: int,
    what: str,
    path: str,
    findings: Findings,
    item: InventoryItem,
) -> None:
    """Refuse a level whose parts are not all of it; what is below zero has no parts."""
    available_e6 = parse_e6(level.available.value)
    if available_e6 is None:
        return
    available = max(0, available_e6) // 10 ** (E6_SCALE - item.quantity_scale)
    if total != available:
        message = f"{what} to {total} step(s) of the item, `available` is {available}"
        findings.refuse(path, f"{message}; give the same units in both")


def _units(text: str, path: str, findings: Findings, item: InventoryItem) -> int | None:
    """Return increments in [0, a billion units]."""
    value = decode_range_e6(text, path, findings, MOST_UNITS)
    if value is None:
        return None
    if not decode_scaled(value, item.quantity_scale, path, findings, f"item {shown(item.id)}"):
        return None
    return int(value // 10 ** (E6_SCALE - item.quantity_scale))


def _date(
    lot: inline_stock_pb2.LotLevel,
    name: str,
    day: date_pb2.Date,
    path: str,
    findings: Findings,
) -> date | None:
    return decode_date(day, f"{path}.{name}", findings) if lot.HasField(name) else None  # type: ignore[arg-type]


def _few(messages: Sequence[T], path: str, findings: Findings) -> Sequence[T]:
    if len(messages) > MOST_ENTRIES:
        findings.refuse(path, f"has {len(messages)} entries; give at most {MOST_ENTRIES}")
        return ()
    return messages
