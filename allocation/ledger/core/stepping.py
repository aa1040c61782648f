"""Taking a plan through its states: commit, extend, release, fulfill."""

from __future__ import annotations

from dataclasses import dataclass, replace

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import TakeStep
from allocation.ledger.core.book import Book
from allocation.ledger.core.commit_check import commit_shortages
from allocation.ledger.core.effects import EFFECTS
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.key_check import (
    MOST_COMMENT_CHARACTERS,
    id_violations,
    text_violations,
)
from allocation.ledger.core.targets import targets_of
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.errors import (
    EtagMismatchError,
    InsufficientStockError,
    LedgerPlanError,
    PlanNotFoundError,
    invalid,
)
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.replies import PlanReply
from allocation.ledger.states import OUTCOMES, REPEAT, HoldState, Step


@dataclass(frozen=True, slots=True)
class Refused:
    """The write is refused, but what it wrote until then (an expiry) stays."""

    error: LedgerPlanError


def take_step(tx: Transaction, command: TakeStep) -> PlanReply | Refused:
    """Move the rows that the command names from state to state, all or none."""
    _check(command)
    plan = None if id_violations("", command.plan_id) else tx.plan(command.plan_id)
    if plan is None:
        raise PlanNotFoundError(command.plan_id)
    if command.if_revision is not None and command.if_revision != plan.revision:
        raise EtagMismatchError(plan.plan_id, command.if_revision, plan.revision)
    book = Book(tx, command.now, command.request_id)
    chosen = targets_of(plan, command)
    book.open(keys_of([plan]))
    if plan.is_due(command.now):
        plan = write_expiry(tx, book, plan)
        chosen = targets_of(plan, command)
    moving, error = _decide(command, chosen)
    if error is not None:
        book.post()
        return Refused(error(plan.plan_id))
    if moving:
        plan = _move(tx, book, plan, moving, command)
    book.post()
    return PlanReply(plan)


def _decide(
    command: TakeStep, chosen: tuple[HeldRow, ...]
) -> tuple[tuple[HeldRow, ...], type[LedgerPlanError] | None]:
    """Return the rows that move, or the error of the most alive row that cannot."""
    table = OUTCOMES[command.step]
    order = list(HoldState)
    moving = tuple(row for row in chosen if isinstance(table[row.state], HoldState))
    refused = sorted(
        (row.state for row in chosen if isinstance(table[row.state], type)), key=order.index
    )
    repeated = any(table[row.state] is REPEAT for row in chosen)
    named = bool(command.lines or command.rows)
    if refused and (named or not (moving or repeated)):
        outcome = table[refused[0]]
        if isinstance(outcome, type):
            return (), outcome
    return moving, None


def _move(
    tx: Transaction,
    book: Book,
    plan: HeldPlan,
    moving: tuple[HeldRow, ...],
    command: TakeStep,
) -> HeldPlan:
    if command.step is Step.COMMIT:
        shortages = commit_shortages(book, moving)
        if shortages:
            raise InsufficientStockError(shortages)
    effect = EFFECTS.get(command.step)
    moved = {}
    for row in moving:
        if effect is not None:
            moved[row.name] = effect(book, plan.plan_id, row, command)
    after = replace(
        plan,
        rows=tuple(moved.get(row.name, row) for row in plan.rows),
        expire_time=command.expire_time or plan.expire_time,
        revision=plan.revision + 1,
    )
    tx.save_plan(after)
    return after


def _check(command: TakeStep) -> None:
    if command.step is Step.EXTEND and (
        command.expire_time is None or command.expire_time <= command.now
    ):
        raise invalid("expire_time", "is not after now; let the hold last a while")
    found = text_violations("comment", command.comment, MOST_COMMENT_CHARACTERS)
    if found:
        raise InvalidRequestError(found)
