"""The stock that is left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from allocation.backtest.outcome import Take
from allocation.backtest.shelf import Shelf
from routing.daily_capacity import CapacityTake, Measure, capacity_item
from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import StockDetail
from tests.networks import NOW, incoming, lot, lots, stock, with_details

CUP, POT, RENO = ItemId("cup"), ItemId("pot"), LocationId("reno")


def test_taking_leaves_the_rest_and_the_stock_that_it_came_from_alone():
    start = stock(cup={"reno": 5})
    shelf = Shelf(start)
    shelf.take([Take(CUP, RENO, 2), Take(CUP, RENO, 1)])
    assert shelf.stock_of([CUP], NOW).levels == {CUP: {RENO: 2}}
    assert start.levels == {CUP: {RENO: 5}}


def test_levels_that_were_handed_out_do_not_change_any_more():
    shelf = Shelf(stock(cup={"reno": 5}))
    before = shelf.stock_of([CUP], NOW)
    shelf.take([Take(CUP, RENO, 5)])
    assert before.levels == {CUP: {RENO: 5}}


def test_a_fixed_shelf_has_the_same_again_and_still_no_more_than_that():
    shelf = Shelf(stock(cup={"reno": 5}), fixed=True)
    shelf.take([Take(CUP, RENO, 5)])
    assert shelf.stock_of([CUP], NOW).levels == {CUP: {RENO: 5}}
    with pytest.raises(ValueError, match="which has"):
        shelf.take([Take(CUP, RENO, 6)])


@pytest.mark.parametrize("item", [CUP, POT])
def test_more_than_there_is_cannot_be_taken(item):
    with pytest.raises(ValueError, match="which has"):
        Shelf(stock(cup={"reno": 1})).take([Take(item, RENO, 2)])


def test_an_item_that_is_stocked_nowhere_has_no_levels_and_can_be_asked_for():
    seen = Shelf(stock(cup={"reno": 1})).stock_of([POT], NOW)
    available, stocked = seen.matrix([POT], [RENO])
    assert not available.any()
    assert not stocked.any()


def test_looking_at_an_item_that_was_not_asked_for_is_a_fault():
    seen = Shelf(stock(cup={"reno": 1})).stock_of([CUP], NOW)
    with pytest.raises(KeyError, match="pot"):
        seen.matrix([CUP, POT], [RENO])
    with pytest.raises(KeyError, match="pot"):
        seen.details([POT])


def detail(shelf: Shelf, days: int = 0) -> StockDetail:
    seen = shelf.stock_of([CUP], NOW + timedelta(days=days))
    return seen.details([CUP]).get(CUP, {}).get(RENO, StockDetail())


def test_lots_and_serials_leave_with_their_units():
    start = with_details(
        stock(cup={"reno": 5}), cup={"reno": lots(lot("a", 3, days=9), lot("b", 2, days=30))}
    )
    shelf = Shelf(start)
    shelf.take([Take(CUP, RENO, 3, LotId("a")), Take(CUP, RENO, 1, LotId("b"))])
    assert shelf.stock_of([CUP], NOW).levels == {CUP: {RENO: 1}}
    assert [(each.lot_id, each.increments) for each in detail(shelf).lots] == [("b", 1)]
    with pytest.raises(ValueError, match="2 of cup b were taken at reno, which has 1"):
        shelf.take([Take(CUP, RENO, 2, LotId("b"))])
    phones = with_details(stock(cup={"reno": 2}), cup={"reno": StockDetail(serials=("1", "2"))})
    shelf = Shelf(phones)
    shelf.take([Take(CUP, RENO, 1, serials=("1",))])
    assert detail(shelf).serials == ("2",)


def test_supply_comes_when_it_is_expected_and_what_waits_for_it_is_gone():
    start = with_details(
        stock(cup={"reno": 1}),
        cup={"reno": StockDetail(incoming=(incoming(10, 9), incoming(4, 3, sure_percent=50)))},
    )
    shelf = Shelf(start)
    shelf.take([Take(CUP, RENO, 1), Take(CUP, RENO, 5, waits=True)])
    assert detail(shelf).oversold == 5
    assert len(detail(shelf, 2).incoming) == 2
    # Two of four are sure; three are owed still.
    assert (detail(shelf, 3).oversold, len(detail(shelf, 3).incoming)) == (3, 1)
    assert shelf.stock_of([CUP], NOW + timedelta(days=9)).levels == {CUP: {RENO: 7}}
    assert detail(shelf, 9) == StockDetail()


def test_what_is_taken_of_days_adds_up_and_is_seen_by_orders_for_anything():
    shelf = Shelf(stock(cup={"reno": 5}))
    day = NOW.date()
    for quantity in (2, 3):
        shelf.take([], [CapacityTake(RENO, day, Measure.UNITS, quantity, 9)])
    counter = capacity_item(Measure.UNITS, day)
    seen = shelf.stock_of([POT], NOW).details([counter, capacity_item(Measure.ORDERS, day)])
    assert seen == {counter: {RENO: StockDetail(oversold=5)}}


def test_a_fixed_shelf_counts_nothing_and_receives_nothing():
    coming = StockDetail(incoming=(incoming(9, 1),))
    shelf = Shelf(with_details(stock(cup={"reno": 1}), cup={"reno": coming}), fixed=True)
    day = CapacityTake(RENO, NOW.date(), Measure.UNITS, 1, 9)
    shelf.take([Take(CUP, RENO, 3, waits=True)], [day])
    assert shelf.stock_of([CUP], NOW + timedelta(days=5)).levels == {CUP: {RENO: 1}}
    assert detail(shelf, 5) == coming
