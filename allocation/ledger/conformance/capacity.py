"""What a location takes on in a day is counted with the holds, and never beyond its limit."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.commands import Hold
from allocation.ledger.conformance.scene import assert_clean, at, available, key, stock, want
from allocation.ledger.conformance.waiting_scene import wait
from allocation.ledger.core.capacity import counter_key
from allocation.ledger.errors import CapacityTakenError, InsufficientStockError, PlanExpiredError
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HoldRow, Replaced, RowShare
from allocation.ledger.replies import AuditReport, PlanReply, Reply
from allocation.ledger.states import HoldState
from routing.daily_capacity import WHOLE_ORDER, CapacityTake, Measure, PeriodMeasure
from routing.ids import LineId, LocationId

TODAY = date(2026, 3, 2)
RACING = 64
LIMIT = 10


def order_of(
    most: int = 1, *, day: date = TODAY, location: str = "dallas", quantity: int = 1
) -> CapacityTake:
    """Return an order's take of a day."""
    return CapacityTake(LocationId(location), day, Measure.ORDERS, quantity, most)


def units_of(line: str, quantity: int, most: int) -> CapacityTake:
    """Return a line's take of a day's units."""
    return CapacityTake(LocationId("dallas"), TODAY, Measure.UNITS, quantity, most, LineId(line))


def hold(
    ledger: Ledger,
    plan_id: str,
    *takes: CapacityTake,
    rows: tuple[HoldRow, ...] = (),
    seconds: float = 1,
    until: float = 100,
) -> PlanReply:
    """Hold rows, or one unit, and take of days."""
    return ledger.hold(
        plan_id,
        rows or [want()],
        expire_time=at(until),
        now=at(seconds),
        capacity=takes or (order_of(),),
    )


def taken(ledger: Ledger, take: CapacityTake | None = None, *, seconds: float = 50) -> int:
    """Return what is taken of a counter."""
    return -available(ledger, counter_key(take or order_of()), seconds=seconds)


