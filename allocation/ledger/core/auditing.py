"""Comparing levels with their record, and mending them."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.ledger.commands import Compensate
from allocation.ledger.core.book import Book
from allocation.ledger.core.transaction import Record, Transaction
from allocation.ledger.entry import ChangeReason
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.replies import AuditReport, Difference


def report(records: Mapping[LevelKey, Record], *, compensated: bool = False) -> AuditReport:
    """Return what does not add up."""
    ordered = sorted(records, key=lambda key: key.order)
    wrong = [key for key in ordered if not records[key].is_clean]
    return AuditReport(
        len(records),
        tuple(_difference(key, records[key], compensated=compensated) for key in wrong),
    )


def compensate(tx: Transaction, command: Compensate) -> AuditReport:
    """Write one compensating entry per level that differs, and set the level right."""
    suspect = [key for key, found in tx.records(command.item_ids).items() if not found.is_clean]
    book = Book(tx, command.now, command.request_id)
    book.open(suspect)
    book.create(suspect)
    # Now that they are locked, what is read of them is final.
    records = tx.records(command.item_ids)
    final = {key: records[key] for key in suspect if key in records}
    result = report(final, compensated=True)
    for difference in result.differences:
        _mend(book, difference)
    book.post()
    return AuditReport(len(records), result.differences)


def _mend(book: Book, difference: Difference) -> None:
    # The entry mends the record; the level itself may differ by something else.
    book.change(difference.key, ChangeReason.COMPENSATE, difference.proposed)
    mended = book.level(difference.key)
    book.put(mended._replace(buckets=difference.recomputed))


def _difference(key: LevelKey, record: Record, *, compensated: bool) -> Difference:
    return Difference(
        key,
        record.stored if record.stored is not None else Buckets(),
        record.recomputed,
        record.recomputed - record.entries,
        compensated,
    )
