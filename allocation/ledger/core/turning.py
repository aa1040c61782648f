"""Turning units that wait into units of a level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from allocation.ledger.core.book import Book
from allocation.ledger.core.counting import counts
from allocation.ledger.core.serving import ALIVE
from allocation.ledger.core.targets import Target
from allocation.ledger.entry import ChangeReason
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.level import Buckets, LevelKey, StockOwner
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import Waited, pool_key
from routing.counters import counted_item


def turn(book: Book, plan: HeldPlan, number: int, key: LevelKey, quantity: int) -> HeldPlan:
    """Return the plan with units of a row that waits on a level, held or committed as they were.

    Of a row of which only some do, the rest stays where it was, as with other steps.
    """
    row, pool = plan.rows[number], pool_key(key.item_id)
    is_held = row.state is HoldState.HELD
    goes = Buckets(held=-quantity) if is_held else Buckets(committed=-quantity)
    comes = Buckets(held=quantity)
    if not is_held:
        counted = quantity if counts(book.level(key), book.now) else 0
        comes = Buckets(committed=counted)
    for each, change in ((row.key, goes), (pool, goes), (key, comes)):
        reason, line_id = ChangeReason.ALLOT, row.line_id
        book.change(each, reason, change, plan_id=plan.plan_id, line_id=line_id)
    commit_time = None if is_held else book.now
    given = row._replace(
        key=key, quantity=quantity, commit_time=commit_time, waited=_over(row.waited, book.now)
    )
    return _with(plan, number, given, pool)


def keys_elsewhere(plan: HeldPlan) -> set[LevelKey]:
    """Return the levels to which units of a plan that wait may turn out to be mirrored."""
    return {_there(row) for row in plan.rows if row.is_waiting}


def turn_mirrored(
    book: Book, plan: HeldPlan, chosen: Sequence[Target]
) -> tuple[HeldPlan, tuple[Target, ...]]:
    """Let units leave that wait for stock which another system keeps.

    That system has given them stock, or they would not leave; the ledger only hears of it.

    Returns
    -------
    tuple
        The plan, and the targets as they are now.
    """
    found = []
    for one in chosen:
        key = _there(one.row)
        level = book.find(key) if one.row.is_waiting else None
        if (
            level is None
            or level.owner is not StockOwner.MIRROR
            or one.row.state is not HoldState.COMMITTED
        ):
            found.append(one)
            continue
        plan = turn(book, plan, one.index, key, one.quantity)
        index = one.index if one.quantity == one.row.quantity else len(plan.rows) - 1
        row = plan.rows[index]
        found.append(Target(index, row, one.quantity, one.serials, one.picked_lot_id))
    return plan, tuple(found)


def _over(waited: Waited | None, now: datetime) -> Waited | None:
    """Return the terms of units that have come: whatever was expected, they can be picked now."""
    if waited is None:
        return None
    return waited._replace(expected_time=max(now, waited.release_time or now))


def _there(row: HeldRow) -> LevelKey:
    return LevelKey(counted_item(row.key.item_id), row.key.location_id)


def _with(plan: HeldPlan, number: int, given: HeldRow, pool: LevelKey) -> HeldPlan:
    rows = list(plan.rows)
    left = rows[number].quantity - given.quantity
    if left:
        rows[number] = rows[number]._replace(quantity=left)
        rows.append(given)
    else:
        rows[number] = given
    counted = tuple(
        _uncounted(row, left)
        if (row.line_id, row.part, row.key) == (given.line_id, given.part, pool)
        and row.state in ALIVE
        else row
        for row in plan.counted
    )
    return plan._replace(rows=tuple(rows), counted=counted)


def _uncounted(row: HeldRow, left: int) -> HeldRow:
    return row._replace(quantity=left) if left else row._replace(state=HoldState.RELEASED)
