"""Setting a lot aside wherever it is."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.errors import InvalidRequestError
from allocation.ledger.commands import Recall
from allocation.ledger.core.book import Book
from allocation.ledger.core.key_check import (
    MOST_COMMENT_CHARACTERS,
    id_violations,
    text_violations,
)
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import Buckets, LevelKey, StockOwner
from allocation.ledger.replies import RecallReply
from routing.counters import EVERYWHERE, is_counter_item, recalled_item
from routing.errors import Violation
from routing.ids import ItemId, LotId


def recall(tx: Transaction, command: Recall) -> RecallReply:
    """Make all units of a lot unavailable at once, and name the plans that have any of it.

    From then on nothing of it can be held or committed, nor of what comes in later; what is
    committed already stays so until its plan is made anew. Where another system owns the figure,
    that system has to set the units aside; the plans are named all the same. Lifting a recall
    gives nothing back: somebody has to say how many units are good.
    """
    _check(command)
    tx.lock_lot(command.item_id, command.lot_id)
    keys = tx.level_keys_of_lot(command.item_id, command.lot_id)
    plans = tx.plans_on(keys) if keys and not command.lift else []
    mark = _mark(command.item_id, command.lot_id)
    book = Book(tx, command.now, command.request_id)
    book.open([*keys, mark])
    book.create([mark])
    if not command.lift:
        # Whoever has held any of it before the levels were locked is to be named, too.
        tx.confirm_lot(keys, [plan.plan_id for plan in plans])
    change = Buckets(on_hand=int(not command.lift) - book.level(mark).buckets.on_hand)
    if change != Buckets():
        book.change(mark, ChangeReason.QUARANTINE, change, comment=command.comment)
    if not command.lift:
        for key in keys:
            _set_aside(book, key, command.comment)
    book.post()
    alive = tuple(plan.plan_id for plan in plans if not plan.is_due(command.now))
    return RecallReply(tuple(book.level(key) for key in keys), alive)


def lots_of(keys: Iterable[LevelKey]) -> set[tuple[ItemId, LotId]]:
    """Return the lots whose levels these are."""
    return {(key.item_id, key.lot_id) for key in keys if key.lot_id is not None}


def recall_marks(keys: Iterable[LevelKey]) -> set[LevelKey]:
    """Return the levels that say whether lots are recalled."""
    return {_mark(*lot) for lot in lots_of(keys)}


def set_recalled_aside(book: Book, keys: Iterable[LevelKey]) -> None:
    """Set aside what has come of lots that are recalled; their marks are open in `book`."""
    for key in keys:
        if key.lot_id is not None and book.find(key) is not None:
            mark = book.find(_mark(key.item_id, key.lot_id))
            if mark is not None and mark.buckets.on_hand > 0:
                _set_aside(book, key, "the lot is recalled")


def _mark(item_id: ItemId, lot_id: LotId) -> LevelKey:
    return LevelKey(recalled_item(item_id), EVERYWHERE, lot_id)


def _set_aside(book: Book, key: LevelKey, comment: str) -> None:
    level = book.level(key)
    left = level.buckets.on_hand - level.buckets.unavailable
    if level.owner is StockOwner.ENGINE and left > 0:
        change = Buckets(unavailable=left)
        book.change(key, ChangeReason.QUARANTINE, change, comment=comment)


def _check(command: Recall) -> None:
    found = id_violations("item_id", command.item_id) + id_violations("lot_id", command.lot_id)
    found += text_violations("comment", command.comment, MOST_COMMENT_CHARACTERS)
    if is_counter_item(command.item_id):
        found.append(Violation("item_id", f"{command.item_id!r} is kept for counting"))
    if found:
        raise InvalidRequestError(found)
