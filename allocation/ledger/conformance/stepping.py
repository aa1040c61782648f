"""Commit, extend, release, fulfill."""
# ruff: noqa: D102 (the names of the tests are sentences)

from __future__ import annotations

from datetime import datetime

import pytest

from allocation.errors import EngineError, InvalidRequestError
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
    PlanNotFoundError,
    RequestIdReusedError,
)
from allocation.ledger.hold import RowName, RowShare
from allocation.ledger.level import Buckets
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import OUTCOMES, REPEAT, HoldState, Step
from routing.ids import LineId


def take(ledger: Ledger, step: Step, now: datetime) -> PlanReply:
    """Take a step of the plan p."""
    if step is Step.EXTEND:
        return ledger.extend("p", expire_time=at(200), now=now)
    return getattr(ledger, step.value)("p", now=now)  # type: ignore[no-any-return]


def bring(ledger: Ledger, state: HoldState) -> None:
    """Make a plan p of two units out of five in a state; it is then 150 s after the start."""
    stock(ledger, 5)
    hold(ledger, "p", want(quantity=2), until=100 if state is HoldState.EXPIRED else 1_000)
    if state in (HoldState.COMMITTED, HoldState.FULFILLED):
        ledger.commit("p", now=at(2))
    if state is HoldState.FULFILLED:
        ledger.fulfill("p", now=at(3))
    if state is HoldState.RELEASED:
        ledger.release("p", now=at(3))


LEFT = {
    HoldState.HELD: Buckets(on_hand=5, held=2),
    HoldState.COMMITTED: Buckets(on_hand=5, committed=2),
    HoldState.FULFILLED: Buckets(on_hand=3),
    HoldState.EXPIRED: Buckets(on_hand=5),
    HoldState.RELEASED: Buckets(on_hand=5),
}


WAYS: dict[HoldState, tuple[Step, ...]] = {
    HoldState.HELD: (),
    HoldState.COMMITTED: (Step.COMMIT,),
    HoldState.FULFILLED: (Step.COMMIT, Step.FULFILL),
    HoldState.EXPIRED: (),
    HoldState.RELEASED: (Step.RELEASE,),
}


