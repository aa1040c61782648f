"""The ledger in a SQLite file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path

from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.core.batch import SHARING, Answer, run_alone, run_batch
from allocation.ledger.core.jobs import RunOn, Tell, future_and_tell, here
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.demand_rows import NO_LONGER_US, WEEK_US, demand_from
from allocation.ledger.gathering import available_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import LevelKey
from allocation.ledger.portable.reads import SqlReads
from allocation.ledger.portable.sql import SqlDatabase
from allocation.ledger.replies import (
    AuditReport,
    AvailableBatch,
    AvailableRow,
    Change,
    ChangeBatch,
    LevelsReply,
    Reply,
    Snapshot,
)
from allocation.ledger.rows import (
    REASONS,
    level_from,
)
from allocation.ledger.sqlite import sql
from allocation.ledger.sqlite.database import Connection, SqliteDatabase
from allocation.ledger.sqlite.many import rows_of_one
from allocation.ledger.sqlite.queries import (
    read_answers,
    read_plans,
    read_records,
    read_waiting_plans,
)
from allocation.ledger.sqlite.transaction import SqliteTransaction
from allocation.low_stock.demand import WeekDemand
from routing.ids import ItemId, LocationId


class SqliteLedger(SqlReads):
    """Implements `api.Ledger` on one file, which several processes may share.

    Parameters
    ----------
    database
        The database, which its owner closes; or its file, which is then this ledger's own.
    busy_timeout_s
        For a file: how long a write waits for other processes before it gives up.

    Raises
    ------
    LedgerUnavailableError
        The file cannot be used.
    LedgerSchemaError
        It was written by a newer version of the program.
    """

    def __init__(self, database: SqliteDatabase | Path, *, busy_timeout_s: float = 10.0) -> None:
        self._is_owner = isinstance(database, Path)
        self._database = (
            SqliteDatabase(database, busy_timeout_s=busy_timeout_s)
            if isinstance(database, Path)
            else database
        )

    def close(self) -> None:
        """Finish the writes that were asked for and let go of the file, if it is its own."""
        if self._is_owner:
            self._database.close()

    def submit(self, command: Command) -> Future[Reply | AuditReport]:
        """See `api.LedgerWrites.submit`."""
        if isinstance(command, SHARING):
            future, tell = future_and_tell()
            self.submit_all((command,), tell)
            return future
        return self._database.submit(lambda connection: _run_alone(connection, command))

    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        """See `api.LedgerWrites.submit_all`."""
        self._database.submit_shared(_run_batch, commands, tell, run_on)

    def levels(
        self,
        *,
        now: datetime,
        item_ids: Sequence[ItemId] = (),
        location_ids: Sequence[LocationId] = (),
    ) -> LevelsReply:
        """See `api.LedgerReads.levels`."""
        values = {
            "now_us": to_us(now),
            "items": json.dumps(sorted(set(item_ids))),
            "locations": json.dumps(sorted(set(location_ids))) if location_ids else None,
        }
        statement = sql.LEVELS_AT_LOCATIONS if location_ids else sql.ALL_LEVELS

        def read(connection: Connection) -> LevelsReply:
            rows = connection.execute(sql.LEVELS_OF_ITEMS if item_ids else statement, values)
            levels = tuple(level_from(row[:-1], row[-1]) for row in rows)
            return LevelsReply(levels, _version(connection))

        return self._database.read(read)

    def snapshot(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> Snapshot:
        """See `api.LedgerReads.snapshot`."""
        values = {"now_us": to_us(now), "items": json.dumps(sorted(set(item_ids)))}
        statement = sql.AVAILABLE_OF_ITEMS if item_ids else sql.ALL_AVAILABLE
        detailed = sql.WITH_DETAILS_OF_ITEMS if item_ids else sql.ALL_WITH_DETAILS

        def read(connection: Connection) -> Snapshot:
            rows = connection.execute(statement, values)
            # All levels of a large store at the start of a server: as little as can be for each.
            available = tuple(
                AvailableRow(LevelKey(item_id, location_id, lot_id or None), number)
                for item_id, location_id, lot_id, number in rows
            )
            levels = connection.execute(detailed, values)
            details = tuple(level_from(row[:-1], row[-1]) for row in levels)
            return Snapshot(available, _version(connection), details)

        return self._database.read(read)

    def changes_since(self, version: int, *, now: datetime, limit: int = 10_000) -> ChangeBatch:
        """See `api.LedgerReads.changes_since`."""

        def read(connection: Connection) -> ChangeBatch:
            last, current = _end_of_batch(connection, version, limit)
            values = {"now_us": to_us(now), "after": version, "last": last}
            changes = tuple(
                Change(level_from(row[:-3], row[-3]), REASONS[row[-2]], row[-1])
                for row in connection.execute(sql.CHANGES, values)
            )
            return ChangeBatch(changes, last, last < current)

        return self._database.read(read)

    def available_since(
        self, version: int, *, now: datetime, limit: int = 10_000
    ) -> AvailableBatch:
        """See `api.LedgerReads.available_since`."""

        def read(connection: Connection) -> AvailableBatch:
            last, current = _end_of_batch(connection, version, limit)
            values = {"now_us": to_us(now), "after": version, "last": last}
            rows = rows_of_one(connection.execute(sql.CHANGED_AVAILABLE, values))
            has_details = any(row[-1] for row in rows)
            details = (
                rows_of_one(connection.execute(sql.CHANGED_DETAILS, values)) if has_details else []
            )
            return available_from(rows, details, last, more=last < current)

        return self._database.read(read)

    def demand(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> tuple[WeekDemand, ...]:
        """See `api.LedgerReads.demand`."""
        values = {
            "now_us": to_us(now),
            "week_us": WEEK_US,
            "window_us": NO_LONGER_US,
            "items": json.dumps(sorted(set(item_ids))),
        }
        statement = sql.DEMAND_OF_ITEMS if item_ids else sql.DEMAND
        return self._database.read(
            lambda connection: demand_from(connection.execute(statement, values))
        )

    def _portable(self) -> SqlDatabase:
        return self._database

    def _read_plan(self, plan_id: str) -> HeldPlan | None:
        found = self._database.read(lambda connection: read_plans(connection, [plan_id]))
        return found.get(plan_id)

    def _read_answer(self, request_id: str) -> StoredAnswer | None:
        found = self._database.read(lambda connection: read_answers(connection, [request_id]))
        return found.get(request_id)

    def _read_waiting(self) -> list[HeldPlan]:
        return self._database.read(read_waiting_plans)

    def _read_records(self, item_ids: Sequence[ItemId]) -> dict[LevelKey, Record]:
        return self._database.read(lambda connection: read_records(connection, item_ids))


def _run_batch(
    connection: Connection, commands: Sequence[Command], run_on: RunOn
) -> Sequence[Answer]:
    transaction = SqliteTransaction(connection)
    answers = run_batch(transaction, commands, run_on)
    transaction.finish()
    return answers


def _run_alone(connection: Connection, command: Command) -> Answer:
    transaction = SqliteTransaction(connection)
    answer = run_alone(transaction, command)
    transaction.finish()
    return answer


def _end_of_batch(connection: Connection, after: int, limit: int) -> tuple[int, int]:
    """Return the version of the last write of a batch of changes, and that of the last one."""
    current = max(after, _version(connection))
    row = connection.execute(sql.LAST_VERSION_OF_BATCH, (after, limit - 1)).fetchone()
    return current if row is None else row[0], current


def _version(connection: Connection) -> int:
    (version,) = connection.execute(sql.LAST_ENTRY).fetchone()
    return int(version)
