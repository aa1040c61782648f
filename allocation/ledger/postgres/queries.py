"""Reads that writes and readers of the PostgreSQL database share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import psycopg

from allocation.ledger.answers import answer_from
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.errors import PlanNotFoundError
from allocation.ledger.gathering import records_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.postgres import audit_sql, sql, waiting_sql
from allocation.ledger.postgres.arrays import text_array
from allocation.ledger.rows import Row, key_values, plan_from
from routing.ids import ItemId

Connection = psycopg.Connection[tuple[Any, ...]]


def key_columns(keys: Collection[LevelKey]) -> tuple[str | list[str], ...]:
    """Return keys as one parameter per column, each an array of texts."""
    values = [key_values(key) for key in keys]
    return tuple(text_array(value[column] for value in values) for column in range(3))


def plans_from(plans: Sequence[Row], rows: Iterable[Row]) -> list[HeldPlan]:
    """Return plans of rows of the table of plans and, by number, of that of their rows."""
    rows_of: dict[str, list[Row]] = {plan[0]: [] for plan in plans}
    for row in rows:
        # A plan that another server has just added may have its rows here only.
        if row[0] in rows_of:
            rows_of[row[0]].append(row)
    return [plan_from(plan, rows_of[plan[0]]) for plan in plans]


def answers_from(connection: Connection, rows: Iterable[Row]) -> dict[str, StoredAnswer]:
    """Return answers of rows of the table of requests.

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

    return {
        request_id: StoredAnswer(bytes(fingerprint), answer_from(text, version, payload_of))
        for request_id, fingerprint, version, text in rows
    }


def read_plan(connection: Connection, plan_id: str) -> HeldPlan | None:
    """Return a plan as stored."""
    plans = connection.execute(sql.READ_PLAN, (plan_id,)).fetchall()
    found = plans_from(plans, connection.execute(sql.PLAN_ROWS, ([plan_id],)).fetchall())
    return found[0] if found else None


def read_waiting_plans(connection: Connection) -> list[HeldPlan]:
    """Return plans with units that wait for supply."""
    plans = connection.execute(waiting_sql.WAITING_PLANS).fetchall()
    plan_ids = [row[0] for row in plans]
    rows = connection.execute(sql.PLAN_ROWS, (plan_ids,)).fetchall() if plan_ids else []
    return plans_from(plans, rows)


def read_answer(connection: Connection, request_id: str) -> StoredAnswer | None:
    """Return a remembered answer."""
    rows = connection.execute(sql.ANSWERS, ([request_id],)).fetchall()
    return answers_from(connection, rows).get(request_id)


def read_records(connection: Connection, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
    """Return the record of every level of these items, or of all if there are none."""
    items = {"items": sorted(set(item_ids)) or None}
    return records_from(
        connection.execute(audit_sql.AUDIT_LEVELS, items),
        connection.execute(audit_sql.AUDIT_ENTRIES, items),
        connection.execute(audit_sql.AUDIT_PLAN_ROWS, items),
    )
