"""Reads that writes and readers of the SQLite file share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from allocation.ledger.answers import answer_from
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.gathering import records_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.rows import plan_from
from allocation.ledger.sqlite import sql
from routing.ids import ItemId


def read_plan(connection: sqlite3.Connection, plan_id: str) -> HeldPlan | None:
    """Return a plan as stored."""
    row = connection.execute(sql.PLAN_OF_ID, (plan_id,)).fetchone()
    if row is None:
        return None
    return plan_from(row, connection.execute(sql.PLAN_ROWS_OF_ID, (plan_id,)))


def read_answer(connection: sqlite3.Connection, request_id: str) -> StoredAnswer | None:
    """Return a remembered answer."""
    row = connection.execute(sql.ANSWER, (request_id,)).fetchone()
    if row is None:
        return None
    fingerprint, version, text = row

    def payload_of(plan_id: str) -> bytes:
        (payload,) = connection.execute(sql.PAYLOAD, (plan_id,)).fetchone()
        return bytes(payload)

    return StoredAnswer(bytes(fingerprint), answer_from(text, version, payload_of))


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
