"""What each step does to a row and to its level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from allocation.ledger.core.book import Book
from allocation.ledger.core.counting import counts
from allocation.ledger.entry import ChangeReason
from allocation.ledger.hold import HeldRow
from allocation.ledger.level import Buckets
from allocation.ledger.states import HoldState, Step

Effect = Callable[[Book, str, HeldRow, str], HeldRow]
"""Takes the levels, the plan's id, the row and a comment; returns the row afterwards."""


def _commit(book: Book, plan_id: str, row: HeldRow, comment: str) -> HeldRow:
    counted = row.quantity if counts(book.level(row.key), book.now) else 0
    change = Buckets(held=-row.quantity, committed=counted)
    _note(book, plan_id, row, comment, ChangeReason.COMMIT, change)
    return row._replace(state=HoldState.COMMITTED, commit_time=book.now)


def _release(book: Book, plan_id: str, row: HeldRow, comment: str) -> HeldRow:
    if row.state is HoldState.HELD:
        change = Buckets(held=-row.quantity)
    else:
        change = Buckets(committed=-_counted(book, row))
    _note(book, plan_id, row, comment, ChangeReason.RELEASE, change)
    return row._replace(state=HoldState.RELEASED)


def _fulfill(book: Book, plan_id: str, row: HeldRow, comment: str) -> HeldRow:
    counted = _counted(book, row)
    change = Buckets(on_hand=-counted, committed=-counted)
    _note(book, plan_id, row, comment, ChangeReason.FULFILL, change)
    return row._replace(state=HoldState.FULFILLED, fulfill_time=book.now)


def _counted(book: Book, row: HeldRow) -> int:
    if row.commit_time is None:
        return 0
    return row.quantity if counts(book.level(row.key), row.commit_time) else 0


def _note(
    book: Book, plan_id: str, row: HeldRow, comment: str, reason: ChangeReason, change: Buckets
) -> None:
    book.change(row.key, reason, change, plan_id=plan_id, line_id=row.line_id, comment=comment)


EFFECTS: Final[Mapping[Step, Effect]] = MappingProxyType(
    {
        Step.COMMIT: _commit,
        Step.RELEASE: _release,
        Step.FULFILL: _fulfill,
        Step.REPLACE: _release,
    }
)
"""Steps that change levels; EXTEND moves the expiry and nothing else."""
