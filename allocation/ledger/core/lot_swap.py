"""Units that were picked from another lot than the one that was held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocation.ledger.commands import TakeStep
from allocation.ledger.core.book import Book
from allocation.ledger.core.targets import Target
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import InsufficientStockError, Shortage
from allocation.ledger.hold import RowName
from allocation.ledger.level import Buckets, LevelKey, StockOwner
from routing.ids import LotId


def picked_keys(command: TakeStep) -> list[LevelKey]:
    """Return the levels of lots that were picked in place of others."""
    return [_key(row.name, row.picked_lot_id) for row in command.rows if row.picked_lot_id]


def swap_lots(book: Book, plan_id: str, moving: Iterable[Target]) -> None:
    """Let units of the picked lots and of the planned ones change places in the record.

    The planned lot then loses its units to the plan, as with any other pick, and later
    figures of both lots come out right. Where another system owns a figure it finds out by
    itself.

    Raises
    ------
    InsufficientStockError
        The picked lot has fewer units that are neither set aside nor committed to others.
    """
    swaps = [one for one in moving if one.picked_lot_id is not None]
    _check(book, swaps)
    for one in swaps:
        planned, picked = one.row.key, _key(one.row.name, one.picked_lot_id)
        owners = {book.level(key).owner for key in (planned, picked)}
        if owners == {StockOwner.ENGINE}:
            comment = f"lot {picked.lot_id} was picked for lot {planned.lot_id or 'none'}"
            for key, reason, sign in (
                (picked, ChangeReason.TRANSFER_OUT, -1),
                (planned, ChangeReason.TRANSFER_IN, 1),
            ):
                change = Buckets(on_hand=sign * one.quantity)
                line_id = one.row.line_id
                book.change(key, reason, change, plan_id=plan_id, line_id=line_id, comment=comment)


def _check(book: Book, swaps: Sequence[Target]) -> None:
    sums: dict[LevelKey, int] = {}
    for one in swaps:
        key = _key(one.row.name, one.picked_lot_id)
        sums[key] = sums.get(key, 0) + one.quantity
    found = []
    for key, quantity in sorted(sums.items(), key=lambda pair: pair[0].order):
        level = book.find(key)
        there = 0
        if level is not None:
            there = level.buckets.on_hand - level.buckets.unavailable - level.buckets.committed
        if quantity > there and (level is None or level.owner is StockOwner.ENGINE):
            found.append(Shortage(key, quantity, max(0, there)))
    if found:
        way_out = "Count what is there of the lot, or name the one that was picked."
        raise InsufficientStockError(tuple(found), way_out)


def _key(name: RowName, lot_id: LotId | None) -> LevelKey:
    return name.key._replace(lot_id=lot_id)
