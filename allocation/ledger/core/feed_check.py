"""Which rows of a feed can be taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from allocation.ledger.commands import SetLevels
from allocation.ledger.core.figure_check import figure_violations
from allocation.ledger.core.key_check import is_id, key_violations
from allocation.ledger.core.scanning import serial_violations
from allocation.ledger.feed import LevelRow, RowError
from allocation.ledger.level import MOST_INCREMENTS, MOST_PERCENT, LevelKey, StockOwner
from allocation.ledger.serials import SerialKey
from routing.counters import is_counter_item
from routing.errors import Violation
from routing.ids import ItemId, LocationId

NOTHING_MORE: Final = LevelRow(LevelKey(ItemId(""), LocationId("")), 0)[2:]
"""What a row has after its quantity if it says nothing else."""


class CheckedRow(NamedTuple):
    """A row that can be taken; `row` is ``None`` for a level that a full feed leaves out.

    `observed_time` is never in the future: a figure read by a clock that runs ahead would
    otherwise absorb commitments that are still to come.
    """

    row: int | None
    figure: LevelRow
    observed_time: datetime


def checked_rows(command: SetLevels) -> tuple[dict[LevelKey, CheckedRow], list[RowError]]:
    """Split a feed into rows to take, the first of each level, and errors."""
    taken: dict[LevelKey, CheckedRow] = {}
    errors: list[RowError] = []
    known = min(command.observed_time or command.begun or command.now, command.now)
    least = 0 if command.owner is StockOwner.ENGINE else -MOST_INCREMENTS
    units: dict[SerialKey, int] = {}
    items = {one for one in {row.key.item_id for row in command.rows} if _is_item(one)}
    places = {one for one in {row.key.location_id for row in command.rows} if is_id(one)}
    for index, row in enumerate(command.rows):
        key, quantity = row[:2]
        item_id, location_id, lot_id = key
        if (
            row[2:] == NOTHING_MORE
            and least <= quantity <= MOST_INCREMENTS
            and key not in taken
            and item_id in items
            and location_id in places
            and lot_id is None
        ):
            # Nearly every row of a large feed.
            taken[key] = CheckedRow(index, row, known)
            continue
        found = [*key_violations(row.key), *_figure_violations(row, command.owner)]
        found += _named_twice(row, index, units)
        if row.key in taken:
            found.append(Violation("", f"{row.key} is in the feed twice; the first row counts"))
        if found:
            errors.extend(RowError(index, one.path, one.message) for one in found[:1])
            continue
        observed = known if row.observed_time is None else min(row.observed_time, command.now)
        taken[row.key] = CheckedRow(index, row, observed)
    return taken, errors


def _named_twice(row: LevelRow, index: int, units: dict[SerialKey, int]) -> list[Violation]:
    """Return the serials of a row that another row has; `units` has the row of each."""
    keys = [SerialKey(row.key.item_id, serial) for serial in row.serials]
    twice = [f"{key} is in row {units[key]} already" for key in keys if key in units]
    units.update(dict.fromkeys(keys, index))
    return [Violation("serials", "; ".join(twice[:3]))] if twice else []


def _is_item(item_id: ItemId) -> bool:
    return is_id(item_id) and not is_counter_item(item_id)


def left_out(command: SetLevels, keys: Iterable[LevelKey]) -> dict[LevelKey, CheckedRow]:
    """Return a row of zero for every key that a full feed does not name."""
    named = {row.key for row in command.rows}
    observed = command.observed_time or command.begun or command.now
    missing = (key for key in keys if key not in named and not is_counter_item(key.item_id))
    return zero_rows(missing, min(observed, command.now))


def zero_rows(keys: Iterable[LevelKey], observed: datetime) -> dict[LevelKey, CheckedRow]:
    """Return a row of zero for every key."""
    return {key: CheckedRow(None, LevelRow(key, 0, unavailable=0), observed) for key in keys}


def _figure_violations(row: LevelRow, owner: StockOwner) -> list[Violation]:
    found = []
    if abs(row.quantity) > MOST_INCREMENTS:
        found.append(Violation("quantity", f"{row.quantity} is beyond {MOST_INCREMENTS}"))
    elif row.quantity < 0 and owner is StockOwner.ENGINE:
        found.append(Violation("quantity", f"{row.quantity} on hand is below 0"))
    for path, value in (("unavailable", row.unavailable), ("safety_stock", row.safety_stock)):
        found += figure_violations(path, value or 0, 0)
    if owner is StockOwner.ENGINE and (row.unavailable or 0) > max(0, row.quantity):
        message = f"{row.unavailable} is more than the {row.quantity} on hand"
        found.append(Violation("unavailable", message))
    for index, supply in enumerate(row.incoming):
        path = f"incoming[{index}]"
        found += figure_violations(f"{path}.quantity", supply.quantity)
        percent = supply.confidence_percent
        found += figure_violations(f"{path}.confidence_percent", percent, 0, MOST_PERCENT)
        if supply.expected_time.utcoffset() is None:
            found.append(Violation(f"{path}.expected_time", "has no time zone"))
    if row.observed_time is not None and row.observed_time.utcoffset() is None:
        found.append(Violation("observed_time", "has no time zone"))
    return found + serial_violations("serials", row.serials, row.quantity)
