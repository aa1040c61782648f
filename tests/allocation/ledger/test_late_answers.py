"""One write, once per request id, also when another server is at work on the same request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from allocation.errors import EngineError
from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.conformance.scene import at, hold, key, stock, want
from allocation.ledger.core.batch import Answer, run_alone, run_batch
from allocation.ledger.core.batch_store import Found, Wanted
from allocation.ledger.errors import (
    InsufficientStockError,
    PlanIdTakenError,
    PlanNotCommittedError,
    RequestIdReusedError,
)
from allocation.ledger.hold import RowShare
from allocation.ledger.replies import PlanReply
from allocation.ledger.sqlite import SqliteLedger
from allocation.ledger.sqlite.transaction import SqliteTransaction
from allocation.ledger.states import Step

# Stands in for a class that the compiled build makes a struct.
pytestmark = pytest.mark.pure


class LateToSee(SqliteTransaction):
    """Sees no answers when it first looks, as if they were being written just then."""

    looked = False

    def find(self, wanted: Wanted) -> Found:
        found = super().find(wanted)
        seen = found.answers if self.looked else {}
        self.looked = self.looked or bool(wanted.request_ids)
        return Found(seen, found.plans, found.due)


def alone(store: SqliteTransaction, commands: Sequence[Command]) -> list[Answer]:
    return [run_alone(store, command) for command in commands]


Run = Callable[[SqliteTransaction, Sequence[Command]], list[Answer]]


@pytest.fixture(params=[alone, run_batch])
def run(request: pytest.FixtureRequest) -> Run:
    found: Run = request.param
    return found


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "ledger.db")) as opened:
        stock(opened, 3, key())
        hold(opened, "p", want(quantity=3), request_id="r")
        yield opened


def late(ledger: SqliteLedger, run: Run, *commands: Command) -> list[Answer | Exception]:
    def work(connection: Any) -> list[Answer | Exception]:
        try:
            return list(run(LateToSee(connection), commands))
        except EngineError as error:
            return [error]

    return ledger._database.write(work)


def again(plan_id: str, request_id: str, quantity: int = 3) -> Hold:
    return Hold(
        now=at(1),
        request_id=request_id,
        plan_id=plan_id,
        rows=(want(quantity=quantity),),
        expire_time=at(100),
        payload=b"p",
        caller_fingerprint=None,
    )


def test_a_request_that_another_server_has_just_answered_gets_that_answer(
    ledger: SqliteLedger, run: Run
) -> None:
    (answer,) = late(ledger, run, again("p", "r"))
    assert isinstance(answer, PlanReply)
    assert answer.replayed
    assert answer.plan == ledger.get_plan("p", now=at(1))


def test_other_content_under_an_id_that_was_just_answered_is_told_so(
    ledger: SqliteLedger, run: Run
) -> None:
    (answer,) = late(ledger, run, again("q", "r", quantity=2))
    assert isinstance(answer, RequestIdReusedError)


def test_a_step_that_another_server_has_just_taken_is_not_refused(
    ledger: SqliteLedger, run: Run
) -> None:
    # Of three units two have left: there is no room for the step as it was asked for.
    name = ledger.commit("p", now=at(2)).plan.rows[0].name
    rows = (RowShare(name, 2),)
    first = ledger.fulfill("p", now=at(3), request_id="f", rows=rows, if_revision=2)
    step = TakeStep(
        now=at(3), request_id="f", step=Step.FULFILL, plan_id="p", rows=rows, if_revision=2
    )
    (answer,) = late(ledger, run, step)
    assert isinstance(answer, PlanReply)
    assert (answer.plan, answer.replayed) == (first.plan, True)


@pytest.mark.parametrize(
    ("plan_id", "error"), [("p", PlanIdTakenError), ("q", InsufficientStockError)]
)
def test_what_is_refused_and_was_never_answered_stays_refused(
    ledger: SqliteLedger, run: Run, plan_id: str, error: type[Exception]
) -> None:
    (answer,) = late(ledger, run, again(plan_id, "s"))
    assert isinstance(answer, error)


def test_of_a_batch_only_the_requests_that_were_answered_are_repeats(ledger: SqliteLedger) -> None:
    step = TakeStep(now=at(1), request_id="t", step=Step.FULFILL, plan_id="p")
    refused, repeated = late(ledger, run_batch, step, again("p", "r"))
    assert isinstance(refused, PlanNotCommittedError)
    assert isinstance(repeated, PlanReply)
    assert repeated.replayed
