"""Writing down that holds have run out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from allocation.ledger.core.book import Book
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.states import OUTCOMES, HoldState, Step


def keys_of(plans: Iterable[HeldPlan]) -> Iterator[LevelKey]:
    """Yield the level of every row."""
    for plan in plans:
        for row in plan.every_row:
            yield row.key


def as_expired(plan: HeldPlan) -> HeldPlan:
    """Return a plan whose hold has run out, with every held row expired."""
    rows = tuple(_expired(row) for row in plan.rows)
    counted = tuple(_expired(row) for row in plan.counted)
    bare = plan.bare_state if plan.rows else HoldState.EXPIRED
    return plan._replace(rows=rows, revision=plan.revision + 1, bare_state=bare, counted=counted)


def write_expiry(tx: Transaction, book: Book, plan: HeldPlan) -> HeldPlan:
    """Expire a plan that is due and give its stock back; its levels are open in `book`.

    Whoever relies on an expiry writes it down in the same transaction, so that no other
    clock, running behind, can commit the hold afterwards.
    """
    for row in plan.every_row:
        if row.state is HoldState.HELD:
            book.change(
                row.key,
                ChangeReason.EXPIRE,
                Buckets(held=-row.quantity),
                plan_id=plan.plan_id,
                line_id=row.line_id,
            )
    expired = as_expired(plan)
    tx.save_plan(expired)
    return expired


def _expired(row: HeldRow) -> HeldRow:
    outcome = OUTCOMES[Step.EXPIRE][row.state]
    return row._replace(state=outcome) if isinstance(outcome, HoldState) else row
