"""Putting together what the SQL stores read for an audit."""

from __future__ import annotations

from collections.abc import Iterable

from allocation.ledger.core.transaction import Record
from allocation.ledger.level import Buckets, LevelKey
from allocation.ledger.rows import Row, key_from


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
