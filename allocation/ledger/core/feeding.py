"""Taking a feed."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.ledger.commands import ClearLevels, SetLevels
from allocation.ledger.core.allotting import find_waiters, settle
from allocation.ledger.core.book import Book
from allocation.ledger.core.fed_units import fed_units
from allocation.ledger.core.feed_check import (
    NOTHING_MORE,
    CheckedRow,
    checked_rows,
    left_out,
    zero_rows,
)
from allocation.ledger.core.recalling import lots_of, recall_marks, set_recalled_aside
from allocation.ledger.core.transaction import Since, Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.feed import FeedKind, LevelRow, RowError
from allocation.ledger.level import Buckets, Incoming, Level, LevelKey, StockOwner
from allocation.ledger.replies import FeedReply

_NOTHING = Since()


def set_levels(tx: Transaction, command: SetLevels) -> FeedReply:
    """Set levels to the figures of a feed; rows that cannot be taken are reported.

    A figure is what was true when it was observed. What the ledger knows to have happened
    since is applied on top of it, so that a late figure undoes nothing, and a figure older
    than the one that a level has is refused.
    """
    rows, errors = checked_rows(command)
    if command.kind is FeedKind.FULL:
        locations = sorted({row.key.location_id for row in command.rows})
        rows.update(left_out(command, tx.level_keys_at(locations)))
    return _take_all(tx, command, rows, errors)


def clear_levels(tx: Transaction, command: ClearLevels) -> FeedReply:
    """Set levels to zero that a full feed left out; those with a newer figure stay."""
    observed = min(command.observed_time, command.now)
    return _take_all(tx, command, zero_rows(command.keys, observed), [])


def _take_all(
    tx: Transaction,
    command: SetLevels | ClearLevels,
    rows: dict[LevelKey, CheckedRow],
    errors: list[RowError],
) -> FeedReply:
    tx.take_turns_with_recalls(lots_of(rows))
    waiters = find_waiters(tx, rows, command.now)
    book = Book(tx, command.now, command.request_id)
    book.open([*rows, *waiters.keys(), *recall_marks(rows)])
    book.create(rows)
    rows = _without_stale(book, rows, errors)
    units = fed_units(tx, command.now, rows)
    if units is not None:
        rows = units.without_promised(errors)
    since = _since(tx, book, rows, command.owner)
    is_engine = command.owner is StockOwner.ENGINE
    for key, row in rows.items():
        if is_engine and key not in since and _is_plain(book.level(key), row):
            _take_plain(book, key, row)
        else:
            _take(book, row, command.owner, since.get(key))
    if units is not None:
        units.place(since)
    set_recalled_aside(book, rows)
    settled = settle(tx, book, waiters, command.allot_by)
    book.post()
    accepted = sum(1 for row in rows.values() if row.row is not None)
    return FeedReply(accepted, tuple(sorted(errors, key=lambda error: error.row)), settled)


def _since(
    tx: Transaction, book: Book, rows: Mapping[LevelKey, CheckedRow], owner: StockOwner
) -> dict[LevelKey, Since]:
    """Return what happened after each figure about which the record has to be asked.

    Of the others nothing happened since, and what counts goes on counting.
    """
    marks = {}
    for key, row in rows.items():
        level = book.level(key)
        late = level.update_time > row.observed_time
        if not book.is_new(key) and (late or level.owner is not owner):
            marks[key] = row.observed_time
    found = tx.since(marks) if marks else {}
    return {key: found.get(key, _NOTHING) for key in marks}


def _without_stale(
    book: Book, rows: Mapping[LevelKey, CheckedRow], errors: list[RowError]
) -> dict[LevelKey, CheckedRow]:
    fresh = {}
    for key, row in rows.items():
        newest = book.level(key).observed_time
        if newest is None or row.observed_time >= newest:
            fresh[key] = row
        elif row.row is not None:
            message = (
                f"observed {row.observed_time.isoformat()}, but {key} has a figure observed "
                f"{newest.isoformat()}; an older figure is not taken"
            )
            errors.append(RowError(row.row, "observed_time", message))
    return fresh


def _is_plain(level: Level, row: CheckedRow) -> bool:
    """Say whether a figure of what is on hand is all there is, before and after."""
    return (
        row.row is not None
        and row.figure[2:] == NOTHING_MORE
        and not level.incoming
        and level.expiry_date is None
        and level.received_date is None
    )


def _take_plain(book: Book, key: LevelKey, row: CheckedRow) -> None:
    """Do what `_take` does, for nearly every row of a large feed."""
    level = book.level(key)
    on_hand, *others = level.buckets
    came = row.figure.quantity - on_hand
    if came or book.is_new(key):
        updated = max(level.update_time, book.now)
        buckets = Buckets(row.figure.quantity, *others)
        book.put(Level(key, StockOwner.ENGINE, buckets, updated, (), row.observed_time))
        book.note(key, ChangeReason.FEED, Buckets(came))
    else:
        book.put(level._replace(observed_time=row.observed_time))


def _take(book: Book, row: CheckedRow, owner: StockOwner, since: Since | None) -> None:
    number, figure, observed_time = row
    key, incoming = figure.key, figure.incoming
    level = book.level(key)
    before = level.buckets
    if since is None:
        since = Since(committed=before.committed) if before.committed else _NOTHING
    buckets = _buckets(before, figure, owner, since)
    # A feed that leaves a lot out says nothing about its dates.
    lot = level if number is None else figure
    said = (owner, _sorted(incoming) if incoming else (), lot.expiry_date, lot.received_date)
    differs = (
        buckets != before
        or said != (level.owner, level.incoming, level.expiry_date, level.received_date)
        or book.is_new(key)
    )
    updated = max(level.update_time, book.now) if differs else level.update_time
    book.put(Level(key, owner, buckets, updated, said[1], observed_time, *said[2:]))
    if differs:
        book.note(key, ChangeReason.FEED, buckets - before)


def _buckets(before: Buckets, figure: LevelRow, owner: StockOwner, since: Since) -> Buckets:
    unavailable = before.unavailable
    if figure.unavailable is not None:
        # What was restored since may not have been in the figure.
        unavailable = max(0, figure.unavailable + since.unavailable)
    safety_stock = before.safety_stock if figure.safety_stock is None else figure.safety_stock
    if owner is StockOwner.ENGINE:
        on_hand = figure.quantity + since.on_hand - since.fulfilled_since
        committed = since.committed
    else:
        on_hand = figure.quantity + unavailable - since.committed_then_fulfilled
        committed = since.committed_since
    return Buckets(on_hand, unavailable, before.held, committed, safety_stock)


def _sorted(incoming: tuple[Incoming, ...]) -> tuple[Incoming, ...]:
    return tuple(sorted(incoming, key=lambda supply: (supply.expected_time, supply.quantity)))
