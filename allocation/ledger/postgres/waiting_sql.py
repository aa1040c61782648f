"""Statements of the PostgreSQL store about units that wait, and about lots."""
# ruff: noqa: S608 (constants only; every value is a parameter)

from __future__ import annotations

from typing import Final

from allocation.ledger.entry import LATEST_ENTRIES
from allocation.ledger.postgres.sql import KEYS, at
from allocation.ledger.rows import PLAN

_WAITS: Final = "w.item_id >= '~waiting/' AND w.item_id < '~waiting0' AND w.held + w.committed > 0"
"""Counters of units that wait for supply; see `routing.counters`."""

ANY_WAITING: Final = f"SELECT 1 FROM level AS w WHERE {_WAITS} LIMIT 1"

WAITING_PLANS: Final = f"""
SELECT {PLAN} FROM plan WHERE plan_id IN (SELECT r.plan_id FROM level AS w JOIN plan_row AS r
    ON r.item_id = w.item_id AND r.location_id = w.location_id AND r.lot_id = w.lot_id
WHERE {_WAITS} AND r.state IN ('held', 'committed'))
"""

PLACES_TO_ALLOT: Final = f"""
SELECT item_id, location_id FROM (
    SELECT l.item_id, l.location_id, w.item_id AS waiting_id,
        bool_or(l.expiry_date IS NULL) AS any_lasts, max(l.expiry_date::date) AS last_day
    FROM level AS w JOIN level AS l
        ON l.item_id = substr(w.item_id, 10) AND l.location_id = w.location_id
    WHERE {_WAITS} AND l.owner = 'engine'
        AND l.on_hand - l.safety_stock - l.held - l.committed - l.unavailable > 0
    GROUP BY l.item_id, l.location_id, w.item_id
) AS place
WHERE any_lasts OR EXISTS (
    SELECT 1 FROM plan_row AS r
    WHERE r.item_id = waiting_id AND r.location_id = place.location_id AND r.lot_id = ''
        AND (r.state = 'held' OR (r.state = 'committed' AND r.commit_us IS NOT NULL))
        AND (timestamp 'epoch' + interval '1 microsecond'
            * greatest(%(now_us)s, (r.waited::json ->> 3)::bigint))::date
            + (r.waited::json ->> 6)::integer <= last_day
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
SELECT item_id, location_id, lot_id FROM level WHERE item_id = %s AND lot_id = %s
ORDER BY item_id, location_id, lot_id
"""

PLANS_ON: Final = f"""
SELECT r.plan_id FROM plan_row AS r JOIN {KEYS} ON {at("r")} WHERE r.state = 'held'
UNION
SELECT r.plan_id FROM plan_row AS r JOIN {KEYS} ON {at("r")}
WHERE r.state = 'committed' AND r.commit_us IS NOT NULL
"""

LOCK_PLANS_ON: Final = f"""
SELECT {PLAN} FROM plan WHERE plan_id IN ({PLANS_ON}) ORDER BY plan_id FOR UPDATE
"""

LOCK_DUE_AND_WAITING: Final = f"""
SELECT 1 FROM plan WHERE plan_id IN (
    SELECT plan_id FROM plan WHERE state = 'held' AND expire_us <= %s AND plan_id IN (
        SELECT r.plan_id FROM plan_row AS r JOIN {KEYS} ON {at("r")}
        WHERE r.state = 'held' AND r.expire_us <= %s
    )
    UNION
    ({PLANS_ON})
)
ORDER BY plan_id FOR UPDATE
"""

LEVEL_KEYS_OF: Final = """
SELECT l.item_id, l.location_id, l.lot_id
FROM level AS l JOIN unnest(%s::text[], %s::text[]) AS k (item_id, location_id)
    ON l.item_id = k.item_id AND l.location_id = k.location_id
ORDER BY l.item_id, l.location_id, l.lot_id
"""
