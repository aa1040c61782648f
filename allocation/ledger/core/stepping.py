"""Taking a plan through its states: commit, extend, release, fulfill."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.core.book import Book
from allocation.ledger.core.capacity import followed
from allocation.ledger.core.commit_check import commit_shortages
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.finding import find_plan
from allocation.ledger.core.key_check import (
    MOST_COMMENT_CHARACTERS,
    id_violations,
    text_violations,
)
from allocation.ledger.core.lot_swap import picked_keys, swap_lots
from allocation.ledger.core.moving import decide, decide_bare, moved
from allocation.ledger.core.outcome import Refused
from allocation.ledger.core.stale import check_revision, check_still_idle
from allocation.ledger.core.targets import Target, leaving, targets_of
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.core.turning import keys_elsewhere, turn_mirrored
from allocation.ledger.errors import InsufficientStockError, PlanReplacedError, invalid
from allocation.ledger.hold import HeldPlan
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import HoldState, Step


def take_step(tx: Transaction, command: TakeStep) -> PlanReply | Refused:
    """Move the rows that the command names from state to state, all or none."""
    _check(command)
    seen = plan = find_plan(tx, command.plan_id)
    check_revision(plan, command)
    book = Book(tx, command.now, command.request_id)
    chosen = targets_of(plan, command)
    elsewhere = keys_elsewhere(plan) if command.step is Step.FULFILL else set()
    if _was_taken_over(plan, command, chosen):
        raise PlanReplacedError(plan.plan_id, plan.replaced_by)
    book.open([*keys_of([plan]), *picked_keys(command), *elsewhere])
    if plan.is_due(command.now):
        plan = write_expiry(tx, book, plan)
        chosen = targets_of(plan, command)
    found = plan
    if command.step is Step.FULFILL:
        plan, chosen = turn_mirrored(book, plan, chosen)
        chosen = leaving(plan, chosen, command)
    moving, error = decide(command.step, chosen, named=bool(command.lines or command.rows))
    state = None
    if not plan.rows and not command.nothing:
        state, error = decide_bare(command.step, plan)
    if error is not None and plan is not found:
        # Units have been turned into stock that do not leave after all.
        raise error(plan.plan_id)
    if error is not None:
        book.post()
        return Refused(error(plan.plan_id))
    if moving or state is not None:
        check_still_idle(seen, command)
        if command.step is Step.COMMIT:
            shortages = commit_shortages(book, [one.row for one in moving])
            if shortages:
                raise InsufficientStockError(shortages)
        swap_lots(book, plan.plan_id, moving)
        plan = moved(book, plan, command.step, moving, command.comment)
        plan = plan._replace(
            expire_time=command.expire_time or plan.expire_time,
            bare_state=state or plan.bare_state,
        )
        plan = followed(book, plan, command.comment)
        tx.save_plan(plan)
    book.post()
    return PlanReply(plan)


def _was_taken_over(plan: HeldPlan, command: TakeStep, chosen: Sequence[Target]) -> bool:
    """Say whether a step is about units that another plan has now, or its stock."""
    if not plan.replaced_by or command.nothing:
        return False
    return not plan.rows or any(one.row.state is HoldState.RELEASED for one in chosen)


def _check(command: TakeStep) -> None:
    if command.step is not Step.FULFILL and any(
        row.serials or row.picked_lot_id for row in command.rows
    ):
        raise invalid("rows", "serials and picked lots are for what leaves")
    if command.step is Step.EXTEND and (
        command.expire_time is None or command.expire_time <= command.now
    ):
        raise invalid("expire_time", "is not after now; let the hold last a while")
    found = [
        violation.under(f"rows[{index}]")
        for index, row in enumerate(command.rows)
        if row.picked_lot_id is not None
        for violation in id_violations("picked_lot_id", row.picked_lot_id)
    ]
    if command.comment:
        found += text_violations("comment", command.comment, MOST_COMMENT_CHARACTERS)
    if found:
        raise InvalidRequestError(found)
