"""Statements of the PostgreSQL store that recompute levels from their record."""
# ruff: noqa: S608 (constants only; every value is a parameter)

from __future__ import annotations

from typing import Final


def _asked(column: str) -> str:
    """Return the condition that an item is asked for."""
    return f"(%(items)s::text[] IS NULL OR {column} = ANY(%(items)s::text[]))"


AUDIT_LEVELS: Final = f"""
SELECT item_id, location_id, lot_id, on_hand, unavailable, held, committed, safety_stock
FROM level WHERE {_asked("item_id")}
"""

AUDIT_ENTRIES: Final = f"""
SELECT item_id, location_id, lot_id, sum(on_hand), sum(unavailable), sum(held),
    sum(committed), sum(safety_stock)
FROM entry WHERE {_asked("item_id")} GROUP BY item_id, location_id, lot_id
"""

AUDIT_PLAN_ROWS: Final = f"""
SELECT r.item_id, r.location_id, r.lot_id,
    coalesce(sum(r.quantity) FILTER (WHERE r.state = 'held'), 0),
    coalesce(sum(r.quantity) FILTER (
        WHERE r.state = 'committed' AND (
            coalesce(l.owner, 'engine') = 'engine'
            OR l.observed_us IS NULL
            OR r.commit_us > l.observed_us
        )
    ), 0)
FROM plan_row AS r LEFT JOIN level AS l USING (item_id, location_id, lot_id)
WHERE r.state IN ('held', 'committed') AND {_asked("r.item_id")}
GROUP BY r.item_id, r.location_id, r.lot_id
"""
