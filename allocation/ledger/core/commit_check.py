"""Whether what a plan holds is still there when it is committed."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.ledger.core.book import Book
from allocation.ledger.errors import Shortage
from allocation.ledger.hold import HeldRow
from allocation.ledger.level import LevelKey, StockOwner


def commit_shortages(book: Book, rows: Iterable[HeldRow]) -> tuple[Shortage, ...]:
    """Return the levels that can no longer supply the rows.

    A feed or a count may have lowered on hand below what is held. Then the first to commit
    are served: safety stock and other holds do not stand in the way, unusable units and
    other commitments do. Mirrored levels are not checked: the other system may have
    reserved the units for this very commitment, and its figure may say so already. What waits
    has nothing to be missing.
    """
    sums: dict[LevelKey, int] = {}
    for row in (row for row in rows if not row.is_waiting):
        sums[row.key] = sums.get(row.key, 0) + row.quantity
    found = []
    for key, quantity in sums.items():
        level = book.level(key)
        there = level.buckets.on_hand - level.buckets.unavailable - level.buckets.committed
        if level.owner is StockOwner.ENGINE and quantity > there:
            found.append(Shortage(key, quantity, max(0, there)))
    return tuple(sorted(found, key=lambda shortage: shortage.key.order))
