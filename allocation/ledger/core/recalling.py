"""Setting a lot aside wherever it is."""

from __future__ import annotations

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
from allocation.ledger.level import Buckets, StockOwner
from allocation.ledger.replies import RecallReply
from routing.counters import is_counter_item
from routing.errors import Violation


def recall(tx: Transaction, command: Recall) -> RecallReply:
    """Make all units of a lot unavailable at once, and name the plans that have any of it.

    From then on nothing of it can be held or committed; what is committed already stays so
    until its plan is made anew. Where another system owns the figure, that system has to set
    the units aside; the plans are named all the same.
    """
    _check(command)
    keys = tx.level_keys_of_lot(command.item_id, command.lot_id)
    plans = tx.plans_on(keys) if keys else []
    book = Book(tx, command.now, command.request_id)
    book.open(keys)
    for key in keys:
        level = book.level(key)
        left = level.buckets.on_hand - level.buckets.unavailable
        if level.owner is StockOwner.ENGINE and left > 0:
            change = Buckets(unavailable=left)
            book.change(key, ChangeReason.QUARANTINE, change, comment=command.comment)
    book.post()
    alive = tuple(plan.plan_id for plan in plans if not plan.is_due(command.now))
    return RecallReply(tuple(book.level(key) for key in keys), alive)


def _check(command: Recall) -> None:
    found = id_violations("item_id", command.item_id) + id_violations("lot_id", command.lot_id)
    found += text_violations("comment", command.comment, MOST_COMMENT_CHARACTERS)
    if is_counter_item(command.item_id):
        found.append(Violation("item_id", f"{command.item_id!r} is kept for counting"))
    if found:
        raise InvalidRequestError(found)
