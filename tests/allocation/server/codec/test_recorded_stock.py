"""Stock that was written down with a decision shows the same when it is read again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from allocation.ledger.conformance.scene import at
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.view import LedgerView
from allocation.server.codec.recorded_stock import decode_stock, stock_bytes
from allocation.v1 import decision_pb2
from routing.ids import ItemId, LocationId
from routing.sourcing.stock import FixedStock, StockDetail, StockView
from tests.networks import NOW, incoming, lot, stock, with_details

PLACES = [LocationId(name) for name in ("reno", "dallas")]
ITEMS = [ItemId("milk"), ItemId("cup")]


def written_and_read(view: StockView, places: list[LocationId]) -> FixedStock:
    content = stock_bytes(view, ITEMS, places)
    record = decision_pb2.RecordedStock.FromString(content)
    assert record.SerializeToString(deterministic=True) == content
    return decode_stock(record, places)


@given(
    changes=st.lists(
        st.dictionaries(
            st.tuples(st.sampled_from(ITEMS), st.sampled_from(["reno", "dallas", "erie", "gary"])),
            st.integers(-2, 9),
        ),
        min_size=1,
        max_size=4,
    ),
    orders=st.lists(st.permutations(["dallas", "erie", "ohio", "reno"]), min_size=1, max_size=2),
)
def test_pictures_of_the_ledger_are_written_as_they_show(
    changes: list[dict[tuple[ItemId, str], int]], orders: list[list[str]]
) -> None:
    ledger = MemoryLedger()
    view = LedgerView(ledger, at(0))
    for second, figures in enumerate(changes, start=1):
        rows = [
            LevelRow(LevelKey(item_id, LocationId(place)), number)
            for (item_id, place), number in figures.items()
        ]
        ledger.set_levels(rows, now=at(second), owner=StockOwner.MIRROR)
        view.refresh(at(second))
        picture = view.picture(ITEMS)
        for order in orders:
            places = [LocationId(place) for place in order]
            again = written_and_read(picture, places)
            assert again.version == picture.version
            shown = picture.matrix(ITEMS, places)
            for got, expected in zip(again.matrix(ITEMS, places), shown, strict=True):
                assert np.array_equal(got, expected)


def test_pictures_of_different_moments_and_networks_are_told_apart() -> None:
    ledger = MemoryLedger()
    key = LevelKey(ITEMS[0], PLACES[0])
    pictures = []
    view = LedgerView(ledger, at(0))
    for number in (5, 6, 7):
        ledger.set_levels([LevelRow(key, number)], now=at(number), owner=StockOwner.MIRROR)
        view.refresh(at(number))
        pictures.append(view.picture(ITEMS))
    other = [PLACES[1], PLACES[0]]
    for _ in range(2):
        for number, picture in zip((5, 6, 7), pictures, strict=True):
            for places, expected in ((PLACES, [number, 0]), (other, [0, number])):
                available, _ = written_and_read(picture, places).matrix(ITEMS, places)
                assert available[0].tolist() == expected


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
    again = written_and_read(view, PLACES)
    for got, expected in zip(again.matrix(ITEMS, PLACES), view.matrix(ITEMS, PLACES), strict=True):
        assert np.array_equal(got, expected)
    assert again.details(ITEMS) == {
        ITEMS[0]: {PLACES[0]: detail},
        ITEMS[1]: {PLACES[1]: StockDetail(oversold=2)},
    }
    expected_time = again.details(ITEMS)[ITEMS[0]][PLACES[0]].incoming[0].expected_time
    assert expected_time == NOW + timedelta(days=5)
