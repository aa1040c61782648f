"""Stock that arrives goes to the plans that wait, in order, in the same write."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    START,
    assert_clean,
    at,
    available,
    buckets,
    key,
    stock,
    want,
)
from allocation.ledger.conformance.waiting_scene import (
    DAY,
    commit,
    hold,
    pooled,
    supply,
    wait,
    waits,
)
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import (
    EtagMismatchError,
    InsufficientStockError,
    SupplyTakenError,
)
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import RowShare
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.replies import AdjustReply
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import AllotBy, Allotted
from routing.ids import ItemId, LineId

RACING = 24


def receive(
    ledger: Ledger,
    quantity: int,
    level_key: LevelKey | None = None,
    *,
    seconds: float = 5,
    request_id: str = "",
    is_expected: bool = False,
) -> AdjustReply:
    """Receive units."""
    came = Adjustment(AdjustmentKind.RECEIVE, level_key or key(), quantity, is_expected=is_expected)
    return ledger.adjust([came], now=at(seconds), request_id=request_id)


def given(reply: AdjustReply) -> list[tuple[str, int]]:
    """Return plans and units that were given to them."""
    return [(one.plan_id, one.quantity) for one in reply.settled.allotted]


class AllottingConformance:
    """What stock that arrives means to those who wait."""

    def test_units_that_waited_are_committed_to_stock_in_the_write_that_brings_it(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (9, DAY))
        before = commit(ledger, "a", wait(3)).plan
        reply = receive(ledger, 5)
        assert reply.settled.allotted == (Allotted("a", LineId("1"), key(), 3),)
        plan = ledger.get_plan("a", now=at(6))
        (row,) = plan.rows
        assert (row.key, row.quantity, row.state) == (key(), 3, HoldState.COMMITTED)
        assert row.waited == wait(3).waited._replace(expected_time=at(5))
        assert plan.revision == before.revision + 1
        assert (buckets(ledger).committed, available(ledger)) == (3, 2)
        assert (waits(ledger), pooled(ledger)) == (0, 0)
        ledger.fulfill("a", now=at(7))
        assert buckets(ledger).on_hand == 2
        assert_clean(ledger)

    def test_a_feed_gives_what_has_come_to_those_who_wait(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        commit(ledger, "a", wait(3))
        reply = supply(ledger, on_hand=4, seconds=5)
        assert [one.plan_id for one in reply.settled.allotted] == ["a"]
        assert (available(ledger), buckets(ledger).committed) == (1, 3)
        assert_clean(ledger)

    def test_the_first_promised_is_the_first_served(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY), (9, 2 * DAY))
        commit(ledger, "first", wait(2, DAY, placed=9))
        commit(ledger, "a", wait(2, 2 * DAY, placed=8))
        commit(ledger, "b", wait(2, 2 * DAY, placed=7))
        assert given(receive(ledger, 3)) == [("first", 2), ("b", 1)]
        assert given(receive(ledger, 9, seconds=6)) == [("b", 1), ("a", 2)]
        assert_clean(ledger)

    def test_the_order_can_be_chosen(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        commit(ledger, "early", wait(3, None, placed=-3))
        commit(ledger, "urgent", wait(2, None, placed=-2, priority=5))
        commit(ledger, "small", wait(1, None, placed=-1))
        ledger.allot_by = (AllotBy.PLACED,)
        assert given(receive(ledger, 1)) == [("early", 1)]
        ledger.allot_by = (AllotBy.PRIORITY,)
        assert given(receive(ledger, 1, seconds=6)) == [("urgent", 1)]
        ledger.allot_by = (AllotBy.SMALLEST, AllotBy.PLACED)
        assert given(receive(ledger, 2, seconds=7)) == [("urgent", 1), ("small", 1)]
        assert_clean(ledger)

    def test_a_hold_is_served_after_what_is_committed(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        hold(ledger, "held", wait(2))
        commit(ledger, "committed", wait(2))
        assert given(receive(ledger, 3)) == [("committed", 2), ("held", 1)]
        assert buckets(ledger).held == 1
        plan = ledger.commit("held", now=at(6)).plan
        assert {row.state for row in plan.rows} == {HoldState.COMMITTED}
        assert given(receive(ledger, 3, seconds=7)) == [("held", 1)]
        assert_clean(ledger)

    def test_a_hold_that_has_run_out_is_not_served(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        hold(ledger, "a", wait(2), until=4)
        commit(ledger, "b", wait(2))
        assert given(receive(ledger, 9)) == [("b", 2)]
        assert ledger.get_plan("a", now=at(6)).state is HoldState.EXPIRED
        assert_clean(ledger)

    def test_units_of_a_row_that_got_stock_bit_by_bit_can_leave_together(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (9, DAY), on_hand=1)
        hold(ledger, "a", wait(4), rows=(want(),))
        ledger.commit("a", now=at(2))
        receive(ledger, 2)
        receive(ledger, 1, seconds=6)
        plan = ledger.get_plan("a", now=at(7))
        assert sum(row.quantity for row in plan.rows if row.key == key()) == 4
        part = ledger.fulfill(
            "a", rows=[RowShare(plan.rows[0].name, 3)], now=at(8), request_id="f"
        ).plan
        left = [row for row in part.rows if row.state is HoldState.FULFILLED]
        assert sum(row.quantity for row in left) == 3
        done = ledger.fulfill("a", now=at(9), request_id="there").plan
        assert done.state is HoldState.COMMITTED
        receive(ledger, 1, seconds=10)
        assert ledger.fulfill("a", now=at(11)).plan.state is HoldState.FULFILLED
        assert buckets(ledger).on_hand == 0
        assert_clean(ledger)

    def test_released_units_that_had_waited_become_available(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        commit(ledger, "a", wait(3))
        receive(ledger, 2)
        plan = ledger.release("a", now=at(6)).plan
        assert plan.state is HoldState.RELEASED
        assert (available(ledger), waits(ledger), pooled(ledger)) == (2, 0, 0)
        assert_clean(ledger)

    def test_a_sweep_gives_what_others_gave_back(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY), on_hand=2)
        ledger.hold("a", [want(quantity=2)], expire_time=at(100), now=at(1))
        commit(ledger, "b", wait(3))
        ledger.release("a", now=at(4))
        swept = ledger.sweep(now=at(5))
        assert [(one.plan_id, one.quantity) for one in swept.settled.allotted] == [("b", 2)]
        assert ledger.sweep(now=at(6)).settled.allotted == ()
        assert_clean(ledger)

    def test_a_lot_goes_to_those_for_whom_it_lasts(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        commit(ledger, "picky", wait(2, None, shelf_days=30, placed=-9))
        commit(ledger, "any", wait(2, None, shelf_days=2, placed=-1))
        row = LevelRow(key(lot="old"), 3, expiry_date=START.date() + timedelta(days=10))
        reply = ledger.set_levels([row], now=at(5))
        assert [(one.plan_id, one.key.lot_id) for one in reply.settled.allotted] == [("any", "old")]
        row = LevelRow(key(lot="new"), 3, expiry_date=START.date() + timedelta(days=31))
        reply = ledger.set_levels([row], now=at(6))
        assert [(one.plan_id, one.key.lot_id) for one in reply.settled.allotted] == [
            ("picky", "new")
        ]
        assert available(ledger, key(lot="old")) == 1
        assert_clean(ledger)

    def test_a_sweep_gives_a_lot_to_those_for_whom_it_lasts_among_others(
        self, ledger: Ledger
    ) -> None:
        lot = LevelRow(key(lot="old"), 4, expiry_date=START.date() + timedelta(days=10))
        ledger.set_levels([lot], now=at(0))
        held = want(key(lot="old"), 4)
        ledger.hold("a", [held], expire_time=at(100), now=at(1))
        commit(ledger, "picky", wait(2, None, shelf_days=11, placed=-9))
        commit(ledger, "preorder", wait(1, None, shelf_days=1, release=10 * DAY, placed=-9))
        commit(ledger, "any", wait(2, None, shelf_days=10, placed=-1))
        ledger.release("a", now=at(4))
        swept = ledger.sweep(now=at(5))
        assert [(one.plan_id, one.quantity) for one in swept.settled.allotted] == [("any", 2)]
        assert ledger.sweep(now=at(6)).settled.allotted == ()
        assert available(ledger, key(lot="old")) == 2
        assert_clean(ledger)

    def test_stock_that_is_set_aside_or_kept_back_is_not_given_out(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        commit(ledger, "a", wait(3, None))
        row = LevelRow(key(), 5, unavailable=2, safety_stock=2)
        reply = ledger.set_levels([row], now=at(5))
        assert [one.quantity for one in reply.settled.allotted] == [1]
        assert_clean(ledger)

    def test_another_systems_figures_are_that_systems_to_give_out(self, ledger: Ledger) -> None:
        stock(ledger, 0, owner=StockOwner.MIRROR)
        commit(ledger, "a", wait(3, None))
        reply = ledger.set_levels([LevelRow(key(), 5)], now=at(5), owner=StockOwner.MIRROR)
        assert reply.settled.allotted == ()
        assert ledger.sweep(now=at(6)).settled.allotted == ()

    def test_arriving_stock_is_given_once_whoever_wants_it_at_the_same_time(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (RACING, DAY))
        for number in range(RACING):
            commit(ledger, f"w{number:02}", wait())

        def run(number: int) -> int:
            if number % 3 == 0:
                return len(receive(ledger, 2, seconds=5).settled.allotted)
            try:
                ledger.hold(f"h{number}", [want()], expire_time=at(100), now=at(5))
            except InsufficientStockError:
                return 0
            return 0

        with ThreadPoolExecutor(RACING) as pool:
            list(pool.map(run, range(RACING)))
        swept = ledger.sweep(now=at(6))
        assert waits(ledger) == pooled(ledger)
        figures = buckets(ledger)
        assert figures.on_hand == 2 * len(range(0, RACING, 3))
        assert figures.available >= 0
        assert figures.committed == RACING - waits(ledger)
        assert (figures.available == 0) or waits(ledger) == 0, swept
        assert_clean(ledger)

    def test_a_repeat_gives_nothing_twice_and_says_what_was_given(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        commit(ledger, "a", wait(2))
        first = receive(ledger, 1, request_id="r")
        again = receive(ledger, 1, request_id="r", seconds=9)
        assert again.replayed
        assert again.settled == first.settled
        assert given(again) == [("a", 1)]
        assert waits(ledger) == 1
        assert_clean(ledger)

    def test_what_was_given_stands_in_the_record(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        commit(ledger, "a", wait(2))
        receive(ledger, 2)
        newest = ledger.history(ItemId("mug"), limit=1)[0].entry
        assert (newest.reason, newest.plan_id) == (ChangeReason.ALLOT, "a")
        assert newest.change.committed == 2

    def test_units_that_were_expected_are_no_longer_on_their_way(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY), (4, 2 * DAY))
        receive(ledger, 3, is_expected=True)
        (level,) = ledger.levels(now=at(6)).levels
        assert [(one.quantity, one.expected_time) for one in level.incoming] == [(3, at(2 * DAY))]

    def test_a_lot_that_was_expected_without_its_name_is_no_longer_on_its_way(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (9, DAY))
        supply(ledger, (2, DAY), level_key=key(lot="L1"))
        version = ledger.available_since(0, now=at(1)).version
        lot = Adjustment(AdjustmentKind.RECEIVE, key(lot="L1"), 8, is_expected=True)
        ledger.adjust([lot], now=at(5))
        levels = {one.key: one for one in ledger.levels(now=at(6)).levels}
        assert levels[key(lot="L1")].incoming == ()
        assert [one.quantity for one in levels[key()].incoming] == [3]
        news = ledger.available_since(version, now=at(6))
        assert key() in {level.key for level in news.details}
        with pytest.raises(SupplyTakenError):
            commit(ledger, "a", wait(4), seconds=7)
        commit(ledger, "b", wait(3), seconds=7)
        assert_clean(ledger)

    def test_what_another_system_has_given_stock_can_leave(self, ledger: Ledger) -> None:
        stock(ledger, 0, owner=StockOwner.MIRROR)
        plan = commit(ledger, "a", wait(3, None)).plan
        part = ledger.fulfill(
            "a", rows=[RowShare(plan.rows[0].name, 1)], now=at(5), request_id="f"
        ).plan
        assert [(row.quantity, row.state) for row in part.rows] == [
            (2, HoldState.COMMITTED),
            (1, HoldState.FULFILLED),
        ]
        assert (waits(ledger), pooled(ledger)) == (2, 2)
        assert ledger.fulfill("a", now=at(6)).plan.state is HoldState.FULFILLED
        assert (waits(ledger), pooled(ledger)) == (0, 0)
        assert available(ledger) == -3
        row = LevelRow(key(), 0)
        ledger.set_levels([row], now=at(7), owner=StockOwner.MIRROR, observed_time=at(6.5))
        assert available(ledger) == 0
        assert_clean(ledger)

    def test_an_older_revision_lets_nothing_leave_that_another_system_gives_stock_since(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (3, DAY))
        stock(ledger, 1, key("lid"))
        hold(ledger, "a", wait(3), rows=(want(key("lid"), 1, line="2"),))
        seen = ledger.commit("a", now=at(2)).plan.revision
        left = ledger.fulfill("a", now=at(3), if_revision=seen).plan
        assert ledger.fulfill("a", now=at(4), if_revision=seen).plan == left
        stock(ledger, 0, seconds=5, owner=StockOwner.MIRROR)
        with pytest.raises(EtagMismatchError):
            ledger.fulfill("a", now=at(6), if_revision=seen)
        assert waits(ledger) == 3
        assert ledger.fulfill("a", now=at(7)).plan.state is HoldState.FULFILLED
        assert_clean(ledger)
