"""Letting go in a database, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, NamedTuple

from allocation.ledger.entry import ChangeReason
from allocation.ledger.instants import to_us
from allocation.ledger.portable.sql import Sql, SqlDatabase
from allocation.ledger.retention import DecisionPlace, Forgotten, Kept, Place

LATEST: Final = "SELECT begun_us, network_version FROM retention_pass"
BEGINNING: Final = """
UPDATE retention_pass SET begun_us = ?, network_version = ? WHERE begun_us = ?
"""

ANSWERS: Final = "SELECT request_id FROM request WHERE request_id > ? ORDER BY request_id LIMIT ?"
FORGET_ANSWERS: Final = """
DELETE FROM request WHERE request_id > ? AND request_id <= ? AND time_us < ?
"""

DECISIONS: Final = "SELECT plan_id FROM decision WHERE plan_id > ? ORDER BY plan_id LIMIT ?"
FORGET_DECISIONS: Final = """
DELETE FROM decision
WHERE plan_id > ? AND plan_id <= ? AND time_us < ? AND NOT EXISTS (
    SELECT 1 FROM plan AS p
    WHERE p.plan_id = decision.plan_id AND p.state IN ('held', 'committed')
)
"""
OLDEST_DECISIONS: Final = """
SELECT time_us, plan_id, record FROM decision
WHERE time_us <= (SELECT min(time_us) FROM decision) + ?
AND time_us >= ? AND (time_us, plan_id) > (?, ?)
ORDER BY time_us, plan_id LIMIT ?
"""

PLANS: Final = "SELECT plan_id FROM plan WHERE plan_id > ? ORDER BY plan_id LIMIT ?"
ENDED_PLANS: Final = """
SELECT p.plan_id FROM plan AS p
WHERE p.plan_id > ? AND p.plan_id <= ? AND p.state IN ('fulfilled', 'released', 'expired')
AND p.create_us < ? AND p.expire_us < ? AND p.change_us < ? AND NOT EXISTS (
    SELECT 1 FROM plan_row AS r
    WHERE r.plan_id = p.plan_id AND r.state IN ('held', 'committed')
)
ORDER BY p.plan_id
"""
FORGET_PLAN: Final = (
    "DELETE FROM plan_row WHERE plan_id = ?",
    "DELETE FROM decision WHERE plan_id = ?",
    "DELETE FROM plan WHERE plan_id = ?",
)

LEVELS: Final = """
SELECT item_id, location_id, lot_id FROM level
WHERE (item_id, location_id, lot_id) > (?, ?, ?)
ORDER BY item_id, location_id, lot_id LIMIT ?
"""
OLD_ENTRIES: Final = """
SELECT time_us, entry_id, version, on_hand, unavailable, held, committed, safety_stock FROM entry
WHERE item_id = ? AND location_id = ? AND lot_id = ? AND time_us < ?
ORDER BY time_us, entry_id LIMIT ?
"""
ALLOW_FOLDING: Final = "INSERT INTO folding (id) VALUES (1)"
FORBID_FOLDING: Final = "DELETE FROM folding"
FOLD: Final = """
UPDATE entry SET version = ?, time_us = ?, reason = ?, on_hand = ?, unavailable = ?, held = ?,
    committed = ?, safety_stock = ?, plan_id = NULL, line_id = NULL, request_id = '',
    comment = 'all that happened until then'
