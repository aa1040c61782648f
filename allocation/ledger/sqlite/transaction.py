"""One write on the SQLite file, inside a savepoint of the writer's transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from allocation.ledger.answers import answer_text
from allocation.ledger.core.transaction import Record, Since, StoredAnswer
from allocation.ledger.entry import Entry
from allocation.ledger.gathering import since_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.rows import (
    entry_values,
    key_from,
    key_values,
    level_from,
    level_values,
    plan_row_values,
    plan_values,
)
from allocation.ledger.sqlite import sql
from allocation.ledger.sqlite.queries import read_answer, read_plan, read_records
from routing.ids import ItemId, LocationId


class SqliteTransaction:
    """See `core.transaction.Transaction`; needs no locks, as SQLite has one writer at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version: int | None = None

    @property
    def version(self) -> int:
        """The version of this write; that of the last one as long as this has no entries."""
        if self._version is None:
            (current,) = self._connection.execute(sql.VERSION).fetchone()
            return int(current)
        return self._version

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under `request_id`."""
        return read_answer(self._connection, request_id)

    def remember(self, request_id: str, now: datetime, answer: StoredAnswer) -> None:
        """Keep the answer given under `request_id`."""
        text = answer_text(answer.reply)
        values = (request_id, answer.fingerprint, to_us(now), self.version, text)
        self._connection.execute(sql.REMEMBER, values)

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return a plan."""
        return read_plan(self._connection, plan_id)

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return plans in HELD on any of `keys` that ran out by `now`, by id."""
        found = self._connection.execute(sql.DUE_PLANS_ON, (_json(keys), to_us(now)))
        return self._plans(found.fetchall())

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return up to `limit` plans in HELD that ran out by `now`, by id."""
        found = self._connection.execute(sql.DUE_PLANS, (to_us(now), limit))
        return self._plans(found.fetchall())

    def add_plan(self, plan: HeldPlan) -> None:
        """Store a plan whose id is free."""
        self._connection.execute(sql.ADD_PLAN, plan_values(plan))
        self._connection.executemany(sql.ADD_PLAN_ROW, plan_row_values(plan))

    def add_decision(self, plan_id: str, now: datetime, record: bytes) -> None:
        """Store what a decision was made of."""
        self._connection.execute(sql.ADD_DECISION, (plan_id, to_us(now), record))

    def save_plan(self, plan: HeldPlan) -> None:
        """Replace a plan that was read."""
        plan_id, _, _, expire_us, revision, state = plan_values(plan)
        self._connection.execute(sql.SAVE_PLAN, (expire_us, revision, state, plan_id))
        self._connection.executemany(sql.SAVE_PLAN_ROW, plan_row_values(plan))

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return the levels that exist."""
        found = self._connection.execute(sql.LEVELS_OF_KEYS, (_json(keys),))
        levels = (level_from(row) for row in found)
        return {level.key: level for level in levels}

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Return nothing: nobody else can have created a level."""
        del keys, now
        return {}

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        wanted = json.dumps(sorted(set(location_ids)))
        return [key_from(*row) for row in self._connection.execute(sql.LEVEL_KEYS_AT, (wanted,))]

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark."""
        keys = list(marks)
        wanted = (json.dumps([[*key_values(key), to_us(marks[key])] for key in keys]),)
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
        self._connection.executemany(sql.SAVE_LEVEL, [level_values(level) for level in levels])
        if entries:
            version = self._next_version()
            rows = [(version, *entry_values(entry)) for entry in entries]
            self._connection.executemany(sql.ADD_ENTRY, rows)

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return read_records(self._connection, item_ids)

    def _plans(self, ids: list[tuple[str]]) -> list[HeldPlan]:
        plans = (read_plan(self._connection, plan_id) for (plan_id,) in ids)
        return [plan for plan in plans if plan is not None]

    def _next_version(self) -> int:
        if self._version is None:
            # Fetched whole: an unfinished RETURNING would keep the savepoint open.
            ((version,),) = self._connection.execute(sql.NEXT_VERSION).fetchall()
            self._version = int(version)
        return self._version


def _json(keys: Collection[LevelKey]) -> str:
    return json.dumps([key_values(key) for key in keys])
