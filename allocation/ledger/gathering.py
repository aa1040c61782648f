"""Putting together what the SQL stores read in several queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocation.ledger.core.transaction import Record, Since
from allocation.ledger.instants import from_us
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.replies import AvailableBatch, AvailableRow
from allocation.ledger.rows import Row, key_from, level_from


def records_from(
    levels: Iterable[Row], entries: Iterable[Row], plan_rows: Iterable[Row]
) -> dict[LevelKey, Record]:
    """Return one record per key that is in any of the three.

    Parameters
    ----------
    levels, entries
        Key (three columns), then the five figures or their sums.
    plan_rows
        Key, then the units held and the units committed that count.
    """
    stored = {key_from(*row[:3]): Buckets(*map(int, row[3:8])) for row in levels}
    sums = {key_from(*row[:3]): Buckets(*map(int, row[3:8])) for row in entries}
    promised = {key_from(*row[:3]): (int(row[3]), int(row[4])) for row in plan_rows}
    return {
        key: Record(stored.get(key), sums.get(key, Buckets()), *promised.get(key, (0, 0)))
        for key in stored.keys() | sums.keys() | promised.keys()
    }


def available_from(
    rows: Sequence[Row], details: Iterable[Row], version: int, *, more: bool
) -> AvailableBatch:
    """Return what is available of levels that changed.

    Parameters
    ----------
    rows
        Key, units available, microseconds of the observation; what comes after does not matter.
    details
        Columns `rows.LEVEL`, and units whose hold has run out.
    """
    observed_us = max((row[4] for row in rows if row[4] is not None), default=None)
    return AvailableBatch(
        [AvailableRow(LevelKey(row[0], row[1], row[2] or None), row[3]) for row in rows],
        tuple(level_from(row[:-1], row[-1]) for row in details),
        None if observed_us is None else from_us(observed_us),
        version,
        more,
    )


def since_from(
    keys: Sequence[LevelKey],
    adjusted: Iterable[Row],
    committed: Iterable[Row],
    fulfilled: Iterable[Row],
    committed_then_fulfilled: Iterable[Row],
) -> dict[LevelKey, Since]:
    """Return what happened to each key that anything happened to.

    Parameters
    ----------
    keys
        The rows of the others start with an index into them.
    adjusted
        Index, on hand, unavailable.
    committed
        Index, committed units, those committed since.
    fulfilled, committed_then_fulfilled
        Index, units.
    """
    adjustments = {row[0]: (int(row[1]), int(row[2])) for row in adjusted}
    commitments = {row[0]: (int(row[1]), int(row[2])) for row in committed}
    left = {row[0]: int(row[1]) for row in fulfilled}
    both = {row[0]: int(row[1]) for row in committed_then_fulfilled}
    found = {}
    for index in adjustments.keys() | commitments.keys() | left.keys() | both.keys():
        on_hand, unavailable = adjustments.get(index, (0, 0))
        total, since = commitments.get(index, (0, 0))
        found[keys[index]] = Since(
            on_hand, unavailable, total, since, left.get(index, 0), both.get(index, 0)
        )
    return found
