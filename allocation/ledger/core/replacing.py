"""Letting a new plan take the place of another."""

from __future__ import annotations

from allocation.ledger.commands import Hold
from allocation.ledger.core.book import Book
from allocation.ledger.core.moving import decide, moved
from allocation.ledger.core.targets import whole
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.errors import LedgerPlanError
from allocation.ledger.hold import HeldPlan
from allocation.ledger.states import HoldState, Step


def give_back(
    tx: Transaction, book: Book, plan: HeldPlan, command: Hold
) -> tuple[HoldState, type[LedgerPlanError] | None]:
    """Release what is left of a plan; its levels are open in `book`.

    Returns
    -------
    tuple
        The state in which the plan that takes its place begins, and why it cannot.
    """
    moving, error = decide(Step.REPLACE, whole(plan), named=False)
    if error is not None:
        return plan.state, error
    begins = plan.state
    comment = f"replaced by {command.plan_id}"
    tx.save_plan(moved(book, plan, Step.REPLACE, moving, comment))
    return begins, None
