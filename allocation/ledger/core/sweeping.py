"""Writing down expiry, and giving what is free to those that wait for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from allocation.ledger.commands import Sweep
from allocation.ledger.core.allotting import Place, find_waiters, settle
from allocation.ledger.core.book import Book
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.replies import SweepReply
from allocation.ledger.waiting import waiting_key

_MOST_PLACES: Final = 100
"""Places that are settled in one write; the next sweeps go on."""

_GOLDEN: Final = 2_654_435_769
"""The golden ratio's fraction, times 2**32; odd."""


def sweep(tx: Transaction, command: Sweep) -> SweepReply:
    """Write down the expiry of holds that have run out, oldest ids first.

    Where units wait, what was given back since is theirs before anybody else's: so they
    get what is available at this instant, but for what these holds give back. Those behind
    others that gave supply back before are told when theirs comes now.
    """
    places: Sequence[Place] = ()
    late: Sequence[Place] = ()
    if tx.any_waiting():
        places = some_of(tx.places_to_allot(command.now), command)
        late = some_of(tx.places_to_date(), command)
    keys = [LevelKey(*place) for place in sorted({*places, *late})]
    waiters = find_waiters(tx, keys, command.now)
    # After those that are waited for: these are left to whoever has locked them.
    due = tx.due_plans(command.now, command.limit)
    book = Book(tx, command.now, command.request_id)
    book.open([*keys_of(due), *waiters.keys()])
    for plan in due:
        write_expiry(tx, book, plan)
    settled = settle(tx, book, waiters, command.allot_by, reschedule=late)
    for place in late:
        # So that they are told once.
        if book.find(waiting_key(*place)) is not None:
            book.change(waiting_key(*place), ChangeReason.RESCHEDULE, Buckets())
    book.post()
    expired = tuple(plan.plan_id for plan in due)
    return SweepReply(expired, len(due) == command.limit, settled)


def some_of(places: Sequence[Place], command: Sweep) -> Sequence[Place]:
    """Return some of the places, others every second, so that each has its turn.

    Multiples of the golden ratio's fraction lie close to evenly, however far apart in time
    the sweeps are; those of a round number could come back to the same places for ever.
    """
    if len(places) <= _MOST_PLACES:
        return places
    turn = int(command.now.timestamp()) * _GOLDEN % 2**32
    first = turn * len(places) // 2**32
    return [*places[first:], *places[:first]][:_MOST_PLACES]
