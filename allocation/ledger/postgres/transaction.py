"""One transaction on PostgreSQL: statements that need not wait for each other go out together."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from psycopg import errors

from allocation.ledger.answers import answer_text
from allocation.ledger.core.batch_store import Found, Wanted, Writes
from allocation.ledger.core.transaction import Record, Since
from allocation.ledger.gathering import since_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.postgres import sql, waiting_sql
from allocation.ledger.postgres.arrays import array_of, text_array
from allocation.ledger.postgres.queries import (
    Connection,
    answers_from,
    key_columns,
    plans_from,
    read_records,
)
from allocation.ledger.rows import (
    PlanRows,
    Row,
    changed_plan_values,
    entry_values,
    key_from,
    level_from,
    level_values,
    plan_values,
    serial_from,
    serial_values,
)
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.waiting import waiting_key
from routing.counters import is_counter_item
from routing.ids import ItemId, LocationId, LotId

_LOT_LOCKS: Final = 64

Statement = tuple[str, Sequence[Any]]


class PlansFoundError(Exception):
    """Levels were locked before those of plans that nobody reckoned with."""


class PostgresTransaction:
    """See `core.batch_store.RemoteStore`.

    Runs at READ COMMITTED: what matters is locked before it is read, so each statement
    sees the newest state of it. Two servers with one request at once: the second to write
    it fails on the primary key, is run again, and then finds the answer.
    """

    def __init__(
        self,
        connection: Connection,
        first: Sequence[Statement] = (),
        commit: Callable[[], None] | None = None,
    ) -> None:
        self._connection = connection
        self._first = first
        self._commit = commit

    @classmethod
    def begin(
        cls,
        connection: Connection,
        *,
        patience: str = "",
        commit: Callable[[], None] | None = None,
    ) -> PostgresTransaction:
        """Announce that entries may be written, which readers of changes have to know.

        Parameters
        ----------
        patience
            Longest time to wait for a lock, if not the usual one.
        commit
            Commits in the same go with what is written, which is the last that is done then.
        """
        with connection.pipeline():
            for statement, values in _announcing(patience):
                connection.execute(statement, values)
        return cls(connection, commit=commit)

    @classmethod
    def begin_at_once(
        cls,
        connection: Connection,
        *,
        patience: str = "",
        commit: Callable[[], None] | None = None,
    ) -> PostgresTransaction:
        """Begin one that announces itself with its first look, and locks levels in the same go.

        Where that finds plans, whose other levels may come before those in the order of locks,
        it raises `PlansFoundError`: the transaction has to be undone and begun the other way.
        For the parameters see `begin`.
        """
        return cls(connection, _announcing(patience), commit)

    def find(self, wanted: Wanted) -> Found:
        """Return first answers; return and lock plans, first those asked for, then those due."""
        due_us = 0 if wanted.due_by is None else to_us(wanted.due_by)
        connection, plan_ids = self._connection, text_array(wanted.plan_ids)
        on = key_columns(wanted.due_on)
        first, self._first = self._first, ()
        rows = levels = None
        with connection.pipeline():
            for statement, values in first:
                connection.execute(statement, values)
            answers = connection.execute(sql.ANSWERS, (text_array(wanted.request_ids),))
            plans = connection.execute(sql.LOCK_PLANS, (plan_ids,))
            due = connection.execute(sql.LOCK_DUE_PLANS_ON, (due_us, *on, due_us))
            if first and wanted.levels:
                same = wanted.levels == wanted.due_on
                keys = on if same else key_columns(wanted.levels)
                levels = connection.execute(sql.LOCK_LEVELS, keys)
            else:
                rows = connection.execute(sql.PLAN_ROWS, (plan_ids,))
        locked, ran_out = plans.fetchall(), due.fetchall()
        if levels is not None and (locked or ran_out):
            raise PlansFoundError
        found = [] if rows is None else plans_from(locked, rows.fetchall())
        return Found(
            answers_from(connection, answers.fetchall()),
            {plan.plan_id: plan for plan in found},
            self._with_rows(ran_out),
            None if levels is None else _levels_from(levels.fetchall()),
        )

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return and lock up to `limit` plans in HELD that ran out by `now`, by id.

        Plans that another server is at work on are left to it.
        """
        found = self._connection.execute(sql.LOCK_DUE_PLANS, (to_us(now), limit))
        return self._with_rows(found.fetchall())

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return and lock the levels that exist."""
        rows = self._connection.execute(sql.LOCK_LEVELS, key_columns(keys))
        return _levels_from(rows.fetchall())

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return and lock claims; a row is made for every unit, so that there is one to lock."""
        wanted = ([key.item_id for key in keys], [key.serial for key in keys])
        self._connection.execute(sql.CLAIM_SERIALS, wanted)
        rows = self._connection.execute(sql.LOCK_SERIALS, wanted).fetchall()
        claims = (serial_from(row) for row in rows)
        return {claim.key: claim for claim in claims}

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels; those who move them lock the level."""
        rows = self._connection.execute(sql.SERIALS_AT, key_columns(keys))
        return [SerialKey(item_id, serial) for item_id, serial in rows.fetchall()]

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Make levels of zero; return those that another server has made since."""
        values = (to_us(now), *key_columns(keys))
        rows = self._connection.execute(sql.CLAIM_LEVELS, values).fetchall()
        made = {key_from(*row) for row in rows}
        others = [key for key in keys if key not in made]
        return self.levels(others) if others else {}

    def any_waiting(self) -> bool:
        """Say whether units of any item wait for supply anywhere."""
        return self._connection.execute(waiting_sql.ANY_WAITING).fetchone() is not None

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """Return and lock plans with rows in HELD or COMMITTED on any of `keys`, by id."""
        columns = key_columns(keys)
        found = self._connection.execute(waiting_sql.LOCK_PLANS_ON, (*columns, *columns))
        return self._with_rows(found.fetchall())

    def lock_plans(self, keys: Collection[LevelKey], now: datetime) -> None:
        """Lock plans that are due on any of `keys`, and those that wait there, by id."""
        if not self.any_waiting():
            return
        places = {key[:2] for key in keys if not is_counter_item(key.item_id)}
        on = key_columns(keys)
        waiting = key_columns([waiting_key(*place) for place in places])
        due_us = to_us(now)
        values = (due_us, *on, due_us, *waiting, *waiting)
        self._connection.execute(waiting_sql.LOCK_DUE_AND_WAITING, values)

    def confirm_waiting(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that only plans that are `known` wait where these levels are.

        Raises
        ------
        psycopg.errors.SerializationFailure
            Another one does; the transaction has to be run again.
        """
        if not self.any_waiting():
            return
        places = {key[:2] for key in keys if not is_counter_item(key.item_id)}
        columns = key_columns([waiting_key(*place) for place in places])
        rows = self._connection.execute(waiting_sql.PLANS_ON, (*columns, *columns)).fetchall()
        others = {row[0] for row in rows}.difference(known)
        if others:
            raise errors.SerializationFailure(f"{len(others)} plan(s) have come to wait")

    def confirm_lot(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that a lot has no levels but these, and only plans that are `known`.

        Raises
        ------
        psycopg.errors.SerializationFailure
            There is more; the transaction has to be run again.
        """
        lots = {(key.item_id, key.lot_id) for key in keys if key.lot_id is not None}
        there = {key for lot in sorted(lots) for key in self.level_keys_of_lot(*lot)}
        columns = key_columns(keys)
        rows = self._connection.execute(waiting_sql.PLANS_ON, (*columns, *columns)).fetchall()
        others = {row[0] for row in rows}.difference(known)
        if others or there.difference(keys):
            what = f"{len(others)} plan(s) and {len(there.difference(keys))} level(s)"
            raise errors.SerializationFailure(f"{what} of the lot have come meanwhile")

    def take_turns_with_recalls(self, lots: Collection[tuple[ItemId, LotId]]) -> None:
        """Let no recall of these lots come in between."""
        if lots:
            numbers = sorted({_number_of(*lot) for lot in lots})
            self._connection.execute(sql.TAKE_TURNS_WITH_RECALLS, (numbers,))

    def lock_lot(self, item_id: ItemId, lot_id: LotId) -> None:
        """Let nothing of a lot be received in between."""
        self._connection.execute(sql.LOCK_LOT, (_number_of(item_id, lot_id),))

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """Return the keys of all levels of these items at these locations, in order."""
        wanted = ([item for item, _ in places], [location for _, location in places])
        rows = self._connection.execute(waiting_sql.LEVEL_KEYS_OF, wanted)
        return [key_from(*row) for row in rows]

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """Return the keys of all levels of a lot, in order."""
        rows = self._connection.execute(waiting_sql.LEVEL_KEYS_OF_LOT, (item_id, lot_id))
        return [key_from(*row) for row in rows]

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait and others are available that last for them."""
        rows = self._connection.execute(waiting_sql.PLACES_TO_ALLOT, {"now_us": to_us(now)})
        return [(ItemId(row[0]), LocationId(row[1])) for row in rows]

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait behind others that have lately been given back."""
        rows = self._connection.execute(waiting_sql.PLACES_TO_DATE)
        return [(ItemId(row[0]), LocationId(row[1])) for row in rows]

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        rows = self._connection.execute(sql.LEVEL_KEYS_AT, (sorted(set(location_ids)),))
        return [key_from(*row) for row in rows]

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark."""
        keys = list(marks)
        wanted = (*key_columns(keys), [to_us(marks[key]) for key in keys])
        connection = self._connection
        with connection.pipeline():
            adjusted = connection.execute(sql.ADJUSTED_SINCE, wanted)
            committed = connection.execute(sql.COMMITTED, wanted)
            fulfilled = connection.execute(sql.FULFILLED_SINCE, wanted)
            both = connection.execute(sql.COMMITTED_THEN_FULFILLED, wanted)
        return since_from(keys, adjusted, committed, fulfilled, both)

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return read_records(self._connection, item_ids)

    def write(self, writes: Writes) -> Sequence[int]:
        """Write everything; all of it has the version of the transaction."""
        return self.ready(writes)()

    def ready(self, writes: Writes) -> Callable[[], Sequence[int]]:
        """See `core.batch_store.RemoteStore.ready`."""
        statements = list(_statements(writes))
        statement = sql.SETTLED
        if statements:
            statement = sql.together(tuple(each for each, _ in statements))
        values = [value for _, columns in statements for value in columns]
        count = len(writes.entries)
        return lambda: [self._write(statement, values)] * count

    def _write(self, statement: str, values: Sequence[Any]) -> int:
        """Run what writes, and return its version."""
        with self._connection.pipeline():
            self._connection.execute(sql.BY_INDEX)
            version = self._connection.execute(statement, values)
            if self._commit is not None:
                self._commit()
        row = version.fetchone()
        return int(row[0]) if row else 0

    def _with_rows(self, plans: Sequence[Row]) -> list[HeldPlan]:
        if not plans:
            return []
        plan_ids = [row[0] for row in plans]
        rows = self._connection.execute(sql.PLAN_ROWS, (plan_ids,)).fetchall()
        return plans_from(plans, rows)


def _number_of(item_id: ItemId, lot_id: LotId) -> int:
    """Return the number of the lock of a lot: a few are shared by all, as a feed names many."""
    return zlib.crc32(f"{item_id}\0{lot_id}".encode()) % _LOT_LOCKS


def _announcing(patience: str) -> list[Statement]:
    announcing: list[Statement] = [(sql.ANNOUNCE, ())]
    return [(sql.PATIENCE, (patience,)), *announcing] if patience else announcing


def _levels_from(rows: Iterable[Row]) -> dict[LevelKey, Level]:
    levels = map(level_from, rows)
    return {level.key: level for level in levels}


def _statements(writes: Writes) -> Iterable[Statement]:
    """Yield what there is to write, one statement for all rows of a kind."""
    new, saved, plan_rows = writes.new_plans, writes.saved_plans, PlanRows()
    rows = [row for plan in new for row in plan_rows.of(plan)]
    changed = [row for pair in saved for row in plan_rows.changed(*pair)]
    time_us = to_us(writes.time)
    changing = [changed_plan_values(after, time_us) for _, after in saved]
    entries = [entry_values(entry) for entries in writes.entries for entry in entries]
    answers = [
        (
            one.request_id,
            one.answer.fingerprint,
            to_us(one.time),
            answer_text(one.answer.reply, plan_rows.of),
        )
        for one in writes.answers
    ]
    decisions = [(plan_id, to_us(time), record) for plan_id, time, record in writes.decisions]
    for statement, many in (
        (sql.ADD_PLANS, [plan_values(plan) for plan in new]),
        (sql.ADD_PLAN_ROWS, rows),
        (sql.SAVE_PLANS, changing),
        (sql.SAVE_PLAN_ROWS, changed),
        (sql.SAVE_LEVELS, [level_values(level) for level in writes.levels]),
        (sql.SAVE_SERIALS, [serial_values(claim) for claim in writes.serials]),
        (sql.ADD_ENTRIES, entries),
        (sql.ADD_DECISIONS, decisions),
        (sql.REMEMBER, answers),
    ):
        if many:
            yield statement, [array_of(column) for column in zip(*many, strict=True)]