class StepConformance:
    """What the steps of a plan promise."""

    @pytest.mark.parametrize("state", HoldState, ids=lambda state: state.value)
    @pytest.mark.parametrize(
        "step", [Step.COMMIT, Step.EXTEND, Step.RELEASE, Step.FULFILL], ids=lambda step: step.value
    )
    def test_each_step_does_what_the_table_says(
        self, ledger: Ledger, state: HoldState, step: Step
    ) -> None:
        bring(ledger, state)
        before = ledger.get_plan("p", now=at(150))
        assert before.state is state
        outcome = OUTCOMES[step][state]
        if isinstance(outcome, HoldState):
            assert take(ledger, step, at(150)).plan.state is outcome
            assert buckets(ledger, seconds=150) == LEFT[outcome]
        elif outcome is REPEAT:
            assert take(ledger, step, at(150)).plan == before
            assert buckets(ledger, seconds=150) == LEFT[state]
        else:
            assert isinstance(outcome, type)
            with pytest.raises(outcome):
                take(ledger, step, at(150))
            assert buckets(ledger, seconds=150) == LEFT[state]
        assert_clean(ledger, seconds=150)

    @pytest.mark.parametrize("state", HoldState, ids=lambda state: state.value)
    @pytest.mark.parametrize(
        "step", [Step.COMMIT, Step.EXTEND, Step.RELEASE, Step.FULFILL], ids=lambda step: step.value
    )
    def test_a_plan_without_stock_goes_the_same_ways(
        self, ledger: Ledger, state: HoldState, step: Step
    ) -> None:
        until = 100 if state is HoldState.EXPIRED else 1_000
        ledger.hold("p", [], expire_time=at(until), now=at(1), payload=b"p")
        for earlier in WAYS[state]:
            take(ledger, earlier, at(2))
        before = ledger.get_plan("p", now=at(150))
        assert before.state is state
        outcome = OUTCOMES[step][state]
        if isinstance(outcome, HoldState):
            after = take(ledger, step, at(150)).plan
            assert (after.state, after.revision) == (outcome, before.revision + 1)
            assert ledger.get_plan("p", now=at(150)) == after
        elif outcome is REPEAT:
            assert take(ledger, step, at(150)).plan == before
        else:
            assert isinstance(outcome, type)
            with pytest.raises(outcome):
                take(ledger, step, at(150))
        assert ledger.entries() == ()

    @pytest.mark.parametrize("step", [Step.COMMIT, Step.EXTEND, Step.RELEASE, Step.FULFILL])
    def test_an_unknown_plan_is_not_found(self, ledger: Ledger, step: Step) -> None:
        with pytest.raises(PlanNotFoundError):
            take(ledger, step, at(1))

    def test_some_lines_can_be_released_and_the_rest_goes_on(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=2, line="1"), want(quantity=3, line="2"))
        reply = ledger.release("p", lines=[LineId("1")], now=at(2))
        assert reply.plan.state is HoldState.HELD
        assert available(ledger) == 2
        committed = ledger.commit("p", now=at(3)).plan
        assert [row.state for row in committed.rows] == [HoldState.RELEASED, HoldState.COMMITTED]
        assert buckets(ledger) == Buckets(on_hand=5, committed=3)
        assert_clean(ledger)

    def test_a_committed_plan_can_leave_in_several_shipments(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        stock(ledger, 5, key(location="reno"))
        rows = (want(quantity=2), want(key(location="reno"), 3, part=1))
        plan = hold(ledger, "p", *rows).plan
        ledger.commit("p", now=at(2))
        first = ledger.fulfill("p", rows=[RowShare(plan.rows[0].name)], now=at(3)).plan
        assert first.state is HoldState.COMMITTED
        assert buckets(ledger) == Buckets(on_hand=3)
        assert buckets(ledger, key(location="reno")) == Buckets(on_hand=5, committed=3)
        again = ledger.fulfill("p", rows=[RowShare(plan.rows[0].name)], now=at(4)).plan
        assert again == first
        assert ledger.fulfill("p", now=at(5)).plan.state is HoldState.FULFILLED
        assert buckets(ledger, key(location="reno")) == Buckets(on_hand=2)
        assert_clean(ledger)

    def test_what_is_left_after_a_partial_shipment_can_be_released(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        plan = hold(ledger, "p", want(quantity=2), want(quantity=3, line="2")).plan
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", rows=[RowShare(plan.rows[0].name)], now=at(3))
        with pytest.raises(PlanAlreadyFulfilledError):
            ledger.release("p", lines=[LineId("1"), LineId("2")], now=at(4))
        assert ledger.release("p", now=at(4)).plan.state is HoldState.FULFILLED
        assert buckets(ledger) == Buckets(on_hand=3)
        with pytest.raises(PlanAlreadyReleasedError):
            ledger.fulfill("p", rows=[RowShare(plan.rows[1].name)], now=at(5))
        assert_clean(ledger)

    def test_a_part_of_a_row_can_leave_and_the_rest_later(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        name = hold(ledger, "p", want(quantity=5)).plan.rows[0].name
        ledger.commit("p", now=at(2))
        first = ledger.fulfill("p", rows=[RowShare(name, 2)], now=at(3)).plan
        assert [(row.quantity, row.state, row.name) for row in first.rows] == [
            (3, HoldState.COMMITTED, name),
            (2, HoldState.FULFILLED, name),
        ]
        assert first == ledger.get_plan("p", now=at(3))
        assert buckets(ledger) == Buckets(on_hand=7, committed=3)
        ledger.fulfill("p", rows=[RowShare(name, 1)], now=at(4))
        last = ledger.fulfill("p", now=at(5)).plan
        assert last.state is HoldState.FULFILLED
        assert [row.quantity for row in last.rows] == [2, 2, 1]
        assert buckets(ledger) == Buckets(on_hand=4)
        assert ledger.fulfill("p", rows=[RowShare(name, 1)], now=at(6)).plan == last
        assert_clean(ledger)

    def test_no_more_of_a_row_can_leave_than_is_left(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        name = hold(ledger, "p", want(quantity=5)).plan.rows[0].name
        ledger.commit("p", now=at(2))
        ledger.fulfill("p", rows=[RowShare(name, 2)], now=at(3))
        for shares in ([RowShare(name, 4)], [RowShare(name, 2)] * 2, [RowShare(name, 0)]):
            with pytest.raises(InvalidRequestError) as caught:
                ledger.fulfill("p", rows=shares, now=at(4))
            assert caught.value.violations[0].path == f"rows[{len(shares) - 1}]"
        both = [RowShare(name, 1), RowShare(name, 2)]
        assert ledger.fulfill("p", rows=both, now=at(4)).plan.state is HoldState.FULFILLED
        assert buckets(ledger) == Buckets(on_hand=4)

    def test_a_part_that_leaves_is_repeatable_under_its_request_id(self, ledger: Ledger) -> None:
        stock(ledger, 9)
        name = hold(ledger, "p", want(quantity=5)).plan.rows[0].name
        ledger.commit("p", now=at(2))
        for seconds in (3, 4):
            ledger.fulfill("p", rows=[RowShare(name, 2)], now=at(seconds), request_id="f")
        assert buckets(ledger) == Buckets(on_hand=7, committed=3)
        with pytest.raises(RequestIdReusedError):
            ledger.fulfill("p", rows=[RowShare(name, 3)], now=at(5), request_id="f")

    def test_a_line_that_the_plan_does_not_have_is_refused(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger)
        with pytest.raises(InvalidRequestError):
            ledger.release("p", lines=[LineId("7")], now=at(2))
        mine = hold(ledger, "q").plan.rows[0].name
        other = RowName(mine.line_id, 0, key("lid"))
        with pytest.raises(InvalidRequestError):
            ledger.fulfill("p", rows=[RowShare(mine), RowShare(other)], now=at(2))

    def test_every_change_of_a_plan_raises_its_revision(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        assert hold(ledger).plan.revision == 1
        extended = ledger.extend("p", expire_time=at(200), now=at(2), if_revision=1).plan
        assert (extended.revision, extended.expire_time) == (2, at(200))
        with pytest.raises(EtagMismatchError):
            ledger.commit("p", now=at(3), if_revision=1)
        assert ledger.commit("p", now=at(3), if_revision=2).plan.revision == 3
        assert ledger.commit("p", now=at(4)).plan.revision == 3

    def test_a_commit_is_refused_when_a_figure_took_the_units_away(self, ledger: Ledger) -> None:
        stock(ledger, 5)
        hold(ledger, "p", want(quantity=3))
        hold(ledger, "q", want(quantity=2))
        stock(ledger, 3, seconds=2)
        assert available(ledger) == -2
        ledger.commit("q", now=at(3))
        with pytest.raises(InsufficientStockError) as caught:
            ledger.commit("p", now=at(3))
        assert (caught.value.shortages[0].requested, caught.value.shortages[0].available) == (3, 1)
        assert ledger.get_plan("p", now=at(3)).state is HoldState.HELD
        assert_clean(ledger)

    def test_a_plan_that_never_was_raises_an_error_of_the_catalogue(self, ledger: Ledger) -> None:
        with pytest.raises(EngineError) as caught:
            ledger.get_plan("p", now=at(1))
        assert caught.value.reason == "PLAN_NOT_FOUND"
