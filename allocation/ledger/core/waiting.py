"""Units that are to wait: whether they may, their rows, and what is counted beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from allocation.ledger.core.book import Book
from allocation.ledger.core.figure_check import figure_violations
from allocation.ledger.core.key_check import id_violations, key_violations, named_twice
from allocation.ledger.errors import SupplyTakenError
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.level import Incoming, LevelKey
from allocation.ledger.states import HoldState, most_alive
from allocation.ledger.waiting import WaitRow, pool_key, waiting_key
from routing.counters import counted_item
from routing.errors import Violation

_EXPECTED = attrgetter("waited.expected_time")


def counters_of(rows: Iterable[WaitRow]) -> set[LevelKey]:
    """Return the counters that rows take of."""
    return {key for row in rows for key in (row.key, row.pool)}


def supply_of(rows: Iterable[WaitRow]) -> set[LevelKey]:
    """Return the levels from whose incoming supply rows are promised."""
    return {key for row in rows for key in row.supply}


def waiting_rows(rows: Iterable[WaitRow]) -> Iterator[HeldRow]:
    """Yield the rows of units that wait."""
    for row in rows:
        yield HeldRow(row.line_id, row.part, row.key, row.quantity, waited=row.waited)


def pool_rows(rows: Iterable[WaitRow]) -> Iterator[HeldRow]:
    """Yield what is counted of the pools, one row beside each that waits."""
    for row in rows:
        yield HeldRow(row.line_id, row.part, row.pool, row.quantity)


def check_waiting(book: Book, rows: Sequence[WaitRow]) -> None:
    """Refuse units that nobody can promise; all levels are open in `book`.

    Raises
    ------
    SupplyTakenError
        A pool has less left, or what was to come by some time is promised to others.
    """
    for pool in sorted({row.pool for row in rows}):
        _check_pool(book, pool, [row for row in rows if row.pool == pool])
    for key in sorted({row.key for row in rows}):
        _check_supply(book, key, [row for row in rows if row.key == key])


def _check_pool(book: Book, pool: LevelKey, rows: Sequence[WaitRow]) -> None:
    limits = [row.limit for row in rows if row.limit is not None]
    wanted, taken = sum(row.quantity for row in rows), -book.level(pool).available
    if limits and taken + wanted > min(limits):
        raise SupplyTakenError(pool, wanted, min(limits), taken, "any supply")


def _check_supply(book: Book, key: LevelKey, rows: Sequence[WaitRow]) -> None:
    """Refuse more by some time than is sure to come by then and is not owed already.

    Whoever waits already comes first, whatever was promised: no promise depends on others
    being served late.
    """
    supply, oversold = supply_at(book, supply_of(rows))
    owed = -book.level(key).available + oversold
    promised = 0
    for row in sorted((row for row in rows if row.waited.is_by_supply), key=_EXPECTED):
        promised += row.quantity
        due = sum(one.sure for one in supply if one.expected_time <= _EXPECTED(row))
        if owed + promised > due:
            what = f"supply at {key.location_id} by {_EXPECTED(row).isoformat()}"
            raise SupplyTakenError(key, promised, due, owed, what)


def supply_at(book: Book, keys: Collection[LevelKey]) -> tuple[list[Incoming], int]:
    """Return incoming supply of levels, the earliest first, and units that they owe already."""
    levels = [level for key in keys if (level := book.find(key)) is not None]
    supply = [one for level in levels for one in level.incoming]
    oversold = sum(max(0, -level.available) for level in levels if level.key.lot_id is None)
    return sorted(supply, key=lambda one: one.expected_time), oversold


def state_behind(plan: HeldPlan, counted: HeldRow) -> HoldState:
    """Return the state of the units that a row of a pool stands for."""
    states = {
        row.state
        for row in plan.rows
        if row.is_waiting
        and (row.line_id, row.part) == (counted.line_id, counted.part)
        and pool_key(counted_item(row.key.item_id)) == counted.key
    }
    return most_alive(states) or counted.state


def wait_violations(rows: Iterable[WaitRow]) -> list[Violation]:
    """Return what is wrong with units that are to wait."""
    found: list[Violation] = []
    names = set()
    for index, row in enumerate(rows):
        path = f"waiting[{index}]"
        name = (row.line_id, row.part, row.item_id, row.location_id)
        if name in names:
            what = f"line {row.line_id} part {row.part}: {row.item_id} at {row.location_id}"
            found.append(named_twice(path, what))
        names.add(name)
        found += figure_violations(f"{path}.quantity", row.quantity)
        if row.waited.shelf_days < 0:
            found.append(Violation(f"{path}.shelf_days", f"{row.waited.shelf_days} is below 0"))
        key = LevelKey(row.item_id, row.location_id)
        found += [v.under(path) for v in id_violations("line_id", row.line_id)]
        found += [v.under(path) for v in key_violations(key)]
        found += [v.under(path) for one in row.supply for v in key_violations(one)]
        found += [
            Violation(f"{path}.supply", f"{one} is not {row.item_id} at {row.location_id}")
            for one in row.supply
            if one[:2] != key[:2]
        ]
        found += [
            Violation(f"{path}.waited", "has a time without a time zone")
            for time in row.waited[:5]
            if isinstance(time, datetime) and time.utcoffset() is None
        ]
    return found


def is_place_of(row: HeldRow, key: LevelKey) -> bool:
    """Say whether a row waits at the item and location of a level."""
    return row.is_waiting and row.key == waiting_key(key.item_id, key.location_id)
