"""Stock that was written down with a decision shows the same when it is read again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from allocation.server.codec.recorded_stock import decode_stock, encode_stock
from allocation.v1 import decision_pb2
from routing.ids import ItemId, LocationId
from routing.sourcing.stock import StockDetail, fix_stock
from tests.networks import NOW, incoming, lot, stock, with_details

PLACES = [LocationId(name) for name in ("reno", "dallas")]
ITEMS = [ItemId("milk"), ItemId("cup")]


def test_lots_serials_and_supply_survive() -> None:
    detail = StockDetail(
        oversold=0,
        lots=(lot("a", 3, days=9), lot("b", 2)),
        serials=("x", "y"),
        incoming=(incoming(4, 5, 70),),
    )
    view = with_details(
        stock(milk={"reno": 5, "nowhere": 4}, cup={"dallas": -2}),
        milk={"reno": detail, "nowhere": StockDetail(serials=("z",))},
    )
    text = encode_stock(fix_stock(view, ITEMS, PLACES)).SerializeToString()
    again = decode_stock(decision_pb2.RecordedStock.FromString(text), PLACES)
    for got, expected in zip(again.matrix(ITEMS, PLACES), view.matrix(ITEMS, PLACES), strict=True):
        assert np.array_equal(got, expected)
    assert again.details(ITEMS) == {
        ITEMS[0]: {PLACES[0]: detail},
        ITEMS[1]: {PLACES[1]: StockDetail(oversold=2)},
    }
    expected_time = again.details(ITEMS)[ITEMS[0]][PLACES[0]].incoming[0].expected_time
    assert expected_time == NOW + timedelta(days=5)
