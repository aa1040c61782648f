"""Reads that writes and readers of the SQLite file share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from allocation.ledger.answers import answer_from
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.errors import PlanNotFoundError
from allocation.ledger.gathering import records_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.rows import Row, plan_from
from allocation.ledger.sqlite import sql, waiting_sql
from routing.ids import ItemId


def read_plans(connection: sqlite3.Connection, plan_ids: Collection[str]) -> dict[str, HeldPlan]:
    """Return the plans that exist, as stored."""
    wanted = (json.dumps(list(plan_ids)),)
    plans = connection.execute(sql.PLANS_OF_IDS, wanted).fetchall()
    if not plans:
        return {}
    rows: dict[str, list[Row]] = {row[0]: [] for row in plans}
    for row in connection.execute(sql.PLAN_ROWS_OF_IDS, wanted).fetchall():
        rows[row[0]].append(row)
    return {row[0]: plan_from(row, rows[row[0]]) for row in plans}


def read_waiting_plans(connection: sqlite3.Connection) -> list[HeldPlan]:
    """Return plans with units that wait for supply."""
    plan_ids = [plan_id for (plan_id,) in connection.execute(waiting_sql.WAITING_PLANS).fetchall()]
    return list(read_plans(connection, plan_ids).values()) if plan_ids else []


def read_answers(
    connection: sqlite3.Connection, request_ids: Collection[str]
) -> dict[str, StoredAnswer]:
    """Return remembered answers.

    Raises
    ------
    PlanNotFoundError
        The plan of an answer was let go of.
    """

    def payload_of(plan_id: str) -> bytes:
        found = connection.execute(sql.PAYLOAD, (plan_id,)).fetchone()
        if found is None:
            # It was let go of before the answer.
            raise PlanNotFoundError(plan_id)
        return bytes(found[0])

    found = connection.execute(sql.ANSWERS, (json.dumps(list(request_ids)),)).fetchall()
    return {
        request_id: StoredAnswer(bytes(fingerprint), answer_from(text, version, payload_of))
        for request_id, fingerprint, version, text in found
    }


def read_records(
    connection: sqlite3.Connection, item_ids: Collection[ItemId]
) -> dict[LevelKey, Record]:
    """Return the record of every level of these items, or of all if there are none."""
    items = {"items": json.dumps(sorted(set(item_ids))) if item_ids else None}
    return records_from(
        connection.execute(sql.AUDIT_LEVELS, items),
        connection.execute(sql.AUDIT_ENTRIES, items),
        connection.execute(sql.AUDIT_PLAN_ROWS, items),
    )
