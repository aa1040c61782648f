"""When plans last changed, so that those that are over can be told from those that just ended."""

from __future__ import annotations

from typing import Final

PLAN_CHANGES: Final = (
    # 0: not since it was created.
    "ALTER TABLE plan ADD COLUMN change_us INTEGER NOT NULL DEFAULT 0",
    """
    UPDATE plan SET change_us = e.time_us FROM (
        SELECT plan_id, max(time_us) AS time_us FROM entry WHERE plan_id IS NOT NULL
        GROUP BY plan_id
    ) AS e WHERE e.plan_id = plan.plan_id
    """,
)
