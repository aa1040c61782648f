"""The same request twice is the same request."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from dataclasses import replace

import pytest

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.api import Ledger
from allocation.ledger.commands import TakeStep
from allocation.ledger.conformance.scene import (
    assert_clean,
    at,
    available,
    hold,
    key,
    stock,
    want,
)
from allocation.ledger.errors import (
    EtagMismatchError,
    InsufficientStockError,
    PlanExpiredError,
    RequestIdReusedError,
)
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import RowShare
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import HoldState, Step
from routing.ids import LineId


class RepeatConformance:
    """What request ids promise."""

    def test_a_repeated_hold_returns_the_first_answer(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        first = hold(ledger, request_id="r")
        ledger.commit("p", now=at(2))
        again = hold(ledger, request_id="r", seconds=3)
        assert again == replace(first, replayed=True)
        assert again.plan.state is HoldState.HELD
        assert available(ledger) == 4

    def test_a_request_id_with_other_content_is_refused(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", request_id="r")
        with pytest.raises(RequestIdReusedError):
            hold(ledger, "p", want(quantity=2), request_id="r")
        with pytest.raises(RequestIdReusedError):
            ledger.commit("p", now=at(2), request_id="r")
        assert available(ledger) == 4

    def test_a_refused_request_may_be_tried_again_under_its_id(self, ledger: Ledger) -> None:
        stock(ledger, 1)
        with pytest.raises(InsufficientStockError):
            hold(ledger, "p", want(quantity=2), request_id="r")
        stock(ledger, 2, seconds=2)
        assert not hold(ledger, "p", want(quantity=1), request_id="r", seconds=3).replayed

    def test_the_fingerprint_of_the_caller_stands_for_the_content(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        first = ledger.hold(
            "p", [want()], expire_time=at(9), now=at(1), request_id="r", fingerprint=b"order 7"
        )
        again = ledger.hold(
            "q", [want()], expire_time=at(19), now=at(2), request_id="r", fingerprint=b"order 7"
        )
        assert again == replace(first, replayed=True)
        assert ledger.find_hold("r", b"order 7") == again
        assert ledger.find_hold("s", b"order 7") is None
        with pytest.raises(RequestIdReusedError):
            ledger.find_hold("r", b"order 8")
        assert available(ledger, seconds=3) == 4

    def test_a_step_that_was_taken_is_repeatable_with_the_revision_it_began_at(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2), want(quantity=1, line="2"))
        committed = ledger.commit("p", now=at(2), if_revision=1).plan
        assert ledger.commit("p", now=at(3), if_revision=1).plan == committed
        name = committed.rows[0].name
        left = ledger.fulfill("p", rows=[RowShare(name)], now=at(4), if_revision=2).plan
        assert ledger.fulfill("p", rows=[RowShare(name)], now=at(5), if_revision=2).plan == left
        assert ledger.commit("p", now=at(5), if_revision=1).plan == left
        line = [LineId("2")]
        back = ledger.release("p", lines=line, now=at(6), if_revision=3).plan
        assert ledger.release("p", lines=line, now=at(7), if_revision=3).plan == back
        assert ledger.release("p", now=at(7), if_revision=3).plan == back
        for never in (0, 5):
            with pytest.raises(EtagMismatchError):
                ledger.commit("p", now=at(8), if_revision=never)
        assert_clean(ledger)

    def test_a_step_that_is_left_to_take_needs_the_current_revision(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2), want(quantity=1, line="2"))
        name = ledger.commit("p", now=at(2)).plan.rows[0].name
        for rows in ([RowShare(name, 1)], [RowShare(name, 3)], []):
            with pytest.raises(EtagMismatchError):
                ledger.fulfill("p", rows=rows, now=at(3), if_revision=1)
        with pytest.raises(EtagMismatchError):
            ledger.release("p", lines=[LineId("2")], now=at(3), if_revision=1)
        assert ledger.get_plan("p", now=at(3)).revision == 2

    def test_a_step_of_a_hold_that_ran_out_says_so_whatever_the_revision(
        self, ledger: Ledger
    ) -> None:
        stock(ledger, 5)
        hold(ledger, "p", until=100)
        ledger.extend("p", expire_time=at(90), now=at(2))
        for _ in range(2):
            with pytest.raises(PlanExpiredError):
                ledger.commit("p", now=at(90), if_revision=1)
        assert ledger.release("p", now=at(91), if_revision=1).plan.state is HoldState.EXPIRED
        assert_clean(ledger, seconds=91)

    def test_a_plan_without_stock_repeats_its_steps_with_their_revisions(
        self, ledger: Ledger
    ) -> None:
        ledger.hold("p", [], expire_time=at(100), now=at(1))
        committed = ledger.commit("p", now=at(2), if_revision=1).plan
        assert ledger.commit("p", now=at(3), if_revision=1).plan == committed
        with pytest.raises(EtagMismatchError):
            ledger.fulfill("p", now=at(3), if_revision=1)

    def test_a_step_that_touches_nothing_keeps_its_answer(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger)
        step = TakeStep(
            now=at(2),
            request_id="n",
            step=Step.RELEASE,
            plan_id="p",
            nothing=True,
            caller_fingerprint=b"a line without stock",
        )
        first = ledger.submit(step).result()
        assert isinstance(first, PlanReply)
        assert first.plan == ledger.get_plan("p", now=at(2))
        ledger.commit("p", now=at(3))
        again = replace(first, replayed=True)
        assert ledger.submit(replace(step, now=at(4))).result() == again
        assert ledger.find_step(Step.RELEASE, "n", b"a line without stock") == again
        with pytest.raises(RequestIdReusedError):
            ledger.release("p", now=at(5), request_id="n")
        with pytest.raises(RequestIdReusedError):
            ledger.find_step(Step.FULFILL, "n", b"a line without stock")
        assert ledger.get_plan("p", now=at(6)).state is HoldState.COMMITTED

    def test_a_step_that_touches_nothing_leaves_a_plan_without_rows_alone(
        self, ledger: Ledger
    ) -> None:
        ledger.hold("p", [], expire_time=at(100), now=at(1))
        step = TakeStep(now=at(2), step=Step.RELEASE, plan_id="p", nothing=True)
        ledger.submit(step).result()
        assert ledger.get_plan("p", now=at(3)).state is HoldState.HELD

    def test_repeated_steps_return_their_own_first_answers(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger)
        extended = ledger.extend("p", expire_time=at(300), now=at(2), request_id="e")
        committed = ledger.commit("p", now=at(3), request_id="c")
        fulfilled = ledger.fulfill("p", now=at(4), request_id="f")
        again = ledger.extend("p", expire_time=at(300), now=at(9), request_id="e")
        assert again == replace(extended, replayed=True)
        assert ledger.commit("p", now=at(9), request_id="c") == replace(committed, replayed=True)
        assert ledger.fulfill("p", now=at(9), request_id="f") == replace(fulfilled, replayed=True)
        assert_clean(ledger)

    def test_a_repeated_feed_changes_nothing(self, ledger: Ledger) -> None:
        rows = [LevelRow(key(), 5), LevelRow(key("lid"), -1)]
        first = ledger.set_levels(rows, now=at(0), request_id="f")
        ledger.set_levels([LevelRow(key(), 9)], now=at(1))
        again = ledger.set_levels(rows, now=at(2), request_id="f")
        assert again == replace(first, replayed=True)
        assert (again.accepted_rows, len(again.errors)) == (1, 1)
        assert available(ledger) == 9

    def test_a_repeated_adjustment_is_applied_once(self, ledger: Ledger) -> None:
        received = [Adjustment(AdjustmentKind.RECEIVE, key(), 3)]
        first = ledger.adjust(received, now=at(0), request_id="a")
        again = ledger.adjust(received, now=at(1), request_id="a")
        assert again == replace(first, replayed=True)
        assert available(ledger) == 3

    def test_calls_without_a_request_id_are_not_remembered(self, ledger: Ledger) -> None:
        received = [Adjustment(AdjustmentKind.RECEIVE, key(), 3)]
        ledger.adjust(received, now=at(0))
        assert not ledger.adjust(received, now=at(1)).replayed
        assert available(ledger) == 6
