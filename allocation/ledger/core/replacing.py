"""Letting a new plan take the place of another."""

from __future__ import annotations

from allocation.ledger.commands import Hold
from allocation.ledger.core.book import Book
from allocation.ledger.core.capacity import followed
from allocation.ledger.core.moving import decide, decide_bare, moved
from allocation.ledger.core.targets import whole
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import LedgerPlanError
from allocation.ledger.hold import HeldPlan, Replaced
from allocation.ledger.level import Buckets, StockOwner
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
    state = None
    if not plan.rows:
        state, error = decide_bare(Step.REPLACE, plan)
    if error is not None:
        return plan.state, error
    begins = plan.state
    comment = f"replaced by {command.plan_id}"
    after = moved(book, plan, Step.REPLACE, moving, comment)
    after = after._replace(bare_state=state or after.bare_state, replaced_by=command.plan_id)
    tx.save_plan(followed(book, after, comment))
    return begins, None


def set_aside(book: Book, replaced: Replaced) -> None:
    """Make unavailable what was looked for and not found, where the ledger owns the figure.

    Elsewhere the other system finds out by itself, and its next figure says so.
    """
    for key, quantity in replaced.short:
        level = book.level(key)
        there = max(0, level.buckets.on_hand - level.buckets.unavailable)
        if level.owner is StockOwner.ENGINE and there:
            book.change(
                key,
                ChangeReason.QUARANTINE,
                Buckets(unavailable=min(quantity, there)),
                plan_id=replaced.plan_id,
                comment="not found when it was to be picked",
            )
