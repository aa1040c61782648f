"""Stock figures as they are written down with a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC

import numpy as np

from allocation.server.codec.times import encode_date, encode_time, read_date
from allocation.v1 import decision_pb2
from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import FixedStock, IncomingStock, LotStock, StockDetail


def encode_stock(stock: FixedStock) -> decision_pb2.RecordedStock:
    """Return the record of fixed figures."""
    place = {location_id: number for number, location_id in enumerate(stock.location_ids)}
    return decision_pb2.RecordedStock(
        version=stock.version,
        items=[
            decision_pb2.RecordedItemStock(
                inventory_item_id=item_id,
                locations=places.tolist(),
                available=increments.tolist(),
                details=_encode_details(stock.level_details.get(item_id, {}), place),
            )
            for item_id, (places, increments) in stock.items.items()
        ],
    )


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
