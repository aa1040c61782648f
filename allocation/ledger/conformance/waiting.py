"""Units that wait for supply are promised once, within the limit of their pool."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
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
from allocation.ledger.errors import EtagMismatchError, SupplyTakenError, UnitsWaitError
from allocation.ledger.hold import Replaced, RowName, RowShare
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import waiting_key
from routing.ids import ItemId, LineId, LocationId

RACING = 48
LIMIT = 7


class WaitingConformance:
    """What holding units that wait promises."""

    def test_units_that_wait_take_of_the_pool_and_of_supply_not_of_stock(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (5, DAY), on_hand=2)
        plan = hold(ledger, "a", wait(3), rows=(want(quantity=2),)).plan
        assert [(row.key.item_id, row.quantity) for row in plan.rows] == [
            ("mug", 2),
            ("~waiting/mug", 3),
        ]
        assert (available(ledger), waits(ledger), pooled(ledger)) == (0, 3, 3)
        assert ledger.get_plan("a", now=at(2)) == plan
        assert_clean(ledger)

    def test_a_limit_is_not_multiplied_by_the_number_of_locations(self, ledger: Ledger) -> None:
        for place in ("dallas", "reno"):
            supply(ledger, (50, DAY), level_key=key(location=place))
        hold(ledger, "a", wait(4, limit=7))
        hold(ledger, "b", wait(3, location="reno", limit=7))
        with pytest.raises(SupplyTakenError) as caught:
            hold(ledger, "c", wait(1, location="reno", limit=7))
        assert "7 of 7 are taken" in str(caught.value)
        assert pooled(ledger) == 7
        assert_clean(ledger)

    def test_a_limit_of_n_admits_exactly_n_of_many_at_once(self, ledger: Ledger) -> None:
        places = ("dallas", "reno", "newark")
        for place in places:
            supply(ledger, (1_000, DAY), level_key=key(location=place))

        def run(number: int) -> bool:
            place = places[number % len(places)]
            try:
                hold(ledger, f"p{number}", wait(location=place, limit=LIMIT))
            except SupplyTakenError:
                return False
            return True

        with ThreadPoolExecutor(RACING) as pool:
            admitted = sum(pool.map(run, range(RACING)))
        assert admitted == pooled(ledger) == LIMIT
        assert_clean(ledger)

    def test_supply_is_promised_once_however_many_want_it(self, ledger: Ledger) -> None:
        supply(ledger, (LIMIT, DAY), (100, 3 * DAY))

        def run(number: int) -> bool:
            try:
                hold(ledger, f"p{number}", wait(expected=DAY))
            except SupplyTakenError:
                return False
            return True

        with ThreadPoolExecutor(RACING) as pool:
            assert sum(pool.map(run, range(RACING))) == LIMIT
        hold(ledger, "later", wait(100, expected=3 * DAY))
        assert_clean(ledger)

    def test_what_comes_by_a_time_is_less_what_is_promised_already(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY), (4, 2 * DAY))
        hold(ledger, "a", wait(2, DAY))
        with pytest.raises(SupplyTakenError) as caught:
            hold(ledger, "b", wait(2, DAY))
        assert "2 of 3 are taken" in str(caught.value)
        hold(ledger, "b", wait(5, 2 * DAY))
        with pytest.raises(SupplyTakenError):
            hold(ledger, "c", wait(1, 2 * DAY))
        assert_clean(ledger)

    def test_supply_counts_as_far_as_it_is_sure(self, ledger: Ledger) -> None:
        supply(ledger, (5, DAY), sure=50)
        with pytest.raises(SupplyTakenError):
            hold(ledger, "a", wait(3))
        hold(ledger, "a", wait(2))
        assert ledger.levels(now=at(2)).levels[0].available_at(at(DAY), at(2)) == 2

    def test_units_that_the_world_has_oversold_come_first(self, ledger: Ledger) -> None:
        stock(ledger, 4)
        ledger.hold("a", [want(quantity=4)], expire_time=at(100), now=at(1))
        supply(ledger, (5, DAY), on_hand=1, seconds=2)
        with pytest.raises(SupplyTakenError):
            hold(ledger, "b", wait(3), seconds=3)
        hold(ledger, "b", wait(2), seconds=3)

    def test_what_comes_after_the_lead_time_needs_no_supply(self, ledger: Ledger) -> None:
        stock(ledger, 0)
        hold(ledger, "a", wait(9, 30 * DAY, lead=30 * DAY))
        hold(ledger, "b", wait(9, None))
        with pytest.raises(SupplyTakenError):
            hold(ledger, "c", wait(1, 29 * DAY, lead=30 * DAY))
        assert waits(ledger) == 18

    def test_all_of_a_plan_is_held_or_none(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY), on_hand=3)
        with pytest.raises(SupplyTakenError):
            hold(ledger, "a", wait(3, limit=2), rows=(want(quantity=3),))
        assert available(ledger) == 3
        hold(ledger, "b", wait(2, limit=2), rows=(want(quantity=3),))
        assert_clean(ledger)

    def test_release_gives_the_pool_and_the_supply_back(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        hold(ledger, "a", wait(1, line="1"), wait(2, line="2"))
        ledger.release("a", lines=[LineId("2")], now=at(2))
        assert (waits(ledger), pooled(ledger)) == (1, 1)
        ledger.commit("a", now=at(3))
        hold(ledger, "b", wait(2, limit=3), seconds=4)
        ledger.release("a", now=at(5))
        assert (waits(ledger), pooled(ledger)) == (2, 2)
        assert_clean(ledger)

    def test_expiry_gives_the_pool_back_at_its_instant(self, ledger: Ledger) -> None:
        supply(ledger, (9, DAY))
        hold(ledger, "a", wait(2, limit=2), until=10)
        with pytest.raises(SupplyTakenError):
            hold(ledger, "b", wait(2, limit=2), seconds=9.999999)
        assert (pooled(ledger, seconds=9.999999), pooled(ledger, seconds=10)) == (2, 0)
        hold(ledger, "b", wait(2, limit=2), seconds=10)
        assert_clean(ledger)

    def test_a_plan_that_takes_anothers_place_takes_its_supply(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY))
        commit(ledger, "a", wait(2, limit=2))
        made = hold(ledger, "b", wait(2, limit=2), seconds=3, replaces=Replaced("a")).plan
        assert [row.state for row in made.every_row] == [HoldState.COMMITTED] * 2
        assert ledger.get_plan("a", now=at(4)).state is HoldState.RELEASED
        assert (waits(ledger), pooled(ledger)) == (2, 2)
        assert_clean(ledger)

    def test_what_waits_cannot_leave(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY), on_hand=1)
        hold(ledger, "a", wait(2), rows=(want(),))
        plan = ledger.commit("a", now=at(2)).plan
        with pytest.raises(UnitsWaitError) as caught:
            ledger.fulfill("a", rows=[RowShare(plan.rows[1].name)], now=at(3))
        assert "mug at dallas" in str(caught.value)
        left = ledger.fulfill("a", now=at(3), request_id="there").plan
        assert [row.state for row in left.rows] == [HoldState.FULFILLED, HoldState.COMMITTED]
        commit(ledger, "b", wait(expected=None), seconds=4)
        with pytest.raises(UnitsWaitError):
            ledger.fulfill("b", now=at(5))
        assert_clean(ledger)

    def test_a_repeat_of_what_has_left_takes_nothing_that_has_come_since(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY), on_hand=1)
        hold(ledger, "a", wait(2), rows=(want(),))
        plan = ledger.commit("a", now=at(2)).plan
        with pytest.raises(InvalidRequestError) as caught:
            ledger.fulfill("a", now=at(3))
        assert [one.path for one in caught.value.violations] == ["request_id"]
        first = ledger.fulfill("a", now=at(3), request_id="once").plan
        supply(ledger, on_hand=2, seconds=4)
        again = ledger.fulfill("a", now=at(5), request_id="once")
        assert (again.replayed, again.plan) == (True, first)
        with pytest.raises(EtagMismatchError):
            ledger.fulfill("a", now=at(5), if_revision=plan.revision)
        assert buckets(ledger).on_hand == 2
        assert ledger.fulfill("a", now=at(6)).plan.state is HoldState.FULFILLED
        assert_clean(ledger)

    def test_a_repeat_with_its_revision_is_answered_while_the_rest_waits(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY), on_hand=1)
        hold(ledger, "a", wait(2), rows=(want(),))
        seen = ledger.commit("a", now=at(2)).plan.revision
        left = ledger.fulfill("a", now=at(3), if_revision=seen).plan
        assert [row.state for row in left.rows] == [HoldState.FULFILLED, HoldState.COMMITTED]
        assert ledger.fulfill("a", now=at(4), if_revision=seen).plan == left
        assert buckets(ledger).on_hand == 0
        assert_clean(ledger)

    def test_a_kit_stays_whole_while_a_component_of_it_waits(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY))
        stock(ledger, 9, key("lid"))
        lids, alone = want(key("lid"), 2), want(key("lid"), 1, line="2")
        hold(ledger, "a", wait(2), rows=(lids, alone))
        ledger.commit("a", now=at(2))
        left = ledger.fulfill("a", now=at(3), request_id="alone").plan
        assert {row.line_id: row.state for row in left.rows} == {
            "1": HoldState.COMMITTED,
            "2": HoldState.FULFILLED,
        }
        assert buckets(ledger, key("lid")) == Buckets(on_hand=8, committed=2)
        supply(ledger, on_hand=2, seconds=4)
        assert ledger.fulfill("a", now=at(5)).plan.state is HoldState.FULFILLED
        assert_clean(ledger)

    def test_a_kit_cannot_leave_alone_while_a_component_of_it_waits(self, ledger: Ledger) -> None:
        supply(ledger, (2, DAY), on_hand=1)
        stock(ledger, 9, key("lid"))
        hold(ledger, "a", wait(1), rows=(want(), want(key("lid"), 2)))
        ledger.commit("a", now=at(2))
        with pytest.raises(UnitsWaitError):
            ledger.fulfill("a", now=at(3), request_id="f")
        whole = [RowShare(RowName(LineId("1"), 0, each), 1) for each in (key(), key("lid"))]
        ledger.fulfill("a", rows=whole, now=at(4), request_id="one kit")
        assert buckets(ledger, key("lid")) == Buckets(on_hand=8, committed=1)
        assert_clean(ledger)

    def test_what_waits_beside_a_line_that_was_given_back_is_told_to_wait(
        self, ledger: Ledger
    ) -> None:
        supply(ledger, (2, DAY))
        stock(ledger, 9, key("lid"))
        hold(ledger, "a", wait(2), rows=(want(key("lid"), line="2"),))
        ledger.commit("a", now=at(2))
        ledger.release("a", lines=[LineId("2")], now=at(3))
        with pytest.raises(UnitsWaitError):
            ledger.fulfill("a", now=at(4), request_id="f")
        assert ledger.get_plan("a", now=at(5)).state is HoldState.COMMITTED

    def test_a_commit_of_what_waits_needs_no_stock(self, ledger: Ledger) -> None:
        supply(ledger, (3, DAY))
        plan = commit(ledger, "a", wait(3)).plan
        assert [row.state for row in plan.every_row] == [HoldState.COMMITTED] * 2
        assert pooled(ledger) == 3
        assert_clean(ledger)

    def test_nobody_can_feed_or_hold_what_counts_waiting_units(self, ledger: Ledger) -> None:
        counter = waiting_key(ItemId("mug"), LocationId("dallas"))
        with pytest.raises(InvalidRequestError, match="kept for counting"):
            ledger.hold("a", [want(counter)], expire_time=at(9), now=at(1))

    def test_every_problem_is_named(self, ledger: Ledger) -> None:
        wrong = wait(0)._replace(supply=(key("plate"),))
        with pytest.raises(InvalidRequestError) as caught:
            hold(ledger, "a", wrong, wait(1))
        assert {violation.path for violation in caught.value.violations} == {
            "waiting[0].quantity",
            "waiting[0].supply",
            "waiting[1]",
        }
