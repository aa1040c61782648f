"""The stock figures that a planning run sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from routing.counters import is_waiting_item, waiting_item
from routing.daily_capacity import is_capacity_item
from routing.ids import ItemId, LocationId, LotId
from routing.quick import quick


@dataclass(frozen=True, slots=True)
class LotStock:
    """What can be promised of one lot; a date of ``None`` is unknown, no expiry for `expiry`."""

    lot_id: LotId
    increments: int
    expiry: date | None = None
    received: date | None = None


@dataclass(frozen=True, slots=True)
class IncomingStock:
    """Units on their way: aware time, and in percent how sure they are."""

    increments: int
    expected_time: datetime
    confidence_percent: int = 100


@dataclass(frozen=True, slots=True)
class StockDetail:
    """What a level is made of; its total is in `StockView.matrix`.

    Attributes
    ----------
    oversold
        Increments promised beyond what is there, at least 0: the next to come are theirs.
    lots
        For lot-tracked items.
    serials
        For serial-tracked items, those that can be promised.
    incoming
        Never part of what is available.
    """

    oversold: int = 0
    lots: tuple[LotStock, ...] = ()
    serials: tuple[str, ...] = ()
    incoming: tuple[IncomingStock, ...] = ()


StockDetails = Mapping[ItemId, Mapping[LocationId, StockDetail]]
"""Levels without any detail may be left out."""


class StockView(Protocol):
    """A consistent picture of what is available."""

    @property
    def version(self) -> int:
        """Change sequence of the ledger that the picture was taken at; 0 if there is none."""
        ...

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return what is available and where an item is stocked at all.

        Returns
        -------
        available
            int64 ``[items, locations]``, increments, never negative.
        stocked
            bool, same shape: the location has a level of the item, even of zero.
        """
        ...

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return lots, serials and incoming supply of some items, from the same picture."""
        ...


@quick
@dataclass(frozen=True, slots=True)
class InlineStockView:
    """Levels that came with the request: item → location → increments."""

    levels: Mapping[ItemId, Mapping[LocationId, int]]
    version: int = 0
    level_details: StockDetails = field(default_factory=dict)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return what came along, and what levels below zero owe; see `StockView.details`."""
        found: dict[ItemId, dict[LocationId, StockDetail]] = {}
        for item_id in item_ids:
            row = found[item_id] = dict(self.level_details.get(item_id, {}))
            for location_id, increments in self.levels.get(item_id, {}).items():
                if increments < 0:
                    detail = row.get(location_id, StockDetail())
                    row[location_id] = replace(detail, oversold=-increments)
        return found

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        shape = (len(item_ids), len(location_ids))
        available = np.zeros(shape, dtype=np.int64)
        stocked = np.zeros(shape, dtype=np.bool_)
        column = {location_id: index for index, location_id in enumerate(location_ids)}
        for row, item_id in enumerate(item_ids):
            for location_id, increments in self.levels.get(item_id, {}).items():
                index = column.get(location_id)
                if index is not None:
                    stocked[row, index] = True
                    available[row, index] = max(0, increments)
        return available, stocked


Place = tuple[ItemId, LocationId]
"""An item at a location."""


