"""Every statement of the SQLite store but the tables themselves.

Sets of keys come as one JSON parameter, ``[[item, location, lot, ...], ...]``, or, where every
write asks, as a table of values. ``CROSS JOIN`` fixes the order of a join: the keys first,
then one index look-up for each. Statements are put together from constants only; every value
is a parameter.

The version of a write is the id of its last entry. There is one writer at a time, so ids
are given out in the order in which writes become visible.
"""
# ruff: noqa: S608 (constants, see above)

from __future__ import annotations

from typing import Final

from allocation.ledger.entry import SINCE_A_FIGURE
from allocation.ledger.rows import (
    CHANGING_IN_LEVEL,
    CHANGING_IN_PLAN_ROW,
    CHANGING_IN_SERIAL,
    ENTRY,
    LEVEL,
    NEW_PLAN,
    PLAN,
    PLAN_ROW,
    REQUEST,
    SERIAL,
)
from allocation.ledger.sqlite.many import KeysStatement, RowsStatement, in_one_row

_MOVES: Final = ", ".join(f"'{reason.value}'" for reason in SINCE_A_FIGURE)

_KEY: Final = "item_id, location_id, lot_id"


def _of(alias: str, columns: str) -> str:
    """Return columns of a table under its alias."""
    return ", ".join(f"{alias}.{column}" for column in columns.split(", "))


def at(alias: str) -> str:
    """Return the condition that a row of `alias` has the key `k`."""
    return (
        f"{alias}.item_id = k.value ->> 0 AND {alias}.location_id = k.value ->> 1 "
        f"AND {alias}.lot_id = k.value ->> 2"
    )


def _is_of_key(alias: str) -> str:
    """Return the condition that a row of `alias` has the key in the columns of ``k``."""
    return " AND ".join(f"{alias}.{column} = k.{column}" for column in _KEY.split(", "))


def _width(columns: str) -> int:
    """Return how many columns there are."""
    return len(columns.split(", "))


def _adding(table: str, columns: str, then: str = "") -> RowsStatement:
    """Return what adds rows to a table."""
    into = f"INSERT INTO {table} ({columns}) SELECT * FROM ("
    # Rows of nothing fill the table of values up.
    return RowsStatement(into, _width(columns), f") WHERE column1 <> 0 {then}")


def _new_values(columns: str) -> str:
    """Return what gives columns of a row that is there already their new values."""
    return ", ".join(f"{column} = excluded.{column}" for column in columns.split(", "))


# --- writes: what is read ---------------------------------------------------

LEVELS_OF_KEYS: Final = KeysStatement(
    _KEY, _of("l", LEVEL), f"FROM k CROSS JOIN level AS l ON {_is_of_key('l')}"
)

LEVEL_KEYS_AT: Final = """
SELECT l.item_id, l.location_id, l.lot_id
FROM json_each(?) AS k CROSS JOIN level AS l ON l.location_id = k.value
ORDER BY l.item_id, l.location_id, l.lot_id
"""

SERIALS_OF_KEYS: Final = f"""
SELECT {_of("s", SERIAL)} FROM json_each(?) AS k
CROSS JOIN serial AS s ON s.item_id = k.value ->> 0 AND s.serial = k.value ->> 1
"""

SERIALS_AT: Final = """
SELECT s.item_id, s.serial FROM json_each(?) AS k CROSS JOIN serial AS s
    ON s.item_id = k.value ->> 0 AND s.location_id = k.value ->> 1 AND s.lot_id = k.value ->> 2
WHERE s.location_id <> ''
"""

PLANS_OF_IDS: Final = f"""
SELECT {_of("p", PLAN)} FROM json_each(?) AS k CROSS JOIN plan AS p ON p.plan_id = k.value
"""

PLAN_ROWS_OF_IDS: Final = f"""
SELECT {_of("r", PLAN_ROW)} FROM json_each(?) AS k CROSS JOIN plan_row AS r
    ON r.plan_id = k.value
ORDER BY k.key, r.row_number
"""

ANY_DUE: Final = "SELECT 1 FROM plan WHERE state = 'held' AND expire_us <= ? LIMIT 1"

DUE_PLANS_ON: Final = KeysStatement(
    _KEY,
    "r.plan_id",
    """
    FROM plan AS p CROSS JOIN plan_row AS r ON r.plan_id = p.plan_id
    WHERE (r.item_id, r.location_id, r.lot_id) IN (SELECT * FROM k)
        AND p.state = 'held' AND p.expire_us <= ? AND r.state = 'held'
    """,
)
"""Goes through all that is due, which is little, as it is swept: ask `ANY_DUE` first."""

DUE_PLANS: Final = """
SELECT plan_id FROM plan WHERE state = 'held' AND expire_us <= ? ORDER BY +plan_id LIMIT ?
"""
"""By ``+plan_id``, as SQLite would rather go through all plans in order than sort the few."""

ANSWERS: Final = """
SELECT r.request_id, r.fingerprint, r.version, r.answer
FROM json_each(?) AS k CROSS JOIN request AS r ON r.request_id = k.value
"""

