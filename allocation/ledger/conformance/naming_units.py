"""Serials and lots: what was really picked, and a unit in one plan only."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

import threading

import pytest

from allocation.errors import EngineError, InvalidRequestError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import assert_clean, at, buckets, hold, key, stock, want
from allocation.ledger.errors import (
    InsufficientStockError,
    PlanAlreadyReleasedError,
    PlanReplacedError,
    SerialTakenError,
)
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HeldPlan, HoldRow, Replaced, RowShare
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.states import HoldState
from routing.ids import LotId


def named(*serials: str, level_key: LevelKey | None = None) -> HoldRow:
    """Return a row that names its units."""
    return want(level_key, len(serials))._replace(serials=serials)


def committed(ledger: Ledger, plan_id: str, *rows: HoldRow) -> HeldPlan:
    """Hold and commit."""
    hold(ledger, plan_id, *rows)
    return ledger.commit(plan_id, now=at(2)).plan


class NamingConformance:
    """What naming units by serial or lot promises."""

    def test_two_plans_cannot_hold_one_unit_wherever_they_look_for_it(self, ledger: Ledger) -> None:
        reno = key(location="reno")
        stock(ledger, 5)
        stock(ledger, 5, reno)
        assert hold(ledger, "a", named("S1", "S2")).plan.rows[0].serials == ("S1", "S2")
        for row in (named("S3", "S2"), named("S2", level_key=reno)):
            with pytest.raises(SerialTakenError, match="S2 of mug is in plan 'a'") as caught:
                hold(ledger, "b", row)
            assert [str(one.key) for one in caught.value.taken] == ["serial S2 of mug"]
        assert buckets(ledger).held == 2
        hold(ledger, "b", named("S3"))
        assert ledger.get_plan("a", now=at(3)).rows[0].serials == ("S1", "S2")
        assert_clean(ledger)

    def test_units_that_are_given_back_or_ran_out_are_free(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "a", named("S1"))
        ledger.release("a", now=at(2))
        hold(ledger, "b", named("S1"), seconds=3, until=10)
        with pytest.raises(SerialTakenError):
            hold(ledger, "c", named("S1"), seconds=9)
        hold(ledger, "c", named("S1"), seconds=10)
        # Whoever took over keeps it when the other expiry is written down.
        ledger.sweep(now=at(11))
        with pytest.raises(SerialTakenError):
            hold(ledger, "d", named("S1"), seconds=12)

    def test_a_hold_that_ran_out_elsewhere_gives_its_units_to_the_next(
        self, ledger: Ledger
    ) -> None:
        reno = key(location="reno")
        stock(ledger, 5)
        stock(ledger, 5, reno)
        hold(ledger, "a", named("S1"), until=10)
        hold(ledger, "b", named("S1", level_key=reno), seconds=10, until=90)
        # A clock that runs behind still sees the first hold; its unit is gone all the same.
        with pytest.raises(SerialTakenError, match="plan 'b'"):
            ledger.commit("a", now=at(9))

    def test_a_plan_that_takes_the_place_of_another_takes_its_units(self, ledger: Ledger) -> None:
        stock(ledger, 2)
        hold(ledger, "a", named("S1"))
        ledger.hold("b", [named("S1")], expire_time=at(90), now=at(3), replaces=Replaced("a"))
        with pytest.raises(SerialTakenError, match="plan 'b'"):
            hold(ledger, "c", named("S1"), seconds=4)

    def test_units_of_a_plan_that_is_over_are_told_so_whatever_was_scanned(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 5)
        for plan_id, error in (("p", PlanReplacedError), ("r", PlanAlreadyReleasedError)):
            name = hold(ledger, plan_id, want(quantity=2)).plan.rows[0].name
            ledger.commit(plan_id, now=at(2))
            if plan_id == "p":
                ledger.hold("q", [], expire_time=at(9), now=at(3), replaces=Replaced("p"))
            else:
                ledger.release(plan_id, now=at(3))
            with pytest.raises(error):
                ledger.fulfill(plan_id, rows=[RowShare(name, 1, ("S1",))], now=at(4))
        assert_clean(ledger)

    def test_serials_have_to_be_as_many_as_units_and_none_twice(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        for serials in (("S1",), ("S1", "S1"), ("S1", ""), ("S1", "S2", "S3")):
            with pytest.raises(InvalidRequestError) as caught:
                hold(ledger, "a", want(quantity=2)._replace(serials=serials))
            assert all(one.path.startswith("rows[0].serials") for one in caught.value.violations)
        with pytest.raises(SerialTakenError):
            hold(ledger, "a", named("S1"), named("S1")._replace(part=1))

    def test_units_are_scanned_when_they_leave_and_cannot_leave_twice(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        name = committed(ledger, "a", want(quantity=3)).rows[0].name
        committed(ledger, "b", want(quantity=3))
        first = ledger.fulfill("a", rows=[RowShare(name, 2, ("S1", "S2"))], now=at(3)).plan
        assert [(row.quantity, row.serials) for row in first.rows] == [(1, ()), (2, ("S1", "S2"))]
        assert ledger.get_plan("a", now=at(4)) == first
        with pytest.raises(SerialTakenError, match="S2 of mug left with plan 'a'"):
            ledger.fulfill("b", rows=[RowShare(name, 2, ("S3", "S2"))], now=at(4))
        with pytest.raises(SerialTakenError):
            ledger.fulfill("a", rows=[RowShare(name, 1, ("S1",))], now=at(4))
        last = ledger.fulfill("a", rows=[RowShare(name, None, ("S4",))], now=at(5)).plan
        assert last.state is HoldState.FULFILLED
        assert ledger.fulfill("a", rows=[RowShare(name, None, ("S4",))], now=at(6)).plan == last
        with pytest.raises(InvalidRequestError, match="none of the units"):
            ledger.fulfill("a", rows=[RowShare(name, None, ("S9",))], now=at(6))
        assert buckets(ledger) == Buckets(on_hand=6, committed=3)
        assert_clean(ledger)

    def test_other_units_than_those_held_may_leave_and_free_them(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        name = committed(ledger, "a", named("S1", "S2")).rows[0].name
        plan = ledger.fulfill("a", rows=[RowShare(name, 1, ("S3",))], now=at(3)).plan
        assert [row.serials for row in plan.rows] == [("S1",), ("S3",)]
        hold(ledger, "b", named("S2"), seconds=4)
        assert ledger.fulfill("a", now=at(5)).plan.rows[0].serials == ("S1",)
        with pytest.raises(SerialTakenError, match="left with"):
            hold(ledger, "c", named("S1"), seconds=6)

    def test_a_returned_unit_is_received_before_it_is_sold_again(self, ledger: Ledger) -> None:
        stock(ledger, 2)
        committed(ledger, "a", named("S1"))

        def come_in(seconds: float, *serials: str) -> None:
            back = Adjustment(AdjustmentKind.RECEIVE, key(), len(serials), serials=serials)
            ledger.adjust([back], now=at(seconds))

        with pytest.raises(SerialTakenError, match="is in plan 'a'"):
            come_in(3, "S1", "S7")
        ledger.fulfill("a", now=at(4))
        come_in(5, "S1", "S7")
        assert hold(ledger, "b", named("S1", "S7"), seconds=6).plan.rows[0].quantity == 2

    def test_of_many_who_scan_one_unit_at_once_one_ships_it(self, ledger: Ledger) -> None:
        plans = [f"p{number}" for number in range(6)]
        names = {}
        for plan_id in plans:
            place = key(location=plan_id)
            stock(ledger, 1, place)
            names[plan_id] = committed(ledger, plan_id, want(place)).rows[0].name
        shipped, refused = [], []

        def ship(plan_id: str) -> None:
            try:
                ledger.fulfill(plan_id, rows=[RowShare(names[plan_id], 1, ("S1",))], now=at(3))
                shipped.append(plan_id)
            except EngineError as error:
                refused.append(type(error))

        threads = [threading.Thread(target=ship, args=(plan_id,)) for plan_id in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(shipped) == 1
        assert refused == [SerialTakenError] * 5
        assert_clean(ledger)

    def test_another_lot_that_was_picked_leaves_instead_of_the_planned_one(
        self, ledger: Ledger
    ) -> None:
        old, new = key(lot="old"), key(lot="new")
        stock(ledger, 5, old)
        stock(ledger, 5, new)
        name = committed(ledger, "a", want(old, 3)).rows[0].name
        share = RowShare(name, 2, picked_lot_id=LotId("new"))
        plan = ledger.fulfill("a", rows=[share], now=at(3)).plan
        assert [row.picked_lot_id for row in plan.rows] == [None, "new"]
        assert buckets(ledger, old) == Buckets(on_hand=5, committed=1)
        assert buckets(ledger, new) == Buckets(on_hand=3)
        # A figure from before the pick does not bring the units back.
        for lot in (old, new):
            ledger.set_levels([LevelRow(lot, 5)], now=at(4), observed_time=at(2))
        assert buckets(ledger, old) == Buckets(on_hand=5, committed=1)
        assert buckets(ledger, new) == Buckets(on_hand=3)
        assert ledger.fulfill("a", now=at(5)).plan.state is HoldState.FULFILLED
        assert_clean(ledger)

    def test_a_lot_that_is_set_aside_or_promised_to_others_cannot_be_picked(
        self, ledger: Ledger
    ) -> None:
        old, new = key(lot="old"), key(lot="new")
        stock(ledger, 5, old)
        stock(ledger, 5, new)
        name = committed(ledger, "a", want(old, 3)).rows[0].name
        committed(ledger, "b", want(new, 2))
        ledger.adjust([Adjustment(AdjustmentKind.QUARANTINE, new, 1)], now=at(2))
        for lot, there in (("new", 2), ("none", 0)):
            share = RowShare(name, 3, picked_lot_id=LotId(lot))
            with pytest.raises(InsufficientStockError) as caught:
                ledger.fulfill("a", rows=[share], now=at(3))
            assert [one.available for one in caught.value.shortages] == [there]
        assert_clean(ledger)
