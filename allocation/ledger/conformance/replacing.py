"""A new plan takes the place of another in one instant."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    buckets,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import (
    EtagMismatchError,
    InsufficientStockError,
    PlanAlreadyFulfilledError,
    PlanAlreadyReleasedError,
    PlanExpiredError,
    PlanNotFoundError,
    PlanReplacedError,
)
from allocation.ledger.hold import HoldRow, Replaced, RowShare
from allocation.ledger.level import Buckets, StockOwner
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import HoldState


def swap(
    ledger: Ledger,
    *rows: HoldRow,
    seconds: float = 3,
    old: Replaced | None = None,
    request_id: str = "",
) -> PlanReply:
    """Hold the rows as plan q in the place of p."""
    return ledger.hold(
        "q",
        rows,
        expire_time=at(100),
        now=at(seconds),
        request_id=request_id,
        replaces=old or Replaced("p"),
    )


class ReplaceConformance:
    """What replacing a plan promises."""

    def test_the_new_plan_may_use_the_units_of_the_old(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=4))
        assert swap(ledger, want(quantity=5)).plan.state is HoldState.HELD
        assert ledger.get_plan("p", now=at(3)).state is HoldState.RELEASED
        assert buckets(ledger) == Buckets(on_hand=5, held=5)
        assert_clean(ledger)

    def test_what_takes_the_place_of_a_commitment_is_committed(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key(location="reno"))
        hold(ledger, "p", want(quantity=4))
        ledger.commit("p", now=at(2))
        made = swap(ledger, want(key(location="reno"), 4)).plan
        assert (made.state, made.rows[0].commit_time) == (HoldState.COMMITTED, at(3))
        assert buckets(ledger) == Buckets(on_hand=5)
        assert buckets(ledger, key(location="reno")) == Buckets(on_hand=5, committed=4)
        assert_clean(ledger)

    def test_what_has_left_already_stays_with_the_old_plan(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        name = hold(ledger, "p", want(quantity=4)).plan.rows[0].name
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", rows=[RowShare(name, 1)], now=at(2))
        swap(ledger, want(quantity=3))
        old = ledger.get_plan("p", now=at(3))
        assert [row.state for row in old.rows] == [HoldState.RELEASED, HoldState.FULFILLED]
        assert buckets(ledger) == Buckets(on_hand=4, committed=3)
        assert_clean(ledger)

    def test_what_was_not_found_is_set_aside_until_somebody_counts(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        hold(ledger, "p", want(quantity=4))
        ledger.commit("p", now=at(2))
        swap(ledger, want(quantity=2), old=Replaced("p", short=((key(), 3),)))
        assert buckets(ledger) == Buckets(on_hand=9, unavailable=3, committed=2)
        assert ledger.entries()[-3].entry.reason is ChangeReason.QUARANTINE
        with pytest.raises(InsufficientStockError):
            ledger.hold(
                "s",
                [want(quantity=7)],
                expire_time=at(100),
                now=at(4),
                replaces=Replaced("q", short=((key(), 9),)),
            )
        assert buckets(ledger) == Buckets(on_hand=9, unavailable=3, committed=2)
        assert_clean(ledger)

    def test_what_was_not_found_is_set_aside_as_far_as_it_is_on_hand(self, ledger: Ledger) -> None:
        stock(ledger, 3)
        hold(ledger, "p", want(quantity=3))
        swap(ledger, old=Replaced("p", short=((key(), 5),)))
        assert buckets(ledger) == Buckets(on_hand=3, unavailable=3)
        assert_clean(ledger)

    def test_the_figures_of_another_system_are_left_to_it(self, ledger: Ledger) -> None:
        stock(ledger, 5, owner=StockOwner.MIRROR)
        hold(ledger, "p", want(quantity=2))
        swap(ledger, want(), old=Replaced("p", short=((key(), 2),)))
        assert buckets(ledger) == Buckets(on_hand=5, held=1)
        assert_clean(ledger)

    def test_only_what_the_plan_has_can_be_short(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2))
        for short in ((key("lid"), 1), (key(), 0)):
            with pytest.raises(InvalidRequestError) as caught:
                swap(ledger, want(), old=Replaced("p", short=((key(), 1), short)))
            assert [each.path for each in caught.value.violations] == ["short[1]"]
        assert buckets(ledger) == Buckets(on_hand=5, held=2)

    def test_a_plan_without_stock_can_take_a_place_and_give_it_up(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2))
        ledger.commit("p", now=at(2))
        assert swap(ledger).plan.state is HoldState.COMMITTED
        assert ledger.get_plan("q", now=at(4)).state is HoldState.COMMITTED
        made = ledger.hold(
            "s", [want()], expire_time=at(100), now=at(4), replaces=Replaced("q")
        ).plan
        assert made.state is HoldState.COMMITTED
        assert ledger.get_plan("q", now=at(4)).state is HoldState.RELEASED
        with pytest.raises(PlanReplacedError):
            ledger.hold("t", [], expire_time=at(100), now=at(4), replaces=Replaced("q"))
        with pytest.raises(PlanReplacedError):
            ledger.release("q", now=at(4))
        assert buckets(ledger) == Buckets(on_hand=5, committed=1)
        assert_clean(ledger)

    def test_the_old_plan_names_the_one_that_took_its_place(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        name = hold(ledger, "p", want(quantity=4)).plan.rows[0].name
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", rows=[RowShare(name, 1)], now=at(2))
        assert swap(ledger, want(quantity=3)).plan.replaced_by == ""
        old = ledger.get_plan("p", now=at(4))
        assert (old.state, old.replaced_by) == (HoldState.FULFILLED, "q")
        steps: tuple[Callable[[], PlanReply], ...] = (
            lambda: ledger.commit("p", now=at(4), if_revision=1),
            lambda: ledger.release("p", now=at(4)),
            lambda: ledger.fulfill("p", now=at(4)),
            lambda: ledger.extend("p", expire_time=at(50), now=at(4)),
            lambda: ledger.hold(
                "s", [want()], expire_time=at(9), now=at(4), replaces=Replaced("p")
            ),
        )
        for step in steps:
            with pytest.raises(PlanReplacedError, match="replaced by plan 'q'") as caught:
                step()
            assert caught.value.reason == "PLAN_ALREADY_RELEASED"
            assert caught.value.metadata == {"plan_id": "p", "replaced_by_plan_id": "q"}
        assert ledger.get_plan("p", now=at(4)) == old
        assert buckets(ledger) == Buckets(on_hand=4, committed=3)
        assert_clean(ledger)

    def test_what_left_before_the_plan_was_replaced_can_be_told_again(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        plan = hold(ledger, "p", want(quantity=2), want(quantity=1, line="2")).plan
        ledger.commit("p", now=at(2))
        share = RowShare(plan.rows[0].name)
        ledger.fulfill("p", rows=[share], now=at(2))
        swap(ledger, want(quantity=1, line="2"))
        told = ledger.fulfill("p", rows=[share], now=at(4), request_id="again")
        assert told.plan == ledger.get_plan("p", now=at(4))
        again = ledger.fulfill("p", rows=[share], now=at(5), request_id="again")
        assert again == replace(told, replayed=True)

    def test_the_old_plan_stays_when_the_new_one_cannot_be_held(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=4))
        with pytest.raises(InsufficientStockError):
            swap(ledger, want(quantity=6))
        assert ledger.get_plan("p", now=at(3)).state is HoldState.HELD
        assert available(ledger) == 1
        assert_clean(ledger)

    def test_a_repeat_replaces_once(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=4))
        first = swap(ledger, want(quantity=2), request_id="r")
        assert swap(ledger, want(quantity=2), request_id="r") == replace(first, replayed=True)
        with pytest.raises(PlanAlreadyReleasedError):
            ledger.hold("s", [want()], expire_time=at(100), now=at(4), replaces=Replaced("p"))
        assert buckets(ledger) == Buckets(on_hand=5, held=2)

    def test_only_what_is_held_or_committed_can_be_replaced(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        with pytest.raises(PlanNotFoundError):
            swap(ledger, want())
        hold(ledger, "p", until=50)
        with pytest.raises(PlanExpiredError):
            swap(ledger, want(quantity=5), seconds=50)
        assert ledger.get_plan("p", now=at(3)).state is HoldState.EXPIRED, "that is final"
        hold(ledger, "shipped")
        ledger.commit("shipped", now=at(2))
        ledger.fulfill("shipped", now=at(2))
        with pytest.raises(PlanAlreadyFulfilledError):
            swap(ledger, want(), old=Replaced("shipped"))
        assert_clean(ledger)

    def test_a_plan_that_has_changed_since_is_not_replaced(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p")
        ledger.commit("p", now=at(2))
        with pytest.raises(EtagMismatchError):
            swap(ledger, want(), old=Replaced("p", if_revision=1))
        assert swap(ledger, want(), old=Replaced("p", if_revision=2)).plan.state is (
            HoldState.COMMITTED
        )