PAYLOAD: Final = "SELECT payload FROM plan WHERE plan_id = ?"

LAST_ENTRY: Final = "SELECT coalesce(max(entry_id), 0) FROM entry"

ADJUSTED_SINCE: Final = f"""
SELECT k.key, sum(e.on_hand), sum(e.unavailable)
FROM json_each(?) AS k CROSS JOIN entry AS e ON {at("e")} AND e.time_us > k.value ->> 3
WHERE e.reason IN ({_MOVES})
GROUP BY k.key
"""

COMMITTED: Final = f"""
SELECT k.key, sum(r.quantity), sum(iif(r.commit_us > k.value ->> 3, r.quantity, 0))
FROM json_each(?) AS k CROSS JOIN plan_row AS r ON {at("r")}
WHERE r.state = 'committed' AND r.commit_us IS NOT NULL
GROUP BY k.key
"""

FULFILLED_SINCE: Final = f"""
SELECT k.key, sum(r.quantity)
FROM json_each(?) AS k CROSS JOIN plan_row AS r ON {at("r")}
WHERE r.fulfill_us > k.value ->> 3
GROUP BY k.key
"""

COMMITTED_THEN_FULFILLED: Final = f"""
SELECT k.key, sum(r.quantity)
FROM json_each(?) AS k CROSS JOIN plan_row AS r ON {at("r")}
WHERE r.state = 'fulfilled' AND r.commit_us > k.value ->> 3
GROUP BY k.key
"""

# --- writes: what is written ------------------------------------------------

ADD_PLANS: Final = _adding("plan", NEW_PLAN)

ADD_PLAN_ROWS: Final = _adding("plan_row", PLAN_ROW)

ADD_DECISIONS: Final = _adding(
    "decision", "plan_id, time_us, record", "ON CONFLICT (plan_id) DO NOTHING"
)

SAVE_PLANS: Final = RowsStatement(
    "WITH n (plan_id, expire_us, revision, state, replaced_by, change_us) AS (",
    6,
    """) UPDATE plan SET expire_us = n.expire_us, revision = n.revision, state = n.state,
        replaced_by = n.replaced_by, change_us = max(plan.change_us, n.change_us)
    FROM n WHERE plan.plan_id = n.plan_id""",
)

SAVE_PLAN_ROWS: Final = _adding(
    "plan_row",
    PLAN_ROW,
    f"ON CONFLICT (plan_id, row_number) DO UPDATE SET {_new_values(CHANGING_IN_PLAN_ROW)}",
)

SAVE_LEVELS: Final = _adding(
    "level",
    LEVEL,
    f"ON CONFLICT (item_id, location_id, lot_id) DO UPDATE SET {_new_values(CHANGING_IN_LEVEL)}",
)

SAVE_SERIALS: Final = _adding(
    "serial",
    SERIAL,
    f"ON CONFLICT (item_id, serial) DO UPDATE SET {_new_values(CHANGING_IN_SERIAL)}",
)

ADD_ENTRIES: Final = _adding("entry", f"entry_id, version, {ENTRY}")

REMEMBER: Final = _adding("request", REQUEST)

# --- reads ------------------------------------------------------------------

_WITH_OVER: Final = """
WITH over AS MATERIALIZED (
    SELECT r.item_id, r.location_id, r.lot_id, sum(r.quantity) AS quantity
    FROM plan AS p CROSS JOIN plan_row AS r ON r.plan_id = p.plan_id
    WHERE p.state = 'held' AND p.expire_us <= :now_us AND r.state = 'held'
    GROUP BY r.item_id, r.location_id, r.lot_id
)
"""
"""Units by level whose hold has run out and that are not swept yet: few, as a rule.

A read goes through all of them, 4 us each: 100,000 of them after a long stop cost it 0.4 s,
until they are swept.
"""

_OVER: Final = """
LEFT JOIN over AS o
    ON o.item_id = l.item_id AND o.location_id = l.location_id AND o.lot_id = l.lot_id
"""

_NO_LONGER_HELD: Final = "coalesce(o.quantity, 0)"

_BY_KEY: Final = "ORDER BY l.item_id, l.location_id, l.lot_id"

_LEVELS: Final = f"{_WITH_OVER} SELECT {_of('l', LEVEL)}, {_NO_LONGER_HELD}"

ALL_LEVELS: Final = f"{_LEVELS} FROM level AS l {_OVER} {_BY_KEY}"

LEVELS_OF_ITEMS: Final = f"""
{_LEVELS}
FROM json_each(:items) AS k CROSS JOIN level AS l ON l.item_id = k.value {_OVER}
WHERE :locations IS NULL OR l.location_id IN (SELECT value FROM json_each(:locations))
{_BY_KEY}
"""

LEVELS_AT_LOCATIONS: Final = f"""
{_LEVELS}
FROM json_each(:locations) AS k CROSS JOIN level AS l ON l.location_id = k.value {_OVER}
{_BY_KEY}
"""

_AVAILABLE: Final = f"""
l.item_id, l.location_id, l.lot_id,
l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable + {_NO_LONGER_HELD}
"""

