"""Units planned without a lot are spread over lots before they are held."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allocation.ledger.conformance.scene import START, key, want
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Buckets, Level, LevelKey, StockOwner
from allocation.ledger.lots import with_lots

LOTS = (None, "a", "b", "c")


def level(level_key: LevelKey, on_hand: int) -> Level:
    return Level(level_key, StockOwner.ENGINE, Buckets(on_hand=on_hand), START)


def test_units_without_a_lot_go_first_then_lots_in_order() -> None:
    levels = [level(key(lot=lot), 2) for lot in ("b", "a", None)]
    rows = with_lots([want(quantity=5)], levels)
    assert [(row.key.lot_id, row.quantity) for row in rows] == [(None, 2), ("a", 2), ("b", 1)]


def test_what_nobody_has_stays_without_a_lot() -> None:
    rows = with_lots([want(quantity=5)], [level(key(lot="a"), 2)])
    assert [(row.key.lot_id, row.quantity) for row in rows] == [("a", 2), (None, 3)]


def test_a_row_that_names_its_lot_keeps_it_and_is_served_first() -> None:
    rows = with_lots(
        [want(quantity=2), want(key(lot="a"), 2, line="2")],
        [level(key(lot="a"), 3), level(key(lot="b"), 3)],
    )
    assert [(row.line_id, row.key.lot_id, row.quantity) for row in rows] == [
        ("1", "a", 1),
        ("1", "b", 1),
        ("2", "a", 2),
    ]


def test_another_order_of_lots_can_be_given() -> None:
    levels = [level(key(lot="a"), 2), level(key(lot="b"), 2)]
    rows = with_lots([want(quantity=3)], levels, lambda one: one.key.lot_id != "b")
    assert [(row.key.lot_id, row.quantity) for row in rows] == [("b", 2), ("a", 1)]


ROWS = st.builds(
    want,
    st.builds(
        key,
        st.just("mug"),
        st.sampled_from(["dallas", "reno"]),
        st.sampled_from([None, None, "a"]),
    ),
    st.integers(1, 6),
    st.sampled_from(["1", "2", "3"]),
)


@given(
    rows=st.lists(ROWS, min_size=1, max_size=4),
    there=st.lists(st.integers(-2, 6), min_size=8, max_size=8),
)
def test_every_row_keeps_its_quantity_and_lots_give_no_more_than_they_have(
    rows: list[HoldRow], there: list[int]
) -> None:
    places = [key("mug", place, lot) for place in ("dallas", "reno") for lot in LOTS]
    levels = [level(place, number) for place, number in zip(places, there, strict=True)]
    spread = with_lots(rows, levels)

    def total(of: tuple[HoldRow, ...] | list[HoldRow], place: str) -> int:
        return sum(row.quantity for row in of if row.key.location_id == place)

    assert all(total(spread, place) == total(rows, place) for place in ("dallas", "reno"))
    named = [row for row in rows if row.key.lot_id]
    for one in levels:
        if one.key.lot_id:
            taken = sum(row.quantity for row in spread if row.key == one.key)
            asked = sum(row.quantity for row in named if row.key == one.key)
            assert taken <= max(0, one.available, asked)
