"""One transaction on the SQLite file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from allocation.ledger.answers import answer_text
from allocation.ledger.core.batch_store import Found, Wanted, Writes
from allocation.ledger.core.only_writer import OnlyWriter
from allocation.ledger.core.transaction import Record, Since
from allocation.ledger.gathering import since_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.rows import (
    PlanRows,
    changed_plan_values,
    entry_values,
    key_from,
    key_values,
    level_from,
    level_values,
    plan_values,
    serial_from,
    serial_values,
)
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.sqlite import sql, waiting_sql
from allocation.ledger.sqlite.known_levels import known_to
from allocation.ledger.sqlite.many import RowsStatement
from allocation.ledger.sqlite.queries import read_answers, read_plans, read_records
from routing.counters import is_counter_item
from routing.ids import ItemId, LocationId, LotId


class SqliteTransaction(OnlyWriter):
    """See `core.batch_store.BatchStore`; needs no locks, as SQLite has one writer at a time.

    What is to be written waits for `finish`, so that it can be made in one thread and written in
    another.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known = known_to(connection)
        self._unwritten: list[tuple[str, Sequence[Any]]] = []
        self._unwritten_levels: list[Level] = []

    def find(self, wanted: Wanted) -> Found:
        """Return first answers, and plans."""
        connection, due = self._connection, []
        if wanted.due_on and wanted.due_by is not None:
            due = self._due_plans_on(wanted.due_on, (to_us(wanted.due_by),))
        return Found(
            read_answers(connection, wanted.request_ids) if wanted.request_ids else {},
            read_plans(connection, wanted.plan_ids) if wanted.plan_ids else {},
            due,
        )

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return up to `limit` plans in HELD that ran out by `now`, by id."""
        return self._plans(self._connection.execute(sql.DUE_PLANS, (to_us(now), limit)))

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return the levels that exist."""
        levels, others = self._known.find(keys)
        if others:
            wanted = [
                (item_id, location_id, lot_id or "") for item_id, location_id, lot_id in others
            ]
            rows = sql.LEVELS_OF_KEYS.rows(self._connection, wanted)
            found = {level.key: level for level in map(level_from, rows)}
            self._known.keep(found.items())
            levels.update(found)
        return levels

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return the claims that were made."""
        found = self._connection.execute(sql.SERIALS_OF_KEYS, (json.dumps(list(keys)),))
        claims = map(serial_from, found.fetchall())
        return {claim.key: claim for claim in claims}

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels."""
        wanted = json.dumps([key_values(key) for key in keys])
        found = self._connection.execute(sql.SERIALS_AT, (wanted,))
        return [SerialKey(item_id, serial) for item_id, serial in found.fetchall()]

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Return nothing: nobody else can have created a level."""
        del keys, now
        return {}

    def any_waiting(self) -> bool:
        """Say whether units of any item wait for supply anywhere."""
        return self._connection.execute(waiting_sql.ANY_WAITING).fetchone() is not None

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """Return plans with rows in HELD or COMMITTED on any of `keys`, by id."""
        on = [key_values(key) for key in keys]
        plain = [key for key in on if not key[2] and not is_counter_item(key[0])]
        values = {"keys": json.dumps(on), "plain": json.dumps(plain)}
        return self._plans(self._connection.execute(waiting_sql.PLANS_ON, values))

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """Return the keys of all levels of these items at these locations, in order."""
        rows = self._connection.execute(waiting_sql.LEVEL_KEYS_OF, (json.dumps(list(places)),))
        return [key_from(*row) for row in rows]

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """Return the keys of all levels of a lot, in order."""
        rows = self._connection.execute(waiting_sql.LEVEL_KEYS_OF_LOT, (item_id, lot_id))
        return [key_from(*row) for row in rows]

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait and others are available that last for them."""
        values = {"now_us": to_us(now)}
        return self._connection.execute(waiting_sql.PLACES_TO_ALLOT, values).fetchall()

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait behind others that have lately been given back."""
        return self._connection.execute(waiting_sql.PLACES_TO_DATE).fetchall()

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

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return read_records(self._connection, item_ids)

    def write(self, writes: Writes) -> Sequence[int]:
        """Make statements that write everything, for `finish`; return the version of each write."""
        plan_rows, new = PlanRows(), writes.new_plans
        versions = self._add_entries(writes)
        self._add(sql.ADD_PLANS, [plan_values(plan) for plan in new])
        self._add(sql.ADD_PLAN_ROWS, [row for plan in new for row in plan_rows.of(plan)])
        time_us = to_us(writes.time)
        saved = [changed_plan_values(after, time_us) for _, after in writes.saved_plans]
        self._add(sql.SAVE_PLANS, saved)
        rows = [row for pair in writes.saved_plans for row in plan_rows.changed(*pair)]
        self._add(sql.SAVE_PLAN_ROWS, rows)
        self._add(sql.SAVE_LEVELS, [level_values(level) for level in writes.levels])
        self._unwritten_levels += writes.levels
        self._add(sql.SAVE_SERIALS, [serial_values(claim) for claim in writes.serials])
        decisions = [(plan_id, to_us(time), record) for plan_id, time, record in writes.decisions]
        self._add(sql.ADD_DECISIONS, decisions)
        answers = [
            (
                one.request_id,
                one.answer.fingerprint,
                to_us(one.time),
                versions[one.write],
                answer_text(one.answer.reply, plan_rows.of),
            )
            for one in writes.answers
        ]
        self._add(sql.REMEMBER, answers)
        return versions

    def finish(self) -> None:
        """Write what `write` was told to."""
        for statement, values in self._unwritten:
            self._connection.execute(statement, values)
        self._unwritten.clear()
        self._known.keep((level.key, level) for level in self._unwritten_levels)
        self._unwritten_levels.clear()

    def _add(self, statement: RowsStatement, rows: Sequence[Sequence[Any]]) -> None:
        self._unwritten += statement.of(rows)

    def _add_entries(self, writes: Writes) -> list[int]:
        (last,) = self._connection.execute(sql.LAST_ENTRY).fetchone()
        versions, rows = [], []
        for entries in writes.entries:
            version = last + len(entries)
            versions.append(version)
            for entry in entries:
                last += 1
                rows.append((last, version, *entry_values(entry)))
        self._add(sql.ADD_ENTRIES, rows)
        return versions

    def _due_plans_on(self, keys: Collection[LevelKey], due_us: tuple[int]) -> list[HeldPlan]:
        """Return plans in HELD on any of `keys` that ran out by then, by id."""
        if self._connection.execute(sql.ANY_DUE, due_us).fetchone() is None:
            return []
        on = [key_values(key) for key in keys]
        rows = sql.DUE_PLANS_ON.rows(self._connection, on, due_us)
        return self._plans(sorted({(plan_id,) for (plan_id,) in rows}))

    def _plans(self, ids: Iterable[tuple[str]]) -> list[HeldPlan]:
        plan_ids = [plan_id for (plan_id,) in ids]
        found = read_plans(self._connection, plan_ids) if plan_ids else {}
        return [found[plan_id] for plan_id in plan_ids if plan_id in found]
