"""Pictures of stock that are made from other pictures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import (
    AdjustedStock,
    InlineStockView,
    LotStock,
    StockDetail,
    fix_stock,
)

ITEMS = [ItemId(name) for name in ("mug", "lid", "tea")]
PLACES = [LocationId(name) for name in ("reno", "dallas", "newark", "miami")]

figures = st.dictionaries(
    st.sampled_from(ITEMS), st.dictionaries(st.sampled_from(PLACES), st.integers(-2, 9))
)
adjustments = st.dictionaries(
    st.tuples(st.sampled_from(ITEMS), st.sampled_from(PLACES)), st.integers(0, 5)
)


@given(
    figures,
    st.lists(st.sampled_from(ITEMS), unique=True),
    st.lists(st.sampled_from(PLACES), unique=True),
    st.permutations(PLACES),
)
def test_what_is_written_down_shows_the_same(
    levels: Mapping[ItemId, Mapping[LocationId, int]],
    items: list[ItemId],
    places: list[LocationId],
    order: list[LocationId],
) -> None:
    view = InlineStockView(levels, version=7)
    fixed = fix_stock(view, ITEMS, order)
    assert fixed.version == 7
    for got, expected in zip(fixed.matrix(items, places), view.matrix(items, places), strict=True):
        assert np.array_equal(got, expected)


@given(figures, adjustments, adjustments)
def test_an_adjusted_picture_differs_where_it_was_told_to(
    levels: Mapping[ItemId, Mapping[LocationId, int]],
    more: Mapping[tuple[ItemId, LocationId], int],
    most: Mapping[tuple[ItemId, LocationId], int],
) -> None:
    view = InlineStockView(levels)
    before, _ = view.matrix(ITEMS, PLACES)
    available, stocked = AdjustedStock(view, more, most).matrix(ITEMS, PLACES)
    for row, item in enumerate(ITEMS):
        for column, place in enumerate(PLACES):
            expected = int(before[row, column]) + more.get((item, place), 0)
            expected = min(expected, most.get((item, place), expected))
            assert available[row, column] == expected
            has_level = place in levels.get(item, {}) or (item, place) in more
            assert stocked[row, column] == has_level
    again, _ = view.matrix(ITEMS, PLACES)
    assert np.array_equal(before, again)


def test_places_that_were_not_asked_for_are_no_problem() -> None:
    stock = AdjustedStock(InlineStockView({}), {(ITEMS[0], PLACES[0]): 1}, {})
    available, stocked = stock.matrix(ITEMS[1:], PLACES[1:])
    assert not available.any()
    assert not stocked.any()


def test_lots_that_are_gone_are_in_no_figure() -> None:
    mug, (reno, dallas) = ITEMS[0], PLACES[:2]
    lots = (LotStock(LotId("bad"), 4), LotStock(LotId("good"), 3))
    view = InlineStockView(
        {mug: {reno: 7, dallas: 2}}, level_details={mug: {reno: StockDetail(lots=lots)}}
    )
    bad = frozenset([LotId("bad")])
    stock = AdjustedStock(view, {(mug, reno): 1}, {}, gone={(mug, reno): bad, (mug, dallas): bad})
    available, stocked = stock.matrix([mug], [reno, dallas])
    assert available.tolist() == [[4, 2]]
    assert stocked.all()
    assert stock.details([mug])[mug][reno].lots == lots[1:]
