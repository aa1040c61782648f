"""Statements of the SQLite store about units that wait, and about lots."""
# ruff: noqa: S608 (constants only; every value is a parameter)

from __future__ import annotations

from typing import Final

from allocation.ledger.entry import LATEST_ENTRIES
from allocation.ledger.sqlite.sql import at

_WAITS: Final = "w.item_id >= '~waiting/' AND w.item_id < '~waiting0' AND w.held + w.committed > 0"
"""Counters of units that wait for supply; see `routing.counters`."""

_HELD: Final = "r.state = 'held' AND (r.lot_id <> '' OR r.item_id >= '~')"
"""Held units of lots, and what counters count: in these words, for the index `plan_row_by_mark`."""

_COMMITTED: Final = "r.state = 'committed' AND r.commit_us IS NOT NULL"

ANY_WAITING: Final = f"SELECT 1 FROM level AS w WHERE {_WAITS} LIMIT 1"

_ON_COUNTER: Final = """
level AS w CROSS JOIN plan_row AS r
    ON r.item_id = w.item_id AND r.location_id = w.location_id AND r.lot_id = w.lot_id
"""

WAITING_PLANS: Final = f"""
SELECT r.plan_id FROM {_ON_COUNTER} WHERE {_WAITS} AND {_HELD}
UNION
SELECT r.plan_id FROM {_ON_COUNTER} WHERE {_WAITS} AND {_COMMITTED}
"""

PLACES_TO_ALLOT: Final = f"""
SELECT item_id, location_id FROM (
    SELECT l.item_id, l.location_id, w.item_id AS waiting_id,
        max(l.expiry_date IS NULL) AS any_lasts, max(l.expiry_date) AS last_day
    FROM level AS w CROSS JOIN level AS l
        ON l.item_id = substr(w.item_id, 10) AND l.location_id = w.location_id
    WHERE {_WAITS} AND l.owner = 'engine'
        AND l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable > 0
    GROUP BY l.item_id, l.location_id, w.item_id
) AS place
WHERE any_lasts OR EXISTS (
    SELECT 1 FROM plan_row AS r
    WHERE r.item_id = waiting_id AND r.location_id = place.location_id AND r.lot_id = ''
        AND (({_HELD}) OR ({_COMMITTED}))
        AND date(
            max(:now_us, coalesce(r.waited ->> 3, 0)) / 1000000, 'unixepoch',
            '+' || (r.waited ->> 6) || ' days'
        ) <= last_day
)
ORDER BY item_id, location_id
"""

PLACES_TO_DATE: Final = f"""
SELECT substr(w.item_id, 10) AS of_item, w.location_id FROM level AS w WHERE {_WAITS} AND (
    SELECT n.reason FROM (
        SELECT e.reason, e.time_us, e.entry_id FROM entry AS e
        WHERE e.item_id = w.item_id AND e.location_id = w.location_id AND e.lot_id = w.lot_id
        ORDER BY e.time_us DESC, e.entry_id DESC LIMIT {LATEST_ENTRIES}
    ) AS n WHERE n.reason IN ('release', 'expire', 'reschedule')
    ORDER BY n.time_us DESC, n.entry_id DESC LIMIT 1
) IN ('release', 'expire')
ORDER BY of_item, w.location_id
"""

LEVEL_KEYS_OF_LOT: Final = """
SELECT item_id, location_id, lot_id FROM level WHERE item_id = ? AND lot_id = ?
ORDER BY item_id, location_id, lot_id
"""

PLANS_ON: Final = f"""
SELECT r.plan_id FROM json_each(:keys) AS k CROSS JOIN plan_row AS r ON {at("r")}
WHERE {_HELD}
UNION
SELECT r.plan_id FROM plan AS p CROSS JOIN plan_row AS r ON r.plan_id = p.plan_id
WHERE :plain <> '[]' AND p.state = 'held' AND r.state = 'held'
    AND (r.item_id, r.location_id, r.lot_id) IN (
        SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:plain)
    )
UNION
SELECT r.plan_id FROM json_each(:keys) AS k CROSS JOIN plan_row AS r ON {at("r")}
WHERE {_COMMITTED}
ORDER BY 1
"""
"""Of keys that are neither of lots nor of counters, `plain`, it goes through all held plans."""

LEVEL_KEYS_OF: Final = """
SELECT l.item_id, l.location_id, l.lot_id
FROM json_each(?) AS k CROSS JOIN level AS l
    ON l.item_id = k.value ->> 0 AND l.location_id = k.value ->> 1
ORDER BY l.item_id, l.location_id, l.lot_id
"""
