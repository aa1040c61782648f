"""Stock figures as they are written down with a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import NO_COLUMN, ItemColumn
from allocation.ledger.picture import StockPicture
from allocation.server.codec.times import encode_date, encode_time, read_date
from allocation.server.codec.wire import nested, number, tag_of, text
from allocation.v1 import decision_pb2
from routing.ids import ItemId, LocationId, LotId
from routing.memo import Memo
from routing.sourcing.stock import (
    FixedStock,
    IncomingStock,
    LotStock,
    StockDetail,
    StockView,
    fix_stock,
)


class _Order(NamedTuple):
    """Which figures of a column stand for locations that a network has, and in which order.

    Attributes
    ----------
    chosen
        intp ``[n]``: where each is among the figures; those of empty locations come last.
    content
        The locations, as they are written down.
    """

    chosen: NDArray[np.intp]
    content: bytes


_BYTES_A_LOCATION: Final = 16
_ITEMS_KEPT: Final[Memo[tuple[bytes, ItemColumn, NDArray[np.intp]]]] = Memo(8 * 2**20)
_ORDERS_KEPT: Final[Memo[tuple[_Order, ItemColumn, NDArray[np.intp]]]] = Memo(8 * 2**20)


def stock_bytes(
    stock: StockView, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
) -> bytes:
    """Return what is written down of what a view shows of these items at these locations."""
    content = number(_VERSION, stock.version)
    if isinstance(stock, StockPicture) and not any(stock.detailed.values()):
        # Nearly always: one figure a level, of which many orders see the same.
        places = stock.numbers.places(location_ids)
        for item_id in item_ids:
            content += _column_bytes(item_id, stock.columns.get(item_id, NO_COLUMN), places)
        return content
    record = decision_pb2.RecordedStock()
    fixed = fix_stock(stock, item_ids, location_ids)
    place = {location_id: index for index, location_id in enumerate(fixed.location_ids)}
    for item_id, (locations, increments) in fixed.items.items():
        record.items.add(
            inventory_item_id=item_id,
            locations=locations.tolist(),
            available=increments.tolist(),
            details=_encode_details(fixed.level_details.get(item_id, {}), place),
        )
    return content + record.SerializeToString(deterministic=True)


_VERSION: Final = tag_of(decision_pb2.RecordedStock, "version")
_ITEMS: Final = tag_of(decision_pb2.RecordedStock, "items")
_ITEM_ID: Final = tag_of(decision_pb2.RecordedItemStock, "inventory_item_id")


def _column_bytes(item_id: ItemId, column: ItemColumn, places: NDArray[np.intp]) -> bytes:
    """Return the entry of an item without details; `places` are those of the view's numbers."""
    # Of each item the latest: where stock is held, columns are replaced ten times a second.
    known = _ITEMS_KEPT.get(item_id)
    if known is not None and known[1] is column and known[2] is places:
        return known[0]
    order = _order_of(column, places)
    figures = column.available
    if len(column.empty):
        figures = np.concatenate((figures, np.zeros(len(column.empty), dtype=np.int64)))
    available = decision_pb2.RecordedItemStock(available=figures[order.chosen].tolist())
    content = text(_ITEM_ID, item_id) + order.content + available.SerializeToString()
    content = nested(_ITEMS, content)
    _ITEMS_KEPT.put(item_id, (content, column, places), _BYTES_A_LOCATION * len(order.chosen))
    return content


def _order_of(column: ItemColumn, places: NDArray[np.intp]) -> _Order:
    """Return the order of a column's figures; most columns only differ in them from older ones."""
    # None of them changes, and what is kept keeps them, so that nothing else gets their identity.
    key = id(column.locations), id(column.empty), id(places)
    known = _ORDERS_KEPT.get(key)
    if known is not None:
        return known[0]
    here = places[column.locations]
    if len(column.empty):
        here = np.concatenate((here, places[column.empty]))
    chosen = here.argsort()
    # Locations that the network does not have are at -1, before all others.
    chosen = chosen[here.searchsorted(0, sorter=chosen) :]
    record = decision_pb2.RecordedItemStock(locations=here[chosen].tolist())
    order = _Order(chosen, record.SerializeToString())
    _ORDERS_KEPT.put(key, (order, column, places), _BYTES_A_LOCATION * len(chosen))
    return order


def decode_stock(
    message: decision_pb2.RecordedStock, location_ids: Sequence[LocationId]
) -> FixedStock:
    """Return recorded stock; `location_ids` are all locations of the network at that time."""
    return FixedStock(
        message.version,
        location_ids,
        {
            ItemId(item.inventory_item_id): (
                np.array(item.locations, dtype=np.int64),
                np.array(item.available, dtype=np.int64),
            )
            for item in message.items
        },
        {
            ItemId(item.inventory_item_id): {
                location_ids[each.location]: _decode_detail(each) for each in item.details
            }
            for item in message.items
            if item.details
        },
    )


def _encode_details(
    details: Mapping[LocationId, StockDetail], place: Mapping[LocationId, int]
) -> list[decision_pb2.RecordedDetail]:
    """Return the details of the locations that the network has."""
    return [
        decision_pb2.RecordedDetail(
            location=place[location_id],
            oversold=detail.oversold,
            lots=[_encode_lot(lot) for lot in detail.lots],
            serials=detail.serials,
            incoming=[
                decision_pb2.RecordedIncoming(
                    increments=supply.increments,
                    expected_time=encode_time(supply.expected_time),
                    confidence_percent=supply.confidence_percent,
                )
                for supply in detail.incoming
            ],
        )
        for location_id, detail in details.items()
        if location_id in place
    ]


def _encode_lot(lot: LotStock) -> decision_pb2.RecordedLot:
    return decision_pb2.RecordedLot(
        lot_id=lot.lot_id,
        increments=lot.increments,
        expiry_date=None if lot.expiry is None else encode_date(lot.expiry),
        received_date=None if lot.received is None else encode_date(lot.received),
    )


def _decode_detail(message: decision_pb2.RecordedDetail) -> StockDetail:
    return StockDetail(
        oversold=message.oversold,
        lots=tuple(
            LotStock(
                LotId(lot.lot_id),
                lot.increments,
                read_date(lot.expiry_date) if lot.HasField("expiry_date") else None,
                read_date(lot.received_date) if lot.HasField("received_date") else None,
            )
            for lot in message.lots
        ),
        serials=tuple(message.serials),
        incoming=tuple(
            IncomingStock(
                supply.increments,
                supply.expected_time.ToDatetime(tzinfo=UTC),
                supply.confidence_percent,
            )
            for supply in message.incoming
        ),
    )