@dataclass(frozen=True, slots=True)
class AdjustedStock:
    """Another picture, but for what is known better in some places.

    Attributes
    ----------
    base
        The other picture.
    more
        Increments to add: units of a plan that is to be replaced.
    most
        Greatest figure afterwards: what was really there.
    taken
        Least that is taken of a counter of `routing.daily_capacity` or `routing.counters`.
    gone
        Lots of which nothing can be had, whatever the other picture shows of them.
    """

    base: StockView
    more: Mapping[Place, int]
    most: Mapping[Place, int]
    taken: Mapping[Place, int] = field(default_factory=dict)
    gone: Mapping[Place, frozenset[LotId]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """Change sequence of the other picture."""
        return self.base.version

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        available, stocked = self.base.matrix(item_ids, location_ids)
        available, stocked = available.copy(), stocked.copy()
        row = {item_id: index for index, item_id in enumerate(item_ids)}
        column = {location_id: index for index, location_id in enumerate(location_ids)}
        for (item_id, location_id), increments in self._in_gone_lots(item_ids).items():
            if location_id in column:
                place = row[item_id], column[location_id]
                available[place] = max(0, available[place] - increments)
        for (item_id, location_id), increments in self.more.items():
            if item_id in row and location_id in column:
                available[row[item_id], column[location_id]] += increments
                stocked[row[item_id], column[location_id]] = True
        for (item_id, location_id), increments in self.most.items():
            if item_id in row and location_id in column:
                place = row[item_id], column[location_id]
                available[place] = min(available[place], max(0, increments))
        return available, stocked

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return those of the other picture; units added are of no known lot.

        Of what counts a location's day only what is taken matters. Units of the plan that wait
        are owed no more.
        """
        found = dict(self.base.details(item_ids))
        for item_id, location_id in self.gone:
            if location_id in found.get(item_id, {}):
                found[item_id] = self._without_gone(item_id, location_id, found[item_id])
        for item_id in filter(is_capacity_item, item_ids):
            found[item_id] = self._taken(item_id, found.get(item_id, {}))
        if any(is_waiting_item(item_id) for item_id, _ in (*self.more, *self.taken)):
            for item_id in item_ids:
                found[item_id] = self._owed(item_id, found.get(item_id, {}))
        return found

    def _in_gone_lots(self, item_ids: Sequence[ItemId]) -> dict[Place, int]:
        """Return what the other picture shows of lots that are gone, in increments."""
        if not self.gone:
            return {}
        before = self.base.details(item_ids)
        return {
            (item_id, location_id): sum(
                lot.increments for lot in before[item_id][location_id].lots if lot.lot_id in lot_ids
            )
            for (item_id, location_id), lot_ids in self.gone.items()
            if location_id in before.get(item_id, {})
        }

    def _without_gone(
        self, item_id: ItemId, location_id: LocationId, before: Mapping[LocationId, StockDetail]
    ) -> dict[LocationId, StockDetail]:
        lot_ids, detail = self.gone[item_id, location_id], before[location_id]
        lots = tuple(lot for lot in detail.lots if lot.lot_id not in lot_ids)
        serials = tuple(serial for serial in detail.serials if serial not in lot_ids)
        return {**before, location_id: replace(detail, lots=lots, serials=serials)}

    def _owed(
        self, item_id: ItemId, before: Mapping[LocationId, StockDetail]
    ) -> dict[LocationId, StockDetail]:
        """Return what locations have of an item, with what they owe to those that wait."""
        counter = waiting_item(item_id)
        known = {place for item, place in (*self.more, *self.taken) if item == counter}
        found = dict(before)
        for place in sorted(known):
            detail = found.get(place, StockDetail())
            owed = max(0, detail.oversold - self.more.get((counter, place), 0))
            owed = max(owed, self.taken.get((counter, place), 0))
            found[place] = replace(detail, oversold=owed)
        return found

    def _taken(
        self, counter: ItemId, before: Mapping[LocationId, StockDetail]
    ) -> dict[LocationId, StockDetail]:
        taken = {location_id: detail.oversold for location_id, detail in before.items()}
        for (item_id, location_id), given_back in self.more.items():
            if item_id == counter:
                taken[location_id] = max(0, taken.get(location_id, 0) - given_back)
        for (item_id, location_id), least in self.taken.items():
            if item_id == counter:
                taken[location_id] = max(least, taken.get(location_id, 0))
        return {location_id: StockDetail(oversold=each) for location_id, each in taken.items()}


@dataclass(frozen=True, slots=True)
class FixedStock:
    """Figures that were written down: item → places among the locations, increments.

    Attributes
    ----------
    location_ids
        All locations, in the order to which the places refer.
    items
        Per item int64 ``[n]`` places of the locations that stock it and int64 ``[n]``
        increments available there.
    level_details
        Lots, serials and supply on its way.
    """

    version: int
    location_ids: Sequence[LocationId]
    items: Mapping[ItemId, tuple[NDArray[np.int64], NDArray[np.int64]]]
    level_details: StockDetails = field(default_factory=dict)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return what was written down; see `StockView.details`."""
        return {key: self.level_details[key] for key in item_ids if key in self.level_details}

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        column = {location_id: index for index, location_id in enumerate(location_ids)}
        wanted = [column.get(location_id, -1) for location_id in self.location_ids]
        target = np.array(wanted, dtype=np.intp)
        available = np.zeros((len(item_ids), len(location_ids)), dtype=np.int64)
        stocked = np.zeros(available.shape, dtype=np.bool_)
        for row, item_id in enumerate(item_ids):
            if item_id in self.items:
                places, increments = self.items[item_id]
                columns = target[places]
                asked = columns >= 0
                available[row, columns[asked]] = increments[asked]
                stocked[row, columns[asked]] = True
        return available, stocked


def fix_stock(
    stock: StockView, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
) -> FixedStock:
    """Return what a picture shows of these items at these locations, to be written down."""
    available, stocked = stock.matrix(item_ids, location_ids)
    items = {}
    for row, item_id in enumerate(item_ids):
        places = np.flatnonzero(stocked[row])
        items[item_id] = (places.astype(np.int64), available[row, places])
    return FixedStock(stock.version, location_ids, items, stock.details(item_ids))
