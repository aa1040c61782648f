"""Expiry is by instant; the sweep only writes it down."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

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
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import InsufficientStockError, PlanExpiredError
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState


class ExpiryConformance:
    """What the expiry of a hold promises."""

    def test_a_hold_counts_until_just_before_its_expiry(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, until=10)
        assert available(ledger, seconds=9.999999) == 0
        assert available(ledger, seconds=10) == 1
        assert ledger.get_plan("p", now=at(9.999999)).state is HoldState.HELD
        assert ledger.get_plan("p", now=at(10)).state is HoldState.EXPIRED

    def test_the_units_of_an_expired_hold_can_be_held_without_a_sweep(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, "p", until=10)
        with pytest.raises(InsufficientStockError):
            hold(ledger, "q", seconds=9.999999)
        hold(ledger, "q", seconds=10)
        assert buckets(ledger) == Buckets(on_hand=1, held=1)
        assert_clean(ledger)

    def test_a_clock_behind_cannot_commit_what_another_hold_relies_on(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, "p", until=10)
        hold(ledger, "q", seconds=10)
        with pytest.raises(PlanExpiredError):
            ledger.commit("p", now=at(9))
        assert ledger.commit("q", now=at(11)).plan.state is HoldState.COMMITTED
        assert_clean(ledger)

    def test_an_answer_that_a_plan_has_expired_is_final(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, "p", until=10)
        with pytest.raises(PlanExpiredError):
            ledger.commit("p", now=at(10))
        with pytest.raises(PlanExpiredError):
            ledger.commit("p", now=at(9))
        assert_clean(ledger)

    def test_a_hold_that_expires_gives_back_all_its_levels(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        stock(ledger, 4, key("lid"))
        hold(ledger, "p", want(), want(key("lid"), 3, line="2"), until=10)
        hold(ledger, "q", seconds=10)
        assert buckets(ledger, key("lid"), seconds=9) == Buckets(on_hand=4)
        assert_clean(ledger)

    def test_an_extended_hold_lasts_until_its_new_expiry(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, until=10)
        ledger.extend("p", expire_time=at(20), now=at(5))
        assert available(ledger, seconds=10) == 0
        assert available(ledger, seconds=20) == 1
        ledger.extend("p", expire_time=at(12), now=at(6))
        assert available(ledger, seconds=12) == 1
        hold(ledger, "q", seconds=12)

    def test_a_committed_plan_does_not_expire(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        hold(ledger, until=10)
        ledger.commit("p", now=at(9))
        assert ledger.sweep(now=at(1_000)).expired == ()
        assert available(ledger, seconds=1_000) == 0

    def test_a_sweep_writes_down_what_has_run_out_and_nothing_else(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        for plan_id, until in (("c", 10), ("a", 10), ("b", 11)):
            hold(ledger, plan_id, until=until)
        reply = ledger.sweep(now=at(10))
        assert (reply.expired, reply.more) == (("a", "c"), False)
        assert ledger.sweep(now=at(10)).expired == ()
        assert buckets(ledger, seconds=9) == Buckets(on_hand=5, held=1)
        reasons = [row.entry.reason for row in ledger.entries()]
        assert reasons.count(ChangeReason.EXPIRE) == 2
        assert_clean(ledger)

    def test_a_sweep_stops_at_its_limit_and_says_so(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        for plan_id in ("a", "b", "c"):
            hold(ledger, plan_id, until=10)
        assert ledger.sweep(now=at(10), limit=2).more
        assert ledger.sweep(now=at(10), limit=2).expired == ("c",)

    def test_only_the_lines_still_held_expire(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        plan = hold(ledger, "p", want(line="1"), want(line="2"), until=10).plan
        ledger.release("p", lines=[plan.rows[0].line_id], now=at(2))
        ledger.sweep(now=at(10))
        states = [row.state for row in ledger.get_plan("p", now=at(11)).rows]
        assert states == [HoldState.RELEASED, HoldState.EXPIRED]
        assert buckets(ledger) == Buckets(on_hand=5)
        assert_clean(ledger)
