"""Stock figures as they are written down with a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import NO_COLUMN, ItemColumn
from allocation.ledger.picture import StockPicture
from allocation.server.codec.times import encode_date, encode_time, read_date
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

_BYTES_A_LOCATION: Final = 24
_RECORDS: Final[Memo[tuple[decision_pb2.RecordedItemStock, ItemColumn, NDArray[np.intp]]]] = Memo(
    8 * 2**20
)


def record_stock(
    record: decision_pb2.RecordedStock,
    stock: StockView,
    item_ids: Sequence[ItemId],
    location_ids: Sequence[LocationId],
) -> None:
    """Write down what a view shows of these items at these locations."""
    record.version = stock.version
    if isinstance(stock, StockPicture) and not any(stock.detailed.values()):
        # Nearly always: one figure a level, of which many orders see the same.
        places = stock.numbers.places(location_ids)
        record.items.extend(
            _column_record(item_id, stock.columns.get(item_id, NO_COLUMN), places)
            for item_id in item_ids
        )
        return
    fixed = fix_stock(stock, item_ids, location_ids)
    place = {location_id: number for number, location_id in enumerate(fixed.location_ids)}
    for item_id, (locations, increments) in fixed.items.items():
        record.items.add(
            inventory_item_id=item_id,
            locations=locations.tolist(),
            available=increments.tolist(),
            details=_encode_details(fixed.level_details.get(item_id, {}), place),
        )


def _column_record(
    item_id: ItemId, column: ItemColumn, places: NDArray[np.intp]
) -> decision_pb2.RecordedItemStock:
    """Return the record of an item without details; `places` are those of the view's numbers."""
    # Neither changes, and what is kept keeps them, so that nothing else gets their identity.
    key = item_id, id(column), id(places)
    known = _RECORDS.get(key)
    if known is not None:
        return known[0]
    here, available = places[column.locations], column.available
    if len(column.empty):
        here = np.concatenate((here, places[column.empty]))
        available = np.concatenate((available, np.zeros(len(column.empty), dtype=np.int64)))
    order = here.argsort()
    # Locations that the network does not have are at -1, before all others.
    order = order[here.searchsorted(0, sorter=order) :]
    locations = here[order].tolist()
    record = decision_pb2.RecordedItemStock(
        inventory_item_id=item_id, locations=locations, available=available[order].tolist()
    )
    _RECORDS.put(key, (record, column, places), _BYTES_A_LOCATION * len(locations))
    return record


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
