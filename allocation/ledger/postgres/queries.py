"""Reads that writes and readers of the PostgreSQL database share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import psycopg

from allocation.ledger.answers import answer_from
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.gathering import records_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.postgres import sql
from allocation.ledger.rows import Row, key_values, plan_from
from routing.ids import ItemId

Connection = psycopg.Connection[tuple[Any, ...]]


def key_columns(keys: Collection[LevelKey]) -> tuple[list[str], list[str], list[str]]:
    """Return keys as one list per column."""
    values = [key_values(key) for key in keys]
    return (
        [item for item, _, _ in values],
        [location for _, location, _ in values],
        [lot for _, _, lot in values],
    )


def plans_from(connection: Connection, plans: Sequence[Row]) -> list[HeldPlan]:
    """Add their rows to rows of the table of plans."""
    if not plans:
        return []
    rows: dict[str, list[Row]] = {row[0]: [] for row in plans}
    for row in connection.execute(sql.PLAN_ROWS, (list(rows),)):
        rows[row[0]].append(row)
    return [plan_from(row, rows[row[0]]) for row in plans]


def read_plan(connection: Connection, plan_id: str) -> HeldPlan | None:
    """Return a plan as stored."""
    plans = plans_from(connection, connection.execute(sql.READ_PLAN, (plan_id,)).fetchall())
    return plans[0] if plans else None


def read_answer(connection: Connection, request_id: str) -> StoredAnswer | None:
    """Return a remembered answer."""
    row = connection.execute(sql.ANSWER, (request_id,)).fetchone()
    if row is None:
        return None
    fingerprint, version, text = row

    def payload_of(plan_id: str) -> bytes:
        found = connection.execute(sql.PAYLOAD, (plan_id,)).fetchone()
        return bytes(found[0]) if found else b""

    return StoredAnswer(bytes(fingerprint), answer_from(text, version, payload_of))


def read_records(connection: Connection, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
    """Return the record of every level of these items, or of all if there are none."""
    items = {"items": sorted(set(item_ids)) or None}
    return records_from(
        connection.execute(sql.AUDIT_LEVELS, items),
        connection.execute(sql.AUDIT_ENTRIES, items),
        connection.execute(sql.AUDIT_PLAN_ROWS, items),
    )