class CapacityConformance:
    """What counting a location's day promises."""

    def test_a_limit_of_two_admits_exactly_two(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a", order_of(2))
        hold(ledger, "b", order_of(2))
        with pytest.raises(CapacityTakenError) as caught:
            hold(ledger, "c", order_of(2))
        assert "orders on 2026-03-02 at dallas: 1 asked for, 2 of 2 taken" in str(caught.value)
        assert (taken(ledger), available(ledger)) == (2, 7)
        assert_clean(ledger)

    def test_a_refused_hold_keeps_neither_stock_nor_its_day(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        with pytest.raises(CapacityTakenError):
            hold(ledger, "a", order_of(0))
        with pytest.raises(InsufficientStockError):
            hold(ledger, "b", rows=(want(quantity=2),))
        hold(ledger, "c")
        assert (taken(ledger), available(ledger)) == (1, 0)
        assert_clean(ledger)

    def test_every_full_counter_is_named(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        with pytest.raises(CapacityTakenError) as caught:
            hold(ledger, "a", order_of(0), units_of("1", 3, 4), units_of("2", 2, 4))
        found = {str(each) for each in caught.value.full}
        assert found == {
            "orders on 2026-03-02 at dallas: 1 asked for, 0 of 0 taken",
            "units on 2026-03-02 at dallas: 5 asked for, 0 of 4 taken",
        }

    def test_another_day_and_another_location_have_room_of_their_own(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a")
        hold(ledger, "b", order_of(day=date(2026, 3, 3)))
        hold(ledger, "c", order_of(location="reno"))
        assert taken(ledger, order_of(day=date(2026, 3, 3))) == 1
        assert_clean(ledger)

    def test_a_release_gives_the_day_back(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a")
        ledger.release("a", now=at(2))
        hold(ledger, "b", seconds=3)
        ledger.commit("b", now=at(4))
        ledger.release("b", now=at(5))
        assert taken(ledger) == 0
        assert_clean(ledger)

    def test_a_line_that_waits_takes_its_volume_of_a_period_back_with_it(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 9)
        volumes = [
            CapacityTake(LocationId("dallas"), TODAY, PeriodMeasure.MONTH_UNITS, units, 99, line)
            for line, units in ((LineId("1"), 2), (LineId("2"), 5))
        ]
        ledger.hold(
            "a",
            [want(quantity=2)],
            expire_time=at(100),
            now=at(1),
            capacity=volumes,
            waiting=[wait(5, None, line="2")],
        )
        ledger.commit("a", now=at(2))
        ledger.release("a", lines=[LineId("2")], now=at(3))
        assert taken(ledger, volumes[0]) == 2
        ledger.release("a", now=at(4))
        assert taken(ledger, volumes[0]) == 0
        assert_clean(ledger)

    def test_expiry_gives_the_day_back_at_its_instant(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a", until=10)
        with pytest.raises(CapacityTakenError):
            hold(ledger, "b", seconds=9.999999)
        assert (taken(ledger, seconds=9.999999), taken(ledger, seconds=10)) == (1, 0)
        hold(ledger, "b", seconds=10)
        with pytest.raises(PlanExpiredError):
            ledger.commit("a", now=at(9))
        assert taken(ledger) == 1
        assert_clean(ledger)

    def test_an_extended_hold_keeps_its_day(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a", until=10)
        ledger.extend("a", expire_time=at(20), now=at(5))
        with pytest.raises(CapacityTakenError):
            hold(ledger, "b", seconds=19)
        hold(ledger, "b", seconds=20)
        assert_clean(ledger)

    def test_what_was_committed_or_shipped_that_day_stays_counted(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a")
        ledger.commit("a", now=at(2))
        assert taken(ledger, seconds=1_000) == 1
        plan = ledger.fulfill("a", now=at(3)).plan
        assert [row.state for row in plan.counted] == [HoldState.FULFILLED]
        with pytest.raises(CapacityTakenError):
            hold(ledger, "b", seconds=4)
        assert taken(ledger) == 1
        assert_clean(ledger)

    def test_a_released_line_gives_back_its_units_and_the_last_the_order(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 9)
        rows = (want(quantity=2, line="1"), want(quantity=3, line="2"))
        takes = (order_of(), units_of("1", 2, 9), units_of("2", 3, 9))
        hold(ledger, "a", *takes, rows=rows)
        ledger.release("a", lines=[LineId("1")], now=at(2))
        assert (taken(ledger), taken(ledger, takes[1])) == (1, 3)
        ledger.release("a", lines=[LineId("2")], now=at(3))
        assert (taken(ledger), taken(ledger, takes[1])) == (0, 0)
        assert_clean(ledger)

    def test_what_shipped_in_part_stays_counted_when_the_rest_is_released(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 9)
        takes = (order_of(), units_of("1", 5, 9))
        name = hold(ledger, "a", *takes, rows=(want(quantity=5),)).plan.rows[0].name
        ledger.commit("a", now=at(2))
        part = ledger.fulfill("a", rows=[RowShare(name, 2)], now=at(3)).plan
        assert {row.state for row in part.counted} == {HoldState.COMMITTED}
        ended = ledger.release("a", now=at(4)).plan
        assert ended.state is HoldState.FULFILLED
        assert (taken(ledger), taken(ledger, takes[1])) == (1, 5)
        assert_clean(ledger)

    def test_the_plan_that_takes_anothers_place_takes_its_room(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a")
        ledger.commit("a", now=at(2))
        made = ledger.hold(
            "b",
            [want()],
            expire_time=at(100),
            now=at(3),
            replaces=Replaced("a"),
            capacity=[order_of()],
        ).plan
        assert [row.state for row in made.counted] == [HoldState.COMMITTED]
        assert taken(ledger) == 1
        assert_clean(ledger)

    def test_a_plan_that_takes_no_stock_takes_of_the_day_all_the_same(self, ledger: Ledger) -> None:
        ledger.hold("a", [], expire_time=at(10), now=at(1), capacity=[order_of()])
        with pytest.raises(CapacityTakenError):
            ledger.hold("b", [], expire_time=at(10), now=at(2), capacity=[order_of()])
        ledger.commit("a", now=at(3))
        ledger.release("a", now=at(4))
        assert taken(ledger) == 0
        assert_clean(ledger)

    def test_a_stored_plan_is_read_as_it_was_made(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        takes = (order_of(), units_of("1", 1, 9))
        made = hold(ledger, "a", *takes).plan
        assert ledger.get_plan("a", now=at(2)) == made
        assert [(row.line_id, row.key, row.quantity) for row in made.counted] == [
            (WHOLE_ORDER, counter_key(takes[0]), 1),
            (LineId("1"), counter_key(takes[1]), 1),
        ]
        assert len(made.rows) == 1

    def test_the_same_request_is_answered_once_and_other_takes_are_other_content(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 9)
        command = Hold(
            now=at(1),
            request_id="r",
            plan_id="a",
            rows=(want(),),
            expire_time=at(100),
            capacity=(order_of(),),
        )
        first = ledger.submit(command).result()
        again = ledger.submit(replace(command, now=at(2))).result()
        assert isinstance(first, PlanReply)
        assert isinstance(again, PlanReply)
        assert again.plan == first.plan
        assert again.replayed
        assert taken(ledger) == 1

    def test_a_full_feed_leaves_the_counters_alone(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "a")
        ledger.set_levels([LevelRow(key("lid"), 1)], now=at(2), kind=FeedKind.FULL)
        assert taken(ledger) == 1

    def test_nobody_can_set_or_hold_a_counter(self, ledger: Ledger) -> None:
        counter = counter_key(order_of())
        reply = ledger.set_levels([LevelRow(counter, 5)], now=at(1))
        assert "kept for counting" in reply.errors[0].message
        with pytest.raises(InvalidRequestError):
            ledger.hold("a", [want(counter)], expire_time=at(9), now=at(1))

    def test_of_many_holds_at_once_exactly_as_many_get_in_as_the_limit_says(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 1_000)

        def race(number: int) -> Future[Reply | AuditReport]:
            return ledger.submit(
                Hold(
                    now=at(1),
                    plan_id=f"p{number}",
                    rows=(want(),),
                    expire_time=at(100),
                    capacity=(order_of(LIMIT),),
                )
            )

        with ThreadPoolExecutor(8) as threads:
            errors = [each.exception() for each in threads.map(race, range(RACING))]
        assert sum(error is None for error in errors) == LIMIT
        assert all(isinstance(error, CapacityTakenError) for error in errors if error is not None)
        assert (taken(ledger), available(ledger)) == (LIMIT, 1_000 - LIMIT)
        assert_clean(ledger)
