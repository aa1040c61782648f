"""A new plan takes the place of another in one instant."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from dataclasses import replace

import pytest

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
from allocation.ledger.errors import (
    EtagMismatchError,
    InsufficientStockError,
    PlanAlreadyFulfilledError,
    PlanAlreadyReleasedError,
    PlanExpiredError,
    PlanNotFoundError,
)
from allocation.ledger.hold import HoldRow, Replaced, RowShare
from allocation.ledger.level import Buckets
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
