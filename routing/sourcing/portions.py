"""Portions: what can be promised of an order's items, told apart by lot, serial and date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId, LotId
from routing.item import InventoryItem, ItemTracking, PickOrder
from routing.promise.promise import NEVER
from routing.quantity import increments_from_e6
from routing.sourcing.stock import IncomingStock, LotStock, StockDetail

Int64 = NDArray[np.int64]

THERE_S: Final = int(np.iinfo(np.int64).min)
"""Units that can be picked now."""
NOBODY_KNOWS_S: Final = int(np.iinfo(np.int64).max)
"""Units that will come, and nobody knows when."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Units that are alike.

    Attributes
    ----------
    item
        Index into the order's items.
    place
        Index into the network's locations.
    increments
        At least 1.
    start_s
        Unix seconds from which they can be picked; `THERE_S`, `NOBODY_KNOWS_S`.
    last_day
        Proleptic ordinal of the last day on which they may arrive; `NEVER` for no expiry.
    waits
        Whether they are not in stock yet.
    lot_id, serial
        Set where known.
    """

    item: int
    place: int
    increments: int
    start_s: int = THERE_S
    last_day: int = NEVER
    waits: bool = False
    lot_id: LotId | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True)
class ItemWants:
    """What an order wants of one item.

    Attributes
    ----------
    increments
        At most; more of it in one portion makes no difference.
    may_wait
        Whether some line allows backorder.
    serials
        Those that lines name.
    """

    increments: int
    may_wait: bool
    serials: frozenset[str]


def portions_of_item(
    number: int,
    item: InventoryItem,
    wants: ItemWants,
    available: Int64,
    stocked: NDArray[np.bool_],
    details: Mapping[LocationId, StockDetail],
    place_of: Mapping[LocationId, int],
    now: datetime,
) -> list[Portion]:
    """Return the portions of one item at all locations, at each in the order of picking.

    Parameters
    ----------
    number
        Index of the item in the order.
    available
        int64 ``[l]``: increments that may be promised now; what lots and serials add up to
        beyond that is kept back, last to be picked first.
    stocked
        bool ``[l]``: there is a level, even of zero.
    details
        Lots, serials and incoming supply by location.
    now
        Aware; supply that was expected before it is overdue, and comes nobody knows when. Lead
        times count from it.
    """
    by_place = {place_of[key]: detail for key, detail in details.items() if key in place_of}
    found: list[Portion] = []
    for place in np.flatnonzero(stocked | (available > 0)).tolist():
        detail = by_place.get(place, _NO_DETAIL)
        plain = Portion(number, place, int(available[place]))
        here = list(_there(item, wants, plain, detail))
        if wants.may_wait:
            coming = _to_come(item, wants, plain, detail, now)
            here += sorted(coming, key=lambda portion: portion.start_s)
        found += here
    return _released(found, item, now)


def ceiling_of(item: InventoryItem, details: Mapping[LocationId, StockDetail]) -> int | None:
    """Return how many more increments may wait at all locations together; ``None``: any."""
    if item.backorder_limit_e6 is None:
        return None
    limit = increments_from_e6(item.backorder_limit_e6, item.quantity_scale)
    if limit is None:
        limit = item.backorder_limit_e6 * item.increments_per_unit // 1_000_000
    waiting = sum(detail.oversold for detail in details.values())
    return max(0, limit - waiting)


_NO_DETAIL: Final = StockDetail()
_APART: Final = frozenset({ItemTracking.LOT, ItemTracking.SERIAL})


def _there(
    item: InventoryItem, wants: ItemWants, plain: Portion, detail: StockDetail
) -> Iterator[Portion]:
    """Yield what is in stock at one location."""
    left = plain.increments
    if item.tracking not in _APART:
        if left > 0:
            yield plain
        return
    for portion in _told_apart(item, wants, plain, detail):
        taken = min(left, portion.increments)
        if taken > 0:
            yield replace(portion, increments=taken)
            left -= taken
    if left > 0:
        yield replace(plain, increments=left)


def _told_apart(
    item: InventoryItem, wants: ItemWants, plain: Portion, detail: StockDetail
) -> Iterator[Portion]:
    if item.tracking is ItemTracking.LOT:
        for lot in sorted(detail.lots, key=_PICKED_FIRST[item.pick_order]):
            day = NEVER if lot.expiry is None else lot.expiry.toordinal()
            yield replace(plain, increments=lot.increments, last_day=day, lot_id=lot.lot_id)
    elif item.tracking is ItemTracking.SERIAL:
        # Any serial is as good as any other, but for those that lines name.
        there = sorted(set(detail.serials))
        named = [serial for serial in there if serial in wants.serials]
        others = [serial for serial in there if serial not in wants.serials]
        for serial in named + others[: wants.increments]:
            yield replace(plain, increments=1, serial=serial)


def _first_expired(lot: LotStock) -> tuple[date, date, str]:
    return lot.expiry or date.max, lot.received or date.max, lot.lot_id


def _first_received(lot: LotStock) -> tuple[date, date, str]:
    return lot.received or date.max, lot.expiry or date.max, lot.lot_id


def _last_received(lot: LotStock) -> tuple[int, date, str]:
    received = lot.received or date.min
    return -received.toordinal(), lot.expiry or date.max, lot.lot_id


_PICKED_FIRST: Final = {
    PickOrder.FEFO: _first_expired,
    PickOrder.FIFO: _first_received,
    PickOrder.LIFO: _last_received,
}


def _to_come(
    item: InventoryItem,
    wants: ItemWants,
    plain: Portion,
    detail: StockDetail,
    now: datetime,
) -> Iterator[Portion]:
    """Yield what will come to one location: what is on its way, then what nobody knows of."""
    owed = detail.oversold
    for supply in sorted(detail.incoming, key=lambda supply: supply.expected_time):
        units = _sure(supply)
        free, owed = max(0, units - owed), max(0, owed - units)
        if free:
            start_s = _start_s(item, supply.expected_time, now)
            yield Portion(plain.item, plain.place, free, start_s, waits=True)
    start_s = _start_s(item, None, now)
    yield Portion(plain.item, plain.place, wants.increments, start_s, waits=True)


def _sure(supply: IncomingStock) -> int:
    """Return how many units can be promised: their share that is sure, rounded down."""
    return supply.increments * supply.confidence_percent // 100


def _start_s(item: InventoryItem, expected: datetime | None, now: datetime) -> int:
    if expected is not None and expected > now:
        return unix_s(expected)
    if item.lead_time_days is None:
        return NOBODY_KNOWS_S
    return unix_s(now + timedelta(days=item.lead_time_days))


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def unix_s(time: datetime) -> int:
    """Return Unix seconds, rounded up: nothing can be picked before."""
    return -((_EPOCH - time) // timedelta(seconds=1))


def _released(portions: list[Portion], item: InventoryItem, now: datetime) -> list[Portion]:
    """Put off what comes before the release of a preorder, stock included."""
    if item.release_time is None or item.release_time <= now:
        return portions
    release_s = unix_s(item.release_time)
    return [replace(portion, start_s=max(portion.start_s, release_s)) for portion in portions]
