"""Recording what happened at locations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.commands import Adjust
from allocation.ledger.core.adjust_check import check_adjustments, check_owners
from allocation.ledger.core.allotting import find_waiters, settle
from allocation.ledger.core.book import Book
from allocation.ledger.core.expiring import keys_of, write_expiry
from allocation.ledger.core.placing import move_serials
from allocation.ledger.core.recalling import lots_of, recall_marks, set_recalled_aside
from allocation.ledger.core.taking import limit_of
from allocation.ledger.core.transaction import Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import TakesTooMuch, TakesTooMuchError
from allocation.ledger.level import Buckets, Incoming, LevelKey
from allocation.ledger.replies import AdjustReply

Act = Callable[[Book, Adjustment], None]


def adjust(tx: Transaction, command: Adjust) -> AdjustReply:
    """Apply adjustments in their order, all or none."""
    check_adjustments(command.adjustments)
    keys = _keys(command)
    tx.take_turns_with_recalls(lots_of(keys))
    tx.lock_plans(keys, command.now)
    due = tx.due_plans_on(keys, command.now)
    waiters = find_waiters(tx, keys, command.now)
    book = Book(tx, command.now, command.request_id)
    expecting = [key for one in command.adjustments for key in _expecting(one)]
    book.open([*keys, *expecting, *keys_of(due), *waiters.keys(), *recall_marks(keys)])
    check_owners(book, command.adjustments)
    for plan in due:
        write_expiry(tx, book, plan)
    book.create(_receiving(command))
    check_owners(book, command.adjustments)
    on_hand = {key: book.level(key).buckets.on_hand for key in keys if book.find(key) is not None}
    _act(book, command.adjustments)
    # What is restored is good, recalled or not.
    set_recalled_aside(book, _receiving(command))
    # Holds that have run out here free their units when the write ends, not before.
    move_serials(tx, command.now, command.adjustments, on_hand)
    settled = settle(tx, book, waiters, command.allot_by)
    book.post()
    return AdjustReply(tuple(book.level(key) for key in keys), settled)


def _act(book: Book, adjustments: Sequence[Adjustment]) -> None:
    """Apply adjustments one after the other.

    Raises
    ------
    TakesTooMuchError
        With the first that takes too much of each level, from its units or for them.
    """
    wrong: list[TakesTooMuch] = []
    unsure: set[LevelKey] = set()
    for index, one in enumerate(adjustments):
        touched = {one.key} if one.to_key is None else {one.key, one.to_key}
        if not touched.isdisjoint(unsure):
            # What is there depends on what was refused.
            unsure |= touched
            continue
        limit = limit_of(one, _buckets(book, one.key))
        if limit is None or one.quantity <= limit.most:
            _ACTS[one.kind](book, one)
        else:
            path = f"adjustments[{index}]"
            there = max(0, limit.most)
            wrong.append(
                TakesTooMuch(path, one.key, one.quantity, there, limit.of_what, limit.way_out)
            )
            unsure |= touched
    if wrong:
        raise TakesTooMuchError(wrong)


def _receive(book: Book, adjustment: Adjustment) -> None:
    change = Buckets(on_hand=adjustment.quantity)
    book.change(adjustment.key, ChangeReason.RECEIVE, change, comment=adjustment.comment)
    _date(book, adjustment.key, adjustment.expiry_date, adjustment.received_date)
    _take_off_the_way(book, adjustment)


def _take_off_the_way(book: Book, adjustment: Adjustment) -> None:
    """Lower what is on its way to the level, and then what is told without a lot."""
    quantity = adjustment.quantity
    for key in _expecting(adjustment):
        level = book.find(key)
        if level is not None and level.incoming and quantity:
            left, over = _without(level.incoming, quantity)
            if key != adjustment.key:
                comment = f"{quantity - over} of what was expected came as {adjustment.key.lot_id}"
                book.change(key, ChangeReason.RECEIVE, Buckets(), comment=comment)
            book.put(book.level(key)._replace(incoming=left))
            quantity = over


def _expecting(adjustment: Adjustment) -> tuple[LevelKey, ...]:
    """Return the levels whose supply came with this: few know a lot before it comes."""
    key = adjustment.key
    if not adjustment.is_expected:
        return ()
    return (key,) if key.lot_id is None else (key, key._replace(lot_id=None))


def _without(incoming: Iterable[Incoming], quantity: int) -> tuple[tuple[Incoming, ...], int]:
    """Return what is still on its way once so many units have come, the earliest first.

    Returns
    -------
    tuple
        The supply that is left, and how many units belong to none of it.
    """
    left = []
    for supply in incoming:
        came = min(quantity, supply.quantity)
        quantity -= came
        if came < supply.quantity:
            left.append(supply._replace(quantity=supply.quantity - came))
    return tuple(left), quantity


def _count(book: Book, adjustment: Adjustment) -> None:
    level = book.level(adjustment.key)
    change = Buckets(on_hand=adjustment.quantity - level.buckets.on_hand)
    book.change(adjustment.key, ChangeReason.COUNT, change, comment=adjustment.comment)
    counted = book.level(adjustment.key)
    newest = max(book.now, level.observed_time or book.now)
    book.put(counted._replace(observed_time=newest))


def _set_aside(book: Book, adjustment: Adjustment) -> None:
    reason = ChangeReason(adjustment.kind.value)
    change = Buckets(unavailable=adjustment.quantity)
    book.change(adjustment.key, reason, change, comment=adjustment.comment)


def _restore(book: Book, adjustment: Adjustment) -> None:
    change = Buckets(unavailable=-adjustment.quantity)
    book.change(adjustment.key, ChangeReason.RESTORE, change, comment=adjustment.comment)


def _write_off(book: Book, adjustment: Adjustment) -> None:
    change = Buckets(on_hand=-adjustment.quantity, unavailable=-adjustment.quantity)
    book.change(adjustment.key, ChangeReason.WRITE_OFF, change, comment=adjustment.comment)


def _transfer(book: Book, adjustment: Adjustment) -> None:
    out = Buckets(on_hand=-adjustment.quantity)
    book.change(adjustment.key, ChangeReason.TRANSFER_OUT, out, comment=adjustment.comment)
    if adjustment.to_key is not None:
        _let_in(book, adjustment, adjustment.to_key)


def _let_in(book: Book, adjustment: Adjustment, key: LevelKey) -> None:
    """Let units of a transfer come in, now or when they arrive; a lot keeps its dates."""
    quantity, arrives, comment = adjustment.quantity, adjustment.arrival_time, adjustment.comment
    if arrives is None:
        into = Buckets(on_hand=quantity)
        book.change(key, ChangeReason.TRANSFER_IN, into, comment=comment)
    else:
        on_the_way = f"{quantity} on the way, expected {arrives.isoformat()}"
        comment = f"{on_the_way}; {comment}" if comment else on_the_way
        book.change(key, ChangeReason.TRANSFER_IN, Buckets(), comment=comment)
        level = book.level(key)
        coming = sorted(
            (*level.incoming, Incoming(quantity, arrives)),
            key=lambda supply: (supply.expected_time, supply.quantity),
        )
        book.put(level._replace(incoming=tuple(coming)))
    source, level = book.level(adjustment.key), book.level(key)
    _date(
        book,
        key,
        level.expiry_date or source.expiry_date,
        level.received_date or source.received_date,
    )


def _date(book: Book, key: LevelKey, expiry: date | None, received: date | None) -> None:
    """Note the dates of a lot that are told."""
    if expiry or received:
        level = book.level(key)
        told = (expiry or level.expiry_date, received or level.received_date)
        book.put(level._replace(expiry_date=told[0], received_date=told[1]))


_ACTS: Final[Mapping[AdjustmentKind, Act]] = MappingProxyType(
    {
        AdjustmentKind.RECEIVE: _receive,
        AdjustmentKind.COUNT: _count,
        AdjustmentKind.DAMAGE: _set_aside,
        AdjustmentKind.QUARANTINE: _set_aside,
        AdjustmentKind.RESTORE: _restore,
        AdjustmentKind.WRITE_OFF: _write_off,
        AdjustmentKind.TRANSFER: _transfer,
    }
)


def _buckets(book: Book, key: LevelKey) -> Buckets:
    level = book.find(key)
    return Buckets() if level is None else level.buckets


def _keys(command: Adjust) -> list[LevelKey]:
    keys = {adjustment.key for adjustment in command.adjustments}
    keys |= {a.to_key for a in command.adjustments if a.to_key is not None}
    return sorted(keys, key=lambda key: key.order)


def _receiving(command: Adjust) -> set[LevelKey]:
    grows = (AdjustmentKind.RECEIVE, AdjustmentKind.COUNT)
    keys = {a.key for a in command.adjustments if a.kind in grows}
    return keys | {a.to_key for a in command.adjustments if a.to_key is not None}
