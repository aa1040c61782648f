"""What lines take of items, and what locations have of these."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId
from routing.item import BackorderPolicy, InventoryItem
from routing.network import Network
from routing.sourcing.policy import Policy
from routing.sourcing.problem import NO_LIMIT
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ruling import Ruling
from routing.sourcing.stock import StockView

Int64 = NDArray[np.int64]


def uses_of(lines: Sequence[ResolvedLine]) -> tuple[tuple[InventoryItem, ...], Int64]:
    """Return the items of an order and int64 ``[n, k]`` of what lines take.

    An item that some lines take from stock and others regardless of stock counts as
    two, so that the second kind does not eat up the first.
    """
    column: dict[tuple[ItemId, bool], int] = {}
    items: list[InventoryItem] = []
    for line in lines:
        free = line.backorder_policy is BackorderPolicy.IGNORE_STOCK
        for each in line.uses:
            if (each.item.id, free) not in column:
                column[each.item.id, free] = len(items)
                items.append(each.item)
    use = np.zeros((len(lines), len(items)), dtype=np.int64)
    for number, line in enumerate(lines):
        free = line.backorder_policy is BackorderPolicy.IGNORE_STOCK
        for each in line.uses:
            use[number, column[each.item.id, free]] += each.increments
    return tuple(items), use


def available_of(
    items: Sequence[InventoryItem],
    lines: Sequence[ResolvedLine],
    use: Int64,
    network: Network,
    stock: StockView,
    ruling: Ruling,
) -> tuple[Int64, NDArray[np.bool_]]:
    """Return what may be promised of each item, and where it is stocked, ``[items, locations]``.

    Safety stock is taken off. Stock that is not looked at is without limit.
    """
    available, stocked = stock.matrix([item.id for item in items], network.facts.ids)
    for index, item in enumerate(items):
        kept = ruling.safety_stock.get(item.id)
        if kept is not None:
            available[index] = np.maximum(available[index] - kept, 0)
    for number, line in enumerate(lines):
        if line.backorder_policy is BackorderPolicy.IGNORE_STOCK:
            unmanaged = use[number] > 0
            available[unmanaged] = NO_LIMIT
            stocked[unmanaged] = True
    return available, stocked


def reach_of(
    items: Sequence[InventoryItem],
    lines: Sequence[ResolvedLine],
    use: Int64,
    available: Int64,
    stocked: NDArray[np.bool_],
) -> tuple[Int64, NDArray[np.bool_]]:
    """Return increments of each line that stock suffices for, and who stocks all of its items.

    Returns
    -------
    tuple
        int64 and bool ``[n, all locations]``.
    """
    own = len(items) == len(lines) and all(
        len(line.uses) == 1 and line.uses[0].increments == 1 for line in lines
    )
    if own:
        # Each line takes one of an item that no other line takes: items are in their order.
        return available, stocked
    whole = np.array(
        [stocked[use[number] > 0].all(axis=0) for number in range(len(lines))],
        dtype=np.bool_,  # Also where there are no lines.
    ).reshape(len(lines), available.shape[1])
    return buildable_of(use, available, available.shape[1]), whole


def buildable_of(use: Int64, available: Int64, locations: int) -> Int64:
    """Return int64 ``[n, locations]``: increments of each line that stock suffices for, alone."""
    counts = np.full((use.shape[0], locations), NO_LIMIT, dtype=np.int64)
    for line, item in zip(*np.nonzero(use), strict=True):
        np.minimum(counts[line], available[item] // use[line, item], out=counts[line])
    return counts


def least_of(lines: Sequence[ResolvedLine], demand: Int64, use: Int64, policy: Policy) -> Int64:
    """Return int64 ``[n, items]``: what a location needs to ship anything of a line."""
    whole = np.array(
        [not policy.line_split or line.group is not None for line in lines], dtype=np.bool_
    )
    least: Int64 = use * np.where(whole, demand, 1)[:, None]
    return least


def unmanaged_of(lines: Sequence[ResolvedLine], use: Int64) -> list[int]:
    """Return the items whose stock is not looked at."""
    return sorted(
        {
            item
            for number, line in enumerate(lines)
            if line.backorder_policy is BackorderPolicy.IGNORE_STOCK
            for item in np.flatnonzero(use[number]).tolist()
        }
    )
