"""The stock that is left."""

from __future__ import annotations

import pytest

from allocation.backtest.outcome import Take
from allocation.backtest.shelf import Shelf, StockOfItems
from routing.ids import ItemId, LocationId
from tests.networks import stock

CUP, POT, RENO = ItemId("cup"), ItemId("pot"), LocationId("reno")


def test_taking_leaves_the_rest_and_the_stock_that_it_came_from_alone():
    start = stock(cup={"reno": 5})
    shelf = Shelf(start)
    shelf.take([Take(CUP, RENO, 2), Take(CUP, RENO, 1)])
    assert shelf.levels([CUP]) == {CUP: {RENO: 2}}
    assert start.levels == {CUP: {RENO: 5}}


def test_levels_that_were_handed_out_do_not_change_any_more():
    shelf = Shelf(stock(cup={"reno": 5}))
    before = shelf.levels([CUP])
    shelf.take([Take(CUP, RENO, 5)])
    assert before == {CUP: {RENO: 5}}


def test_a_fixed_shelf_has_the_same_again_and_still_no_more_than_that():
    shelf = Shelf(stock(cup={"reno": 5}), fixed=True)
    shelf.take([Take(CUP, RENO, 5)])
    assert shelf.levels([CUP]) == {CUP: {RENO: 5}}
    with pytest.raises(ValueError, match="which has"):
        shelf.take([Take(CUP, RENO, 6)])


@pytest.mark.parametrize("item", [CUP, POT])
def test_more_than_there_is_cannot_be_taken(item):
    with pytest.raises(ValueError, match="which has"):
        Shelf(stock(cup={"reno": 1})).take([Take(item, RENO, 2)])


def test_an_item_that_is_stocked_nowhere_has_no_levels_and_can_be_asked_for():
    seen = StockOfItems(Shelf(stock(cup={"reno": 1})).levels([POT]))
    available, stocked = seen.matrix([POT], [RENO])
    assert not available.any()
    assert not stocked.any()


def test_looking_at_an_item_that_was_not_asked_for_is_a_fault():
    seen = StockOfItems(Shelf(stock(cup={"reno": 1})).levels([CUP]))
    with pytest.raises(KeyError, match="pot"):
        seen.matrix([CUP, POT], [RENO])
