"""One write on PostgreSQL: reads and locks at once, writes together at the end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from allocation.ledger.answers import answer_text
from allocation.ledger.core.transaction import Record, Since, StoredAnswer
from allocation.ledger.entry import Entry
from allocation.ledger.gathering import since_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.postgres import sql
from allocation.ledger.postgres.queries import (
    Connection,
    key_columns,
    plans_from,
    read_answer,
    read_records,
)
from allocation.ledger.rows import (
    Row,
    entry_values,
    key_from,
    level_from,
    level_values,
    plan_row_values,
    plan_values,
)
from routing.ids import ItemId, LocationId


class PostgresTransaction:
    """See `core.transaction.Transaction`.

    Runs at READ COMMITTED: what matters is locked before it is read, so each statement
    sees the newest state of it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pending: list[tuple[str, Sequence[Any]]] = []

    def flush(self) -> int:
        """Send the writes in one go; return the version of this write."""
        statement = sql.OWN_VERSION if self._pending else sql.SETTLED
        with self._connection.pipeline():
            for pending in self._pending:
                self._connection.execute(*pending)
            version = self._connection.execute(statement)
        self._pending.clear()
        row = version.fetchone()
        return int(row[0]) if row else 0

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under `request_id`."""
        return read_answer(self._connection, request_id)

    def remember(self, request_id: str, now: datetime, answer: StoredAnswer) -> None:
        """Keep the answer given under `request_id`.

        Two calls under one id at once: the second to get here fails on the primary key,
        is run again, and then finds the answer.
        """
        values = (request_id, answer.fingerprint, to_us(now), answer_text(answer.reply))
        self._pending.append((sql.REMEMBER, values))

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return and lock a plan."""
        plans = self._plans(sql.LOCK_PLAN, (plan_id,))
        return plans[0] if plans else None

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return and lock plans in HELD on any of `keys` that ran out by `now`, by id."""
        now_us = to_us(now)
        return self._plans(sql.LOCK_DUE_PLANS_ON, (now_us, *key_columns(keys), now_us))

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return and lock up to `limit` plans in HELD that ran out by `now`, by id.

        Plans that another server is at work on are left to it.
        """
        return self._plans(sql.LOCK_DUE_PLANS, (to_us(now), limit))

    def add_plan(self, plan: HeldPlan) -> None:
        """Store a plan whose id is free."""
        self._pending.append((sql.ADD_PLAN, plan_values(plan)))
        if plan.rows:
            self._pending.append((sql.ADD_PLAN_ROWS, _columns(plan_row_values(plan))))

    def add_decision(self, plan_id: str, now: datetime, record: bytes) -> None:
        """Store what a decision was made of."""
        self._pending.append((sql.ADD_DECISION, (plan_id, to_us(now), record)))

    def save_plan(self, plan: HeldPlan) -> None:
        """Replace a plan that was read."""
        plan_id, _, _, expire_us, revision, state = plan_values(plan)
        self._pending.append((sql.SAVE_PLAN, (expire_us, revision, state, plan_id)))
        if plan.rows:
            self._pending.append((sql.SAVE_PLAN_ROWS, _columns(plan_row_values(plan))))

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return and lock the levels that exist."""
        if not keys:
            return {}
        rows = self._connection.execute(sql.LOCK_LEVELS, key_columns(keys))
        levels = (level_from(row) for row in rows)
        return {level.key: level for level in levels}

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Make levels of zero; return those that another server has made since."""
        values = (to_us(now), *key_columns(keys))
        made = {key_from(*row) for row in self._connection.execute(sql.CLAIM_LEVELS, values)}
        return self.levels([key for key in keys if key not in made])

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        rows = self._connection.execute(sql.LEVEL_KEYS_AT, (sorted(set(location_ids)),))
        return [key_from(*row) for row in rows]

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark."""
        keys = list(marks)
        wanted = (*key_columns(keys), [to_us(marks[key]) for key in keys])
        run = self._connection.execute
        return since_from(
            keys,
            run(sql.ADJUSTED_SINCE, wanted),
            run(sql.COMMITTED, wanted),
            run(sql.FULFILLED_SINCE, wanted),
            run(sql.COMMITTED_THEN_FULFILLED, wanted),
        )

    def post(self, levels: Sequence[Level], entries: Sequence[Entry]) -> None:
        """Store changed levels and append entries."""
        if levels:
            self._pending.append((sql.SAVE_LEVELS, _columns(map(level_values, levels))))
        if entries:
            self._pending.append((sql.ADD_ENTRIES, _columns(map(entry_values, entries))))

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return read_records(self._connection, item_ids)

    def _plans(self, statement: str, values: Sequence[Any]) -> list[HeldPlan]:
        plans = self._connection.execute(statement, values).fetchall()
        return plans_from(self._connection, plans)


def _columns(rows: Iterable[Row]) -> list[list[Any]]:
    """Turn rows into one list per column, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]
