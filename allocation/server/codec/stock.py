"""Stock levels that come with a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, cast

from allocation.server.codec.decimal import E6_SCALE, parse_e6, refuse_decimal
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.stock_detail import decode_details
from allocation.v1 import inline_stock_pb2
from routing.ids import ItemId, LocationId
from routing.network import Network
from routing.quantity import E6
from routing.sourcing.stock import InlineStockView, StockDetail

MOST_LEVEL: Final = 1_000_000_000


def decode_stock(
    message: inline_stock_pb2.InlineStock, path: str, findings: Findings, network: Network
) -> InlineStockView:
    """Return the levels by item and location, in increments.

    Items and locations that the network does not have are checked for form and then left
    out: nothing could be planned with them.
    """
    levels: dict[ItemId, dict[LocationId, int]] = {}
    details: dict[ItemId, dict[LocationId, StockDetail]] = {}
    seen: dict[str, int] = {}
    for index, item_stock in enumerate(message.items):
        at = f"{path}.items[{index}]"
        item_id = ItemId(item_stock.inventory_item_id)
        if not item_id:
            findings.refuse(f"{at}.inventory_item_id", "is missing; say whose levels these are")
        elif seen.setdefault(item_id, index) != index:
            findings.refuse(
                f"{at}.inventory_item_id",
                f"{shown(item_id)} also has items[{seen[item_id]}]; give each item once",
            )
        item = network.items.get(item_id)
        scale = E6_SCALE if item is None else item.quantity_scale
        row, detailed = _levels(item_stock.levels, f"{at}.levels", findings, scale)
        if item is not None:
            levels[item_id] = row
            if detailed:
                details[item_id] = decode_details(
                    item_stock.levels, detailed, f"{at}.levels", findings, item
                )
    return InlineStockView(levels, level_details=details)


def _levels(
    messages: Iterable[inline_stock_pb2.InlineLevel], path: str, findings: Findings, scale: int
) -> tuple[dict[LocationId, int], list[int]]:
    """Return increments by location, and which levels say more than that.

    Runs once per level of a checkout: nothing to spare.
    """
    step = 10 ** (E6_SCALE - scale)
    most = MOST_LEVEL * E6
    row: dict[str, int] = {}
    detailed: list[int] = []
    for index, level in enumerate(messages):
        location_id = level.location_id
        text = level.available.value
        value = parse_e6(text)
        if value is None or not location_id or location_id in row or value % step:
            _refuse_level(level, f"{path}[{index}]", findings, row, scale)
        elif not -most <= value <= most:
            message = f"is {shown(text)}; it must lie in [-{MOST_LEVEL}, {MOST_LEVEL}]"
            findings.refuse(f"{path}[{index}].available", message)
        else:
            row[location_id] = value // step
        if level.incoming or level.lots or level.serials:
            detailed.append(index)
    return cast("dict[LocationId, int]", row), detailed


def _refuse_level(
    level: inline_stock_pb2.InlineLevel,
    path: str,
    findings: Findings,
    row: dict[str, int],
    scale: int,
) -> None:
    location_id, text = level.location_id, level.available.value
    if not location_id:
        findings.refuse(f"{path}.location_id", "is missing; say where the stock lies")
    elif location_id in row:
        message = f"{shown(location_id)} is named twice for the item; give one level per location"
        findings.refuse(f"{path}.location_id", message)
    value = parse_e6(text)
    if value is None:
        refuse_decimal(text, f"{path}.available", findings)
    elif value % 10 ** (E6_SCALE - scale):
        allowed = f"{scale} decimals" if scale else "whole units only"
        findings.refuse(f"{path}.available", f"is {shown(text)}; the item allows {allowed}")
