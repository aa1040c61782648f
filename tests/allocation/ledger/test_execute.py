"""One write, once per request id, also when another server is at work on the same request."""

from __future__ import annotations

import pytest

from allocation.ledger.commands import Hold
from allocation.ledger.conformance.scene import at, hold, key, stock, want
from allocation.ledger.core.execute import execute
from allocation.ledger.core.transaction import StoredAnswer
from allocation.ledger.errors import InsufficientStockError, PlanIdTakenError
from allocation.ledger.memory import MemoryLedger
from allocation.ledger.memory.transaction import MemoryTransaction
from allocation.ledger.replies import PlanReply


class LateToSee(MemoryTransaction):
    """Does not see an answer when it first looks, as if it was being written just then."""

    looked = False

    def answer(self, request_id: str) -> StoredAnswer | None:
        found = super().answer(request_id) if self.looked else None
        self.looked = True
        return found


def again(plan_id: str, request_id: str) -> Hold:
    return Hold(
        now=at(1),
        request_id=request_id,
        plan_id=plan_id,
        rows=(want(quantity=3),),
        expire_time=at(100),
        payload=b"p",
    )


def test_a_request_that_another_server_has_just_answered_gets_that_answer() -> None:
    ledger = MemoryLedger()
    stock(ledger, 3, key())
    hold(ledger, "p", want(quantity=3), request_id="r")
    outcome = execute(LateToSee(ledger._state), again("p", "r"))
    assert isinstance(outcome, PlanReply)
    assert outcome.replayed


@pytest.mark.parametrize(
    ("plan_id", "error"), [("p", PlanIdTakenError), ("q", InsufficientStockError)]
)
def test_what_is_refused_and_was_never_answered_stays_refused(
    plan_id: str, error: type[Exception]
) -> None:
    ledger = MemoryLedger()
    stock(ledger, 3, key())
    hold(ledger, "p", want(quantity=3), request_id="r")
    with pytest.raises(error):
        execute(LateToSee(ledger._state), again(plan_id, "s"))