WHERE entry_id = ?
"""
FORGET_ENTRIES: Final = """
DELETE FROM entry
WHERE item_id = ? AND location_id = ? AND lot_id = ? AND time_us <= ?
AND (time_us, entry_id) <= (?, ?) AND entry_id <> ?
"""

NAMES: Final = """
SELECT DISTINCT kind, id FROM network_row WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?
"""
FORGET_NETWORK: Final = """
DELETE FROM network_row
WHERE (kind, id) > (?, ?) AND (kind, id) <= (?, ?) AND version < ? AND EXISTS (
    SELECT 1 FROM network_row AS n
    WHERE n.kind = network_row.kind AND n.id = network_row.id
    AND n.version > network_row.version AND n.version <= ?
)
"""

CONTENTS: Final = "SELECT digest FROM content ORDER BY digest"
FORGET_CONTENT: Final = "DELETE FROM content WHERE digest = ?"


class SqlRetention:
    """Implements `Retention` in a database, which its owner closes."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database

    def begin(self, *, now: datetime, every: timedelta, network_version: int) -> int | None:
        """See `Retention.begin`."""
        now_us, latest_us = to_us(now), to_us(now - every)

        def claim(sql: Sql) -> int | None:
            begun_us, before = next(iter(sql.run(LATEST)))
            if begun_us > latest_us:
                return None
            claimed = sql.run(BEGINNING, now_us, network_version, begun_us).rowcount == 1
            return int(before) if claimed else None

        return self._database.write_sql(claim)

    def forget(self, kept: Kept, *, before: datetime, after: Place, limit: int) -> Forgotten:
        """See `Retention.forget`."""
        before_us = to_us(before)
        if kept is Kept.ENTRIES:
            return self._database.write_sql(lambda sql: _fold(sql, after, before_us, limit))
        table = _TABLES[kept]
        begin = after or table.first

        def forget(sql: Sql) -> Forgotten:
            page = list(sql.run(table.page, *begin, limit))
            count = table.forget(sql, begin, page[-1], before_us) if page else 0
            return Forgotten(count, tuple(page[-1]) if len(page) == limit else None)

        return self._database.write_sql(forget)

    def forget_network(self, *, below: int, after: Place, limit: int) -> Forgotten:
        """See `Retention.forget_network`."""
        begin = after or ("", "")

        def forget(sql: Sql) -> Forgotten:
            page = list(sql.run(NAMES, *begin, limit))
            gone = sql.run(FORGET_NETWORK, *begin, *page[-1], below, below).rowcount if page else 0
            return Forgotten(gone, tuple(page[-1]) if len(page) == limit else None)

        return self._database.write_sql(forget)

    def oldest_decisions(
        self, *, within: timedelta, after: DecisionPlace | None, limit: int
    ) -> tuple[Sequence[bytes], DecisionPlace | None]:
        """See `Retention.oldest_decisions`."""
        within_us = within // timedelta(microseconds=1)
        time_us, plan_id = after or (0, "")

        def read(sql: Sql) -> tuple[Sequence[bytes], DecisionPlace | None]:
            found = sql.run(OLDEST_DECISIONS, within_us, time_us, time_us, plan_id, limit)
            rows = [(int(row[0]), str(row[1]), bytes(row[2])) for row in found]
            end = rows[-1][:2] if len(rows) == limit else None
            return [row[2] for row in rows], end

        return self._database.read_sql(read)

    def contents(self) -> Sequence[bytes]:
        """See `Retention.contents`."""
        return self._database.read_sql(lambda sql: [bytes(row[0]) for row in sql.run(CONTENTS)])

    def forget_contents(self, digests: Sequence[bytes]) -> int:
        """See `Retention.forget_contents`."""
        return self._database.write_sql(
            lambda sql: sum(sql.run(FORGET_CONTENT, digest).rowcount for digest in digests)
        )


def _answers(sql: Sql, begin: Place, end: Place, before_us: int) -> int:
    return sql.run(FORGET_ANSWERS, *begin, *end, before_us).rowcount


def _decisions(sql: Sql, begin: Place, end: Place, before_us: int) -> int:
    return sql.run(FORGET_DECISIONS, *begin, *end, before_us).rowcount


def _plans(sql: Sql, begin: Place, end: Place, before_us: int) -> int:
    ended = [row[0] for row in sql.run(ENDED_PLANS, *begin, *end, *[before_us] * 3)]
    for plan_id in ended:
        for statement in FORGET_PLAN:
            sql.run(statement, plan_id)
    return len(ended)


def _fold(sql: Sql, after: Place, before_us: int, limit: int) -> Forgotten:
    """Fold old entries of levels, at most `limit` in all; the next write goes on where it ends.

    A level of which more are left than that has its turn again.
    """
    done, count = after or ("", "", ""), 0
    page = [tuple(row) for row in sql.run(LEVELS, *done, limit)]
    sql.run(ALLOW_FOLDING)
    for place in page:
        room = limit - count
        if room <= 0:
            break
        folded = _fold_level(sql, place, before_us, room + 1)
        count += folded
        if folded == room:
            break
        done = place
    sql.run(FORBID_FOLDING)
    is_last = len(page) < limit and (not page or done == page[-1])
    return Forgotten(count, None if is_last else done)


def _fold_level(sql: Sql, place: Place, before_us: int, limit: int) -> int:
    """Make the oldest entries of a level one, at most so many; return how many are gone."""
    old = list(sql.run(OLD_ENTRIES, *place, before_us, limit))
    if len(old) < 2:
        return 0
    last_us, last_id = old[-1][:2]
    kept_id = max(row[1] for row in old)
    version = max(row[2] for row in old)
    sums = [sum(column) for column in zip(*(row[3:] for row in old), strict=True)]
    sql.run(FORGET_ENTRIES, *place, last_us, last_us, last_id, kept_id)
    sql.run(FOLD, version, last_us, ChangeReason.CARRIED.value, *sums, kept_id)
    return len(old) - 1


class _Table(NamedTuple):
    """How to go through a table.

    Attributes
    ----------
    page
        Statement that finds the keys of the next page.
    first
        A place before every key.
    forget
        Takes where the page begins and ends, and before when rows are over; returns how many
        are gone.
    """

    page: str
    first: Place
    forget: Callable[[Sql, Place, Place, int], int]


_TABLES: Final = MappingProxyType(
    {
        Kept.ANSWERS: _Table(ANSWERS, ("",), _answers),
        Kept.DECISIONS: _Table(DECISIONS, ("",), _decisions),
        Kept.PLANS: _Table(PLANS, ("",), _plans),
    }
)
