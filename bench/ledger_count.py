"""An independent count of what was promised: plain SQL on the tables, none of the ledger's code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing

import psycopg

from bench.ledger_scene import Place

PROMISED = """
SELECT sum(over) FROM (
    SELECT sum(r.quantity) - l.on_hand AS over
    FROM plan_row AS r JOIN level AS l
        ON l.item_id = r.item_id AND l.location_id = r.location_id AND l.lot_id = r.lot_id
    WHERE r.state IN ('held', 'committed')
    GROUP BY l.item_id, l.location_id, l.lot_id, l.on_hand
) AS counted WHERE over > 0
"""
STATES = "SELECT plan_id, min(state), max(state), count(*) FROM plan_row GROUP BY plan_id"


def count(
    place: Place, held: Iterable[str], committed: Iterable[str], lines: int
) -> dict[str, int]:
    """Return units promised beyond what is there, and acknowledged plans that are not.

    A plan whose commitment was acknowledged is there with all its rows committed; one whose
    hold was acknowledged with all its rows held or committed.
    """
    over, found = _read(place)
    whole = {plan_id: {low, high} for plan_id, low, high, rows in found if rows == lines}
    lost = sum(whole.get(plan_id) != {"committed"} for plan_id in committed)
    lost += sum(not whole.get(plan_id, {"-"}) <= {"held", "committed"} for plan_id in held)
    return {"oversold": over, "lost": lost}


def _read(place: Place) -> tuple[int, list[tuple[str, str, str, int]]]:
    if place.file is not None:
        with closing(sqlite3.connect(place.file)) as file:
            return int(file.execute(PROMISED).fetchone()[0] or 0), file.execute(STATES).fetchall()
    with psycopg.connect(place.dsn, options=f"-c search_path={place.schema}") as database:
        row = database.execute(PROMISED).fetchone()
        rows = database.execute(STATES).fetchall()
        return int(row[0] or 0) if row else 0, [(r[0], r[1], r[2], int(r[3])) for r in rows]