ALL_AVAILABLE: Final = f"{_WITH_OVER} SELECT {_AVAILABLE} FROM level AS l {_OVER} {_BY_KEY}"

AVAILABLE_OF_ITEMS: Final = f"""
{_WITH_OVER}
SELECT {_AVAILABLE}
FROM json_each(:items) AS k CROSS JOIN level AS l ON l.item_id = k.value {_OVER}
{_BY_KEY}
"""

_HAS_DETAILS: Final = f"""
(l.lot_id <> '' OR l.incoming <> '[]'
 OR l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable + {_NO_LONGER_HELD} < 0)
"""

ALL_WITH_DETAILS: Final = f"{_LEVELS} FROM level AS l {_OVER} WHERE {_HAS_DETAILS} {_BY_KEY}"

WITH_DETAILS_OF_ITEMS: Final = f"""
{_LEVELS}
FROM json_each(:items) AS k CROSS JOIN level AS l ON l.item_id = k.value {_OVER}
WHERE {_HAS_DETAILS}
{_BY_KEY}
"""

_CHANGED: Final = f"""
(
    SELECT DISTINCT item_id, location_id, lot_id FROM entry
    WHERE entry_id > :after AND entry_id <= :last
) AS k
CROSS JOIN level AS l
    ON l.item_id = k.item_id AND l.location_id = k.location_id AND l.lot_id = k.lot_id
{_OVER}
"""

_CHANGED_AVAILABLE: Final = in_one_row(
    f"{_AVAILABLE}, l.observed_us, {_HAS_DETAILS}", f"FROM {_CHANGED}"
)
CHANGED_AVAILABLE: Final = f"{_WITH_OVER} {_CHANGED_AVAILABLE}"
"""The last column says whether it is also among `CHANGED_DETAILS`."""

_CHANGED_DETAILS: Final = in_one_row(
    f"{_of('l', LEVEL)}, {_NO_LONGER_HELD}", f"FROM {_CHANGED} WHERE {_HAS_DETAILS}"
)
CHANGED_DETAILS: Final = f"{_WITH_OVER} {_CHANGED_DETAILS}"

LAST_VERSION_OF_BATCH: Final = """
SELECT version FROM entry WHERE entry_id > ? ORDER BY entry_id LIMIT 1 OFFSET ?
"""

CHANGES: Final = f"""
{_LEVELS}, e.reason, e.version
FROM (
    SELECT max(entry_id) AS entry_id FROM entry
    WHERE entry_id > :after AND entry_id <= :last
    GROUP BY item_id, location_id, lot_id
) AS newest
CROSS JOIN entry AS e ON e.entry_id = newest.entry_id
CROSS JOIN level AS l
    ON l.item_id = e.item_id AND l.location_id = e.location_id AND l.lot_id = e.lot_id
{_OVER}
ORDER BY e.version, l.item_id, l.location_id, l.lot_id
"""

_DEMAND: Final = """
SELECT item_id, location_id, (:now_us - fulfill_us) / :week_us, sum(quantity)
FROM plan_row INDEXED BY plan_row_by_fulfill
WHERE fulfill_us IS NOT NULL AND fulfill_us <= :now_us AND fulfill_us > :now_us - :window_us
    AND item_id NOT LIKE '~capacity/%' AND item_id NOT LIKE '~waiting/%'
"""
_BY_WEEK: Final = "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"

DEMAND: Final = f"{_DEMAND} {_BY_WEEK}"

DEMAND_OF_ITEMS: Final = f"""
{_DEMAND} AND item_id IN (SELECT value FROM json_each(:items)) {_BY_WEEK}
"""

# --- audit ------------------------------------------------------------------


def _chosen(column: str) -> str:
    """Return the condition that an item is asked for."""
    return f"(:items IS NULL OR {column} IN (SELECT value FROM json_each(:items)))"


AUDIT_LEVELS: Final = f"""
SELECT item_id, location_id, lot_id, on_hand, unavailable, held, committed, safety_stock
FROM level WHERE {_chosen("item_id")}
"""

AUDIT_ENTRIES: Final = f"""
SELECT item_id, location_id, lot_id, sum(on_hand), sum(unavailable), sum(held),
    sum(committed), sum(safety_stock)
FROM entry WHERE {_chosen("item_id")} GROUP BY item_id, location_id, lot_id
"""

AUDIT_PLAN_ROWS: Final = f"""
SELECT r.item_id, r.location_id, r.lot_id,
    sum(iif(r.state = 'held', r.quantity, 0)),
    sum(iif(
        r.state = 'committed' AND (
            coalesce(l.owner, 'engine') = 'engine'
            OR l.observed_us IS NULL
            OR r.commit_us > l.observed_us
        ),
        r.quantity, 0
    ))
FROM plan_row AS r LEFT JOIN level AS l
    ON l.item_id = r.item_id AND l.location_id = r.location_id AND l.lot_id = r.lot_id
WHERE r.state IN ('held', 'committed') AND {_chosen("r.item_id")}
GROUP BY r.item_id, r.location_id, r.lot_id
"""
