"""The stock that is left as order after order takes its part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from allocation.backtest.outcome import Take
from routing.counters import is_counter_item
from routing.daily_capacity import CapacityTake, capacity_item
from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import (
    IncomingStock,
    InlineStockView,
    LotStock,
    StockDetail,
    StockDetails,
)

Levels = Mapping[ItemId, Mapping[LocationId, int]]


class Shelf:
    """Stock that is taken from, and what comes in as time goes on; or stock that never changes.

    Lots and serials go with the units that are taken. Supply comes when it was expected, as far
    as it was sure; what earlier orders wait for is theirs. What orders take of the days of
    locations, and add to volumes, is counted.

    Parameters
    ----------
    stock
        What there is to begin with; it is left as it is.
    fixed
        Whether what is taken is put back at once, and nothing is counted.
    """

    def __init__(self, stock: InlineStockView, *, fixed: bool = False) -> None:
        self._fixed = fixed
        self._items: dict[ItemId, dict[LocationId, _Level]] = {}
        details = stock.details(sorted(stock.levels.keys() | stock.level_details.keys()))
        for item_id in stock.levels.keys() | details.keys():
            levels, known = stock.levels.get(item_id, {}), details.get(item_id, {})
            self._items[item_id] = {
                place: _Level.of(levels.get(place, 0), known.get(place, StockDetail()))
                for place in levels.keys() | known.keys()
            }
        self._counted: dict[ItemId, dict[LocationId, int]] = {}

    def stock_of(self, items: Iterable[ItemId], at_time: datetime) -> StockOfItems:
        """Return a copy of what there is of these items; one that is stocked nowhere has none.

        Parameters
        ----------
        at_time
            Aware; no earlier than when the items were last asked for.
        """
        levels: dict[ItemId, dict[LocationId, int]] = {}
        details: dict[ItemId, dict[LocationId, StockDetail]] = {}
        for item_id in items:
            here = self._items.get(item_id, {})
            for level in here.values() if not self._fixed else ():
                level.receive(at_time)
            levels[item_id] = {place: level.available for place, level in here.items()}
            known = {place: level.detail() for place, level in here.items()}
            details[item_id] = {place: each for place, each in known.items() if each != _PLAIN}
        for item_id, places in self._counted.items():
            details[item_id] = {place: StockDetail(oversold=n) for place, n in places.items()}
        return StockOfItems(levels, {key: row for key, row in details.items() if row})

    def take(self, takes: Iterable[Take], counted: Iterable[CapacityTake] = ()) -> None:
        """Take units away, and count what was taken of days.

        Raises
        ------
        ValueError
            If there are fewer than that: a plan may never take more than it was shown.
        """
        for each in takes:
            here = self._items.setdefault(each.item_id, {})
            level = here.get(each.location_id) or _Level(0)
            there = level.of_lot(each.lot_id)
            if not each.waits and each.increments > there:
                what = each.item_id if each.lot_id is None else f"{each.item_id} {each.lot_id}"
                raise ValueError(
                    f"{each.increments} of {what} were taken at {each.location_id}, which has "
                    f"{there}"
                )
            if not self._fixed:
                level.take(each)
                here[each.location_id] = level
        for count in counted if not self._fixed else ():
            places = self._counted.setdefault(capacity_item(count.measure, count.day), {})
            places[count.location_id] = places.get(count.location_id, 0) + count.quantity


_PLAIN = StockDetail()


@dataclass(slots=True)
class _Level:
    """What a location has of an item; `owed` to earlier orders out of what comes."""

    available: int
    owed: int = 0
    lots: list[LotStock] = field(default_factory=list)
    serials: list[str] = field(default_factory=list)
    incoming: list[IncomingStock] = field(default_factory=list)

    @classmethod
    def of(cls, available: int, detail: StockDetail) -> _Level:
        coming = sorted(detail.incoming, key=lambda each: each.expected_time)
        lots, serials = list(detail.lots), list(detail.serials)
        return cls(max(0, available), detail.oversold, lots, serials, coming)

    def receive(self, at_time: datetime) -> None:
        """Put away what has come by then."""
        while self.incoming and self.incoming[0].expected_time <= at_time:
            came = self.incoming.pop(0)
            units = came.increments * came.confidence_percent // 100
            settled = min(units, self.owed)
            self.owed -= settled
            self.available += units - settled

    def of_lot(self, lot_id: LotId | None) -> int:
        """Return what there is of a lot, or in all."""
        if lot_id is None:
            return self.available
        return sum(lot.increments for lot in self.lots if lot.lot_id == lot_id)

    def take(self, taken: Take) -> None:
        if taken.waits:
            self.owed += taken.increments
            return
        self.available -= taken.increments
        self.serials = [each for each in self.serials if each not in taken.serials]
        if taken.lot_id is not None:
            left = [
                replace(lot, increments=lot.increments - taken.increments)
                if lot.lot_id == taken.lot_id
                else lot
                for lot in self.lots
            ]
            self.lots = [lot for lot in left if lot.increments > 0]

    def detail(self) -> StockDetail:
        """Return everything beyond the one figure."""
        return StockDetail(self.owed, tuple(self.lots), tuple(self.serials), tuple(self.incoming))


@dataclass(frozen=True, slots=True)
class StockOfItems:
    """The stock of an order's items; to be asked for another item is a fault, not "no stock"."""

    levels: Levels
    level_details: StockDetails = field(default_factory=dict)
    version: int = 0

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`.

        Raises
        ------
        KeyError
            For an item that is not among the levels.
        """
        missing = [item for item in item_ids if item not in self.levels]
        if missing:
            raise KeyError(f"levels were not given for {', '.join(missing)}")
        return InlineStockView(self.levels, self.version).matrix(item_ids, location_ids)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return lots, serials, supply and what is counted; see `StockView.details`.

        Raises
        ------
        KeyError
            As `matrix` does; what was never counted is nothing.
        """
        missing = [
            item for item in item_ids if item not in self.levels and not is_counter_item(item)
        ]
        if missing:
            raise KeyError(f"levels were not given for {', '.join(missing)}")
        return {item: self.level_details[item] for item in item_ids if item in self.level_details}
