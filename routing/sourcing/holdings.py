"""Holdings: all portions of an order's items, when one figure per level does not say enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.item import BackorderPolicy, InventoryItem
from routing.network import Network
from routing.order import Order
from routing.sourcing.needs import NeedClass, need_classes
from routing.sourcing.portions import (
    THERE_S,
    ItemWants,
    Portion,
    ceiling_of,
    portions_of_item,
)
from routing.sourcing.problem import NO_LIMIT
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.stock import StockDetails, StockView
from routing.sourcing.usable import PortionColumns, columns_of

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """Portions at all locations, and the lines that need them in different ways.

    Attributes
    ----------
    portions, columns
        The same ones, as objects and as arrays.
    classes
        Of the lines that take an item from stock.
    ceilings
        Item to the most units of it that may wait at all locations together.
    """

    portions: tuple[Portion, ...]
    columns: PortionColumns
    classes: tuple[NeedClass, ...]
    ceilings: Mapping[int, int]

    def reach(self, use: Int64, locations: int) -> Int64:
        """Return int64 ``[n, locations]``: increments that portions suffice for, some day."""
        counts = np.full((use.shape[0], locations), NO_LIMIT, dtype=np.int64)
        for each in self.classes:
            mine = self._taken_by(each)
            there = np.zeros(locations, dtype=np.int64)
            np.add.at(there, self.columns.place[mine], self.columns.increments[mine])
            for line in each.lines:
                np.minimum(counts[line], there // use[line, each.item], out=counts[line])
        return counts

    def later(
        self, demand: Int64, use: Int64, locations: int, last_arrival: int
    ) -> dict[int, Bool]:
        """Return the starts after now, and at which locations something can leave then.

        A start at which a location has nothing more for any line than before is left out.

        Parameters
        ----------
        last_arrival
            Proleptic ordinal of a day after which nothing arrives that leaves now. Units that may
            be too old until then count for nothing: what comes may be fresher.
        """
        wanted = demand @ use
        found: dict[int, Bool] = {}
        for each in self.classes:
            mine = self._taken_by(each)
            start = np.maximum(self.columns.start_s[mine], each.need.release_s)
            if (start > THERE_S).any():
                fresh_on = last_arrival + each.need.shelf_life_days
                self._add_starts(mine, start, int(wanted[each.item]), locations, fresh_on, found)
        return found

    def _add_starts(
        self,
        portions: NDArray[np.intp],
        start: Int64,
        wanted: int,
        locations: int,
        fresh_on: int,
        found: dict[int, Bool],
    ) -> None:
        place = self.columns.place[portions]
        there = dict[int, int]()
        for number in np.lexsort((start, place)).tolist():
            here, start_s = int(place[number]), int(start[number])
            before, portion = there.get(here, 0), portions[number]
            if self.columns.last_day[portion] >= fresh_on:
                there[here] = before + int(self.columns.increments[portion])
            if start_s > THERE_S and before < wanted:
                found.setdefault(start_s, np.zeros(locations, dtype=np.bool_))[here] = True

    def _taken_by(self, need_class: NeedClass) -> NDArray[np.intp]:
        of_item = np.flatnonzero(self.columns.item == need_class.item)
        takes = [need_class.need.takes(self.portions[number]) for number in of_item.tolist()]
        return of_item[np.array(takes, dtype=np.bool_)]


_MOST_DAYS_ON_THE_WAY: Final = 366
"""Processing and transit together take less."""


def later_starts(
    holdings: Holdings | None, order: Order, demand: Int64, use: Int64, locations: int
) -> dict[int, Bool]:
    """Return the starts after now, and where something can leave then; see `Holdings.later`."""
    if holdings is None:
        return {}
    last_arrival = order.placed_time.date().toordinal() + _MOST_DAYS_ON_THE_WAY
    return holdings.later(demand, use, locations, last_arrival)


def find_holdings(
    order: Order,
    lines: Sequence[ResolvedLine],
    items: Sequence[InventoryItem],
    use: Int64,
    available: Int64,
    stocked: Bool,
    network: Network,
    stock: StockView,
    *,
    now: datetime | None = None,
    several_ways: bool = False,
) -> Holdings | None:
    """Return the portions of an order's items; ``None`` if one figure per level says it all.

    Parameters
    ----------
    use
        int64 ``[n, items]``.
    available, stocked
        int64 and bool ``[items, all locations]``, safety stock taken off.
    now
        Aware; when the order is planned; ``None``: when it was placed.
    several_ways
        Whether a location may ship more than once, whatever its stock is like.
    """
    if not several_ways and not _may_be_told_apart(order, lines, items):
        return None
    takes = [_takers(lines, use, number) for number in range(len(items))]
    told_apart = [
        number
        for number, item in enumerate(items)
        if takes[number]
        and (
            item.is_told_apart(order.placed_time)
            or _waits(lines, takes[number])
            or _are_preordered(lines, takes[number], order)
        )
    ]
    if not told_apart and not several_ways:
        return None
    details = stock.details([items[number].id for number in told_apart])
    if not several_ways and not _matters(lines, items, takes, told_apart, details, order):
        return None
    demand = np.array([line.demand for line in lines], dtype=np.int64)
    begins = max(order.placed_time, now or order.placed_time)
    portions: list[Portion] = []
    ceilings: dict[int, int] = {}
    for number, item in enumerate(items):
        detail = details.get(item.id, {})
        if number in told_apart:
            wants = ItemWants(
                increments=int(demand @ use[:, number]),
                may_wait=_waits(lines, takes[number]),
                serials=frozenset().union(*(lines[line].serials for line in takes[number])),
            )
            portions += portions_of_item(
                number,
                item,
                wants,
                available[number],
                stocked[number],
                detail,
                network.location_index,
                begins,
            )
            ceiling = ceiling_of(item, detail)
            if ceiling is not None:
                ceilings[number] = ceiling
        elif takes[number]:
            portions += _plain(number, available[number])
    return Holdings(
        tuple(portions), columns_of(portions), need_classes(lines, items, takes, begins), ceilings
    )


def _may_be_told_apart(
    order: Order, lines: Sequence[ResolvedLine], items: Sequence[InventoryItem]
) -> bool:
    return any(
        line.backorder_policy is BackorderPolicy.ALLOW or line.release_time is not None
        for line in lines
    ) or any(item.is_told_apart(order.placed_time) for item in items)


def _takers(lines: Sequence[ResolvedLine], use: Int64, item: int) -> list[int]:
    """Return the lines that take an item from stock."""
    return [
        line
        for line in np.flatnonzero(use[:, item]).tolist()
        if lines[line].backorder_policy is not BackorderPolicy.IGNORE_STOCK
    ]


def _waits(lines: Sequence[ResolvedLine], takers: Sequence[int]) -> bool:
    return any(lines[line].backorder_policy is BackorderPolicy.ALLOW for line in takers)


def _are_preordered(lines: Sequence[ResolvedLine], takers: Sequence[int], order: Order) -> bool:
    """Whether some line is of a kit that is not released yet."""
    releases = [lines[line].release_time for line in takers]
    return any(release is not None and release > order.placed_time for release in releases)


def _matters(
    lines: Sequence[ResolvedLine],
    items: Sequence[InventoryItem],
    takes: Sequence[Sequence[int]],
    told_apart: Sequence[int],
    details: StockDetails,
    order: Order,
) -> bool:
    """Whether anything is known of these items beyond one figure per level."""
    return any(
        details.get(items[number].id)
        or items[number].is_preordered(order.placed_time)
        or _waits(lines, takes[number])
        or _are_preordered(lines, takes[number], order)
        or any(lines[line].lot_ids or lines[line].serials for line in takes[number])
        for number in told_apart
    )


def _plain(number: int, available: Int64) -> list[Portion]:
    return [
        Portion(number, place, int(available[place]))
        for place in np.flatnonzero(available > 0).tolist()
    ]
