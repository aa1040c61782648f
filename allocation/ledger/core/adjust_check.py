"""Which adjustments can be applied."""

from __future__ import annotations

from collections.abc import Sequence

from allocation.errors import InvalidRequestError
from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.core.book import Book
from allocation.ledger.core.figure_check import figure_violations
from allocation.ledger.core.key_check import (
    MOST_COMMENT_CHARACTERS,
    key_violations,
    text_violations,
)
from allocation.ledger.core.scanning import serial_violations
from allocation.ledger.level import StockOwner
from routing.errors import Violation


def check_adjustments(adjustments: Sequence[Adjustment]) -> None:
    """Raise `InvalidRequestError` with everything that is wrong by itself."""
    found = [] if adjustments else [Violation("adjustments", "there are none")]
    for index, adjustment in enumerate(adjustments):
        path = f"adjustments[{index}]"
        found.extend(violation.under(path) for violation in _violations(adjustment))
    if found:
        raise InvalidRequestError(found)


def check_owners(book: Book, adjustments: Sequence[Adjustment]) -> None:
    """Raise `InvalidRequestError` where another system owns a level that is adjusted."""
    found = []
    for index, adjustment in enumerate(adjustments):
        for key in (adjustment.key, adjustment.to_key):
            level = None if key is None else book.find(key)
            if level is not None and level.owner is StockOwner.MIRROR:
                message = f"{key} mirrors another system; record it there"
                found.append(Violation(f"adjustments[{index}]", message))
    if found:
        raise InvalidRequestError(found)


def _violations(adjustment: Adjustment) -> list[Violation]:
    found = key_violations(adjustment.key)
    found += text_violations("comment", adjustment.comment, MOST_COMMENT_CHARACTERS)
    least = 0 if adjustment.kind is AdjustmentKind.COUNT else 1
    found += figure_violations("quantity", adjustment.quantity, least)
    found += serial_violations("serials", adjustment.serials, adjustment.quantity)
    if adjustment.is_expected and adjustment.kind is not AdjustmentKind.RECEIVE:
        found.append(Violation("is_expected", "is for units that come in only"))
    found += _date_violations(adjustment)
    to_key = adjustment.to_key
    if adjustment.kind is not AdjustmentKind.TRANSFER:
        if to_key is not None:
            found.append(Violation("to_location_id", "is for transfers only"))
    elif to_key is None:
        found.append(Violation("to_location_id", "is missing; say where the units went"))
    elif to_key == adjustment.key:
        found.append(Violation("to_location_id", "is where the units came from"))
    else:
        found.extend(v for v in key_violations(to_key) if v not in found)
    return found


def _date_violations(adjustment: Adjustment) -> list[Violation]:
    found = []
    arrival = adjustment.arrival_time
    if arrival is not None and adjustment.kind is not AdjustmentKind.TRANSFER:
        found.append(Violation("arrival_time", "is for transfers only"))
    elif arrival is not None and arrival.utcoffset() is None:
        found.append(Violation("arrival_time", "has no time zone"))
    for path in ("expiry_date", "received_date"):
        if getattr(adjustment, path) is None:
            continue
        if adjustment.kind is not AdjustmentKind.RECEIVE:
            found.append(Violation(path, "is for units that come in only"))
        elif adjustment.key.lot_id is None:
            found.append(Violation(path, "is that of a lot; say which"))
    return found
