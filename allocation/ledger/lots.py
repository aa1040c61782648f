"""Choosing lots for units that were planned without one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Level, LevelKey

Order = Callable[[Level], Any]


def by_lot_id(level: Level) -> str:
    """Take units without a lot first, then lots by id."""
    return level.key.lot_id or ""


def with_lots(
    rows: Iterable[HoldRow], levels: Iterable[Level], order: Order = by_lot_id
) -> tuple[HoldRow, ...]:
    """Spread rows without a lot over the lots of their location.

    Parameters
    ----------
    rows
        Rows that name a lot, or their units, are left alone, but what they take is gone for the
        others.
    levels
        Of every item and location of the rows, over all lots.
    order
        Sort key: lots that sort first are used first.

    Returns
    -------
    tuple of HoldRow
        The same quantity per line, part, item and location. What no lot can supply stays
        on the row without a lot, so that holding it fails with the right shortage.
    """
    rows = tuple(rows)
    left = {level.key: max(0, level.available) for level in sorted(levels, key=order)}
    for row in rows:
        if _is_chosen(row):
            left[row.key] = max(0, left.get(row.key, 0) - row.quantity)
    spread: list[HoldRow] = []
    for row in rows:
        spread += [row] if _is_chosen(row) else _spread(row, left)
    return tuple(spread)


def _is_chosen(row: HoldRow) -> bool:
    """Say whether a row says which units it is about."""
    return row.key.lot_id is not None or bool(row.serials)


def _spread(row: HoldRow, left: dict[LevelKey, int]) -> list[HoldRow]:
    """Take a row's units from what is left, in order; `left` is updated."""
    wanted, taken = row.quantity, dict[LevelKey, int]()
    for key, there in left.items():
        if key[:2] == row.key[:2] and min(wanted, there) > 0:
            taken[key] = min(wanted, there)
            wanted -= taken[key]
    if wanted:
        taken[row.key] = taken.get(row.key, 0) + wanted
    for key, quantity in taken.items():
        left[key] = max(0, left.get(key, 0) - quantity)
    return [row._replace(key=key, quantity=quantity) for key, quantity in taken.items()]
