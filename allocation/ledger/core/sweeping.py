"""Writing down expiry, and giving what is free to those that wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.ledger.commands import Sweep
from allocation.ledger.core.allotting import Place, find_waiters, settle
from allocation.ledger.core.book import Book
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.level import LevelKey
from allocation.ledger.replies import SweepReply

_MOST_PLACES: Final = 100
"""Places that are settled in one write; the next sweeps go on."""


def sweep(tx: Transaction, command: Sweep) -> SweepReply:
    """Write down the expiry of holds that have run out, oldest ids first.

    Where units wait, what was given back since is theirs before anybody else's: so they
    get what is available at this instant, but for what these holds give back.
    """
    due = tx.due_plans(command.now, command.limit)
    places = _some(tx.places_to_allot(command.now.date()), command) if tx.any_waiting() else []
    waiters = find_waiters(tx, [LevelKey(*place) for place in places], command.now)
    book = Book(tx, command.now, command.request_id)
    book.open([*keys_of(due), *waiters.keys()])
    for plan in due:
        write_expiry(tx, book, plan)
    settled = settle(tx, book, waiters, command.allot_by, reschedule=False)
    book.post()
    expired = tuple(plan.plan_id for plan in due)
    return SweepReply(expired, len(due) == command.limit, settled)


def _some(places: Sequence[Place], command: Sweep) -> Sequence[Place]:
    """Return some of the places, other ones every second, so that each has its turn."""
    if len(places) <= _MOST_PLACES:
        return places
    first = int(command.now.timestamp()) * _MOST_PLACES % len(places)
    return [*places[first:], *places[:first]][:_MOST_PLACES]
