"""The planning view shows what the ledger has, item by item over locations."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.ledger import view as view_module
from allocation.ledger.api import Ledger
from allocation.ledger.columns import column_of, updated
from allocation.ledger.conformance.scene import at, hold, key, stock, want
from allocation.ledger.feed import LevelRow
from allocation.ledger.level import Incoming, StockOwner
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.view import LedgerView
from routing.ids import ItemId, LocationId, LotId
from routing.sourcing.stock import (
    IncomingStock,
    InlineStockView,
    LotStock,
    StockDetail,
    StockView,
)
from tests.allocation.ledger.moves import Move, full_shelves, holds, jumps, others, steps

MUG, LID, JAR = ItemId("mug"), ItemId("lid"), ItemId("jar")
DALLAS, RENO, UTICA = LocationId("dallas"), LocationId("reno"), LocationId("utica")


def shown(view: StockView, *items: ItemId) -> tuple[list[list[int]], list[list[bool]]]:
    available, stocked = view.matrix(items, [RENO, DALLAS, UTICA])
    assert available.dtype == np.int64
    assert stocked.dtype == np.bool_
    return available.tolist(), stocked.tolist()


def test_what_the_ledger_has_is_shown_in_the_order_asked_for() -> None:
    ledger = MemoryLedger()
    stock(ledger, 5)
    stock(ledger, 0, key("lid"))
    stock(ledger, 7, key("lid", "reno"))
    view = LedgerView(ledger, at(1))
    assert shown(view, LID, MUG, JAR) == (
        [[7, 0, 0], [0, 5, 0], [0, 0, 0]],
        [[True, True, False], [False, True, False], [False, False, False]],
    )


class ChangingLedger:
    """A ledger that somebody writes to right after each page of items is listed."""

    def __init__(self, ledger: Ledger, writes: list[LevelRow]) -> None:
        self._ledger = ledger
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def item_ids(self, *, after: ItemId | None = None, limit: int) -> tuple[ItemId, ...]:
        found = self._ledger.item_ids(after=after, limit=limit)
        if self._writes:
            self._ledger.set_levels([self._writes.pop()], now=at(2))
        return found


@pytest.mark.pure
def test_what_changes_while_the_view_is_read_page_by_page_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(view_module, "_PAGE_ITEMS", 1)
    ledger = MemoryLedger()
    stock(ledger, 5)
    stock(ledger, 7, key("lid", "reno"))
    # In turn: an item ahead of the page just listed, one that was read, one still to come.
    came, changed, ahead = (LevelRow(key(item), 3) for item in ("jar", "lid", "mug"))
    view = LedgerView(ChangingLedger(ledger, [ahead, changed, came]), at(3))  # type: ignore[arg-type]
    assert shown(view, JAR, LID, MUG)[0] == [[0, 3, 0], [7, 3, 0], [0, 3, 0]]
    assert view.version == ledger.snapshot(now=at(3)).version
    assert view.refresh(at(3)) == 0


@pytest.mark.parametrize("places", [3, 200])
@given(data=st.data())
@settings(max_examples=30)
def test_a_column_takes_changes_like_a_mapping(places: int, data: st.DataObject) -> None:
    figures = st.dictionaries(st.integers(0, places), st.integers(-2, 3))
    whole = dict.fromkeys(range(places), 1)
    changes = data.draw(st.lists(figures, max_size=4))
    column = column_of(whole)
    for each in changes:
        column, whole = updated(column, each), {**whole, **each}
    some = sorted(number for number, figure in whole.items() if figure > 0)
    assert column.locations.tolist() == some
    assert column.available.tolist() == [whole[number] for number in some]
    assert column.empty.tolist() == sorted(whole.keys() - set(some))
    assert {column.locations.dtype, column.empty.dtype} == {np.dtype(np.int32)}
    assert column.available.dtype == np.int64


def test_changes_are_shown_after_a_refresh_and_not_before() -> None:
    ledger = MemoryLedger()
    stock(ledger, 5)
    view = LedgerView(ledger, at(1))
    hold(ledger, "p", want(quantity=2))
    stock(ledger, 4, key(location="utica"), seconds=2)
    assert shown(view, MUG)[0] == [[0, 5, 0]]
    before = view.version
    assert view.refresh(at(3)) == 2
    assert shown(view, MUG)[0] == [[0, 3, 4]]
    assert view.version > before
    assert view.refresh(at(3)) == 0


def test_a_view_goes_on_over_another_connection_from_where_it_stood(tmp_path: Path) -> None:
    first = SqliteLedger(tmp_path / "store.db")
    stock(first, 5)
    view = LedgerView(first, at(1))
    first.close()
    second = SqliteLedger(tmp_path / "store.db")
    with closing(second):
        hold(second, "p", want(quantity=2))
        stock(second, 4, key(location="utica"), seconds=2)
        assert shown(view, MUG)[0] == [[0, 5, 0]]
        view.go_on(second, at(3))
        assert shown(view, MUG)[0] == [[0, 3, 4]]


def test_lots_and_what_is_on_its_way_are_shown_and_follow_changes() -> None:
    ledger = MemoryLedger()
    day = at(0).date()
    first = LevelRow(key(lot="a"), 3, expiry_date=day, received_date=day)
    second = LevelRow(key(), -1, incoming=(Incoming(4, at(9)),))
    ledger.set_levels([first], now=at(1))
    ledger.set_levels([second], now=at(1), owner=StockOwner.MIRROR)
    view = LedgerView(ledger, at(1))
    picture = view.picture([MUG])
    shown_first = StockDetail(
        oversold=1,
        lots=(LotStock(LotId("a"), 3, day, day),),
        incoming=(IncomingStock(4, at(9)),),
    )
    assert picture.details([MUG, LID]) == {MUG: {DALLAS: shown_first}}
    hold(ledger, "p", want(key(lot="a"), 3))
    ledger.set_levels([LevelRow(key(), 2)], now=at(2), owner=StockOwner.MIRROR)
    view.refresh(at(3))
    assert view.details([MUG]) == {MUG: {DALLAS: StockDetail()}}
    assert picture.details([MUG]) == {MUG: {DALLAS: shown_first}}


def test_a_hold_that_has_run_out_is_shown_as_available_at_the_next_refresh() -> None:
    ledger = MemoryLedger()
    stock(ledger, 5)
    hold(ledger, "p", want(quantity=2), until=10)
    view = LedgerView(ledger, at(5))
    assert shown(view, MUG)[0] == [[0, 3, 0]]
    view.refresh(at(10))
    assert shown(view, MUG)[0] == [[0, 5, 0]]


def view_after_a_stop(monkeypatch: pytest.MonkeyPatch, sweeps: int) -> tuple[LedgerView, Ledger]:
    """Make a view when five of nine units were held too long, with sweeps of two holds each."""
    ledger = MemoryLedger()
    stock(ledger, 9)
    for number in range(5):
        hold(ledger, f"p{number}", until=10)
    sweep = ledger.sweep
    monkeypatch.setattr(ledger, "sweep", lambda *, now: sweep(now=now, limit=2))
    monkeypatch.setattr(view_module, "_SWEEPS_AT_FIRST", sweeps)
    return LedgerView(ledger, at(10)), ledger


def test_holds_that_ran_out_before_the_view_was_made_are_written_down_and_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view, ledger = view_after_a_stop(monkeypatch, sweeps=3)
    assert shown(view, MUG)[0] == [[0, 9, 0]]
    assert not ledger.sweep(now=at(10)).expired


@pytest.mark.pure
def test_a_view_does_not_wait_until_very_many_holds_are_written_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    view, _ = view_after_a_stop(monkeypatch, sweeps=1)
    # Never more than there is: what is still to be written down is held for a moment.
    assert shown(view, MUG)[0] == [[0, 6, 0]]
    view.refresh(at(10))
    assert shown(view, MUG)[0] == [[0, 9, 0]]


def test_a_picture_stays_as_it_was() -> None:
    ledger = MemoryLedger()
    stock(ledger, 5)
    view = LedgerView(ledger, at(1))
    picture = view.picture([MUG])
    hold(ledger)
    stock(ledger, 4, key(location="utica"), seconds=2)
    view.refresh(at(3))
    assert shown(picture, MUG) == ([[0, 5, 0]], [[False, True, False]])
    assert picture.version < view.version


def test_lots_are_added_up_and_one_below_zero_takes_from_no_other() -> None:
    ledger = MemoryLedger()
    stock(ledger, 3)
    stock(ledger, 2, key(lot="a"))
    ledger.set_levels([LevelRow(key(lot="b"), -4)], now=at(0), owner=StockOwner.MIRROR)
    view = LedgerView(ledger, at(1))
    assert shown(view, MUG)[0] == [[0, 5, 0]]
    stock(ledger, 9, key(lot="a"), seconds=2)
    view.refresh(at(2))
    assert shown(view, MUG)[0] == [[0, 12, 0]]


def test_a_first_lot_is_added_to_what_was_there_without_one() -> None:
    ledger = MemoryLedger()
    stock(ledger, 3)
    view = LedgerView(ledger, at(1))
    stock(ledger, 2, key(lot="a"), seconds=2)
    view.refresh(at(2))
    assert shown(view, MUG)[0] == [[0, 5, 0]]


def test_more_than_is_promised_shows_as_nothing() -> None:
    ledger = MemoryLedger()
    stock(ledger, 5)
    hold(ledger, "p", want(quantity=4))
    stock(ledger, 1, seconds=2)
    assert shown(LedgerView(ledger, at(3)), MUG) == ([[0, 0, 0]], [[False, True, False]])


def test_memory_is_for_levels_that_exist_not_for_every_item_at_every_location() -> None:
    ledger = MemoryLedger()
    rows = [LevelRow(key(f"i{number}", f"l{number}"), number % 2) for number in range(300)]
    ledger.set_levels(rows, now=at(0))
    columns = LedgerView(ledger, at(1))._columns.values()
    assert sum(len(column.available) for column in columns) == 150
    assert sum(column.locations.nbytes + column.available.nbytes for column in columns) == 1_800
    assert sum(column.empty.nbytes for column in columns) == 600


def inline_view(ledger: Ledger, seconds: float) -> InlineStockView:
    """What the ledger has, the slow way."""
    levels: dict[ItemId, dict[LocationId, int]] = {}
    for level in ledger.levels(now=at(seconds)).levels:
        there = levels.setdefault(level.key.item_id, {})
        place = level.key.location_id
        there[place] = there.get(place, 0) + max(0, level.available)
    return InlineStockView(levels)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_view_shows_the_ledger_whatever_happens(data: st.DataObject) -> None:
    ledger = MemoryLedger()
    view = LedgerView(ledger, at(0))
    seconds, made = 100.0, [data.draw(holds())]
    full_shelves.on(ledger, seconds)
    for _ in range(data.draw(st.integers(1, 25))):
        seconds += max(0.0, data.draw(jumps))
        move: Move = data.draw(st.one_of(others, holds(), steps(made)))
        made += [move] if move.method == "hold" else []
        move.on(ledger, seconds)
        if data.draw(st.booleans()):
            view.refresh(at(seconds))
            assert shown(view, MUG, LID) == shown(inline_view(ledger, seconds), MUG, LID)


@pytest.mark.parametrize("number", [0, 1, 1_000])
def test_any_number_of_locations_can_be_asked_for(number: int) -> None:
    ledger = MemoryLedger()
    ledger.set_levels([LevelRow(key(location=f"l{one}"), one) for one in range(500)], now=at(0))
    available, _ = LedgerView(ledger, at(1)).matrix(
        [MUG], [LocationId(f"l{one}") for one in range(number)]
    )
    assert available.sum() == sum(one for one in range(min(number, 500)))
