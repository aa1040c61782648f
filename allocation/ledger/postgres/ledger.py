"""The ledger in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Final

from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.core.batch import SHARING, Answer, run_alone, run_remote_batch
from allocation.ledger.core.jobs import Job, RunOn, Tell, future_and_tell, here
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.demand_rows import NO_LONGER_US, WEEK_US, demand_from
from allocation.ledger.gathering import available_from
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import LevelKey
from allocation.ledger.portable.reads import SqlReads
from allocation.ledger.portable.sql import SqlDatabase
from allocation.ledger.postgres import sql
from allocation.ledger.postgres.database import PostgresDatabase
from allocation.ledger.postgres.queries import (
    Connection,
    read_answer,
    read_plan,
    read_records,
    read_waiting_plans,
)
from allocation.ledger.postgres.transaction import PlansFoundError, PostgresTransaction
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
    key_from,
    level_from,
)
from allocation.low_stock.demand import WeekDemand
from routing.ids import ItemId, LocationId

_PATIENCE_OF_MANY: Final = "250ms"

_WORTH_ASKING: Final = 8
"""Commands from which on another thread is asked to decide them. It may take some milliseconds to
come to that, with rows locked meanwhile: of few, whoever waits for those would lose more."""


class PostgresLedger(SqlReads):
    """Implements `api.Ledger` on a database that many servers may share.

    Parameters
    ----------
    database
        The database, which its owner closes; or a libpq connection string, whose database
        is then opened for this ledger alone.
    schema, most_connections, patience_s
        For a connection string: see `PostgresDatabase`.

    Raises
    ------
    LedgerUnavailableError
        The database cannot be reached.
    LedgerSchemaError
        It was written by a newer version of the program.
    """

    def __init__(
        self,
        database: PostgresDatabase | str,
        *,
        schema: str = "shipfrom",
        most_connections: int = 8,
        patience_s: float = 10.0,
    ) -> None:
        self._is_owner = isinstance(database, str)
        self._database = (
            PostgresDatabase(
                database,
                schema=schema,
                most_connections=most_connections,
                patience_s=patience_s,
            )
            if isinstance(database, str)
            else database
        )

    def close(self) -> None:
        """Let go of every connection, if they are its own."""
        if self._is_owner:
            self._database.close()

    def submit(self, command: Command) -> Future[Reply | AuditReport]:
        """See `api.LedgerWrites.submit`."""
        if isinstance(command, SHARING):
            future, tell = future_and_tell()
            self.submit_all((command,), tell)
            return future
        return self._database.submit(
            lambda connection: run_alone(PostgresTransaction.begin(connection), command),
            repeatable=bool(command.request_id),
        )

    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        """See `api.LedgerWrites.submit_all`."""
        jobs = [
            Job(_run_batch, command, number, tell, bool(command.request_id), run_on)
            for number, command in enumerate(commands)
        ]
        self._database.submit_jobs(jobs)

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """See `api_reads.LedgerReads.listen`."""
        return self._database.listen(wake)

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
            "items": _ids(item_ids),
            "locations": _ids(location_ids),
        }

        def read(connection: Connection, settled: int) -> LevelsReply:
            rows = connection.execute(sql.LEVELS, values)
            levels = tuple(level_from(row[:-1], row[-1]) for row in rows)
            return LevelsReply(levels, settled)

        return self._database.read_settled(read)

    def snapshot(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> Snapshot:
        """See `api.LedgerReads.snapshot`."""
        values = {"now_us": to_us(now), "items": _ids(item_ids), "locations": None}

        def read(connection: Connection, settled: int) -> Snapshot:
            rows = connection.execute(sql.AVAILABLE, values)
            available = tuple(AvailableRow(key_from(*row[:3]), row[3]) for row in rows)
            levels = connection.execute(sql.WITH_DETAILS, values)
            details = tuple(level_from(row[:-1], row[-1]) for row in levels)
            return Snapshot(available, settled, details)

        return self._database.read_settled(read)

    def changes_since(self, version: int, *, now: datetime, limit: int = 10_000) -> ChangeBatch:
        """See `api.LedgerReads.changes_since`."""

        def read(connection: Connection, settled: int) -> ChangeBatch:
            connection.execute(sql.BY_INDEX)
            last = _end_of_batch(connection, version, limit, settled)
            values = {"now_us": to_us(now), "after": version, "last": last}
            changes = tuple(
                Change(level_from(row[:-3], row[-3]), REASONS[row[-2]], row[-1])
                for row in connection.execute(sql.CHANGES, values)
            )
            go_on, more = _go_on(connection, version, last, settled)
            return ChangeBatch(changes, go_on, more)

        return self._database.read_settled(read)

    def available_since(
        self, version: int, *, now: datetime, limit: int = 10_000
    ) -> AvailableBatch:
        """See `api.LedgerReads.available_since`."""

        def read(connection: Connection, settled: int) -> AvailableBatch:
            connection.execute(sql.BY_INDEX)
            last = _end_of_batch(connection, version, limit, settled)
            values = {"now_us": to_us(now), "after": version, "last": last}
            rows = connection.execute(sql.CHANGED_AVAILABLE, values).fetchall()
            details = connection.execute(sql.CHANGED_DETAILS, values)
            go_on, more = _go_on(connection, version, last, settled)
            return available_from(rows, details, go_on, more=more)

        return self._database.read_settled(read)

    def demand(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> tuple[WeekDemand, ...]:
        """See `api.LedgerReads.demand`."""
        values = {
            "now_us": to_us(now),
            "week_us": WEEK_US,
            "window_us": NO_LONGER_US,
            "items": _ids(item_ids),
        }
        return self._database.read(
            lambda connection: demand_from(connection.execute(sql.DEMAND, values))
        )

    def _portable(self) -> SqlDatabase:
        return self._database

    def _read_plan(self, plan_id: str) -> HeldPlan | None:
        return self._database.read(lambda connection: read_plan(connection, plan_id))

    def _read_answer(self, request_id: str) -> StoredAnswer | None:
        return self._database.read(lambda connection: read_answer(connection, request_id))

    def _read_waiting(self) -> list[HeldPlan]:
        return self._database.read(read_waiting_plans)

    def _read_records(self, item_ids: Sequence[ItemId]) -> dict[LevelKey, Record]:
        return self._database.read(lambda connection: read_records(connection, item_ids))


def _run_batch(
    connection: Connection,
    commands: Sequence[Command],
    run_on: RunOn,
    commit: Callable[[], None],
) -> Sequence[Answer]:
    # Many wait only briefly for rows that somebody else has locked; then each is run by itself.
    patience = _PATIENCE_OF_MANY if len(commands) > 1 else ""
    if len(commands) < _WORTH_ASKING:
        run_on = here
    try:
        at_once = PostgresTransaction.begin_at_once(connection, patience=patience, commit=commit)
        return run_remote_batch(at_once, commands, run_on)
    except PlansFoundError:
        connection.rollback()
        begun = PostgresTransaction.begin(connection, patience=patience, commit=commit)
        return run_remote_batch(begun, commands, run_on)


def _end_of_batch(connection: Connection, after: int, limit: int, settled: int) -> int | None:
    """Return the version of the last write of a batch of changes; ``None``: all there are.

    Whatever is there is shown, but reading goes on only from what is finished: an older write
    that is still under way would be missed otherwise.
    """
    row = connection.execute(sql.LAST_VERSION_OF_BATCH, (after, limit - 1)).fetchone()
    return row[0] if row is not None and row[0] <= settled else None


def _go_on(connection: Connection, after: int, last: int | None, settled: int) -> tuple[int, bool]:
    """Return where to go on after a batch that ends with `last`, and whether there is more."""
    if last is None:
        return max(after, settled), False
    return last, connection.execute(sql.LAST_VERSION_OF_BATCH, (last, 0)).fetchone() is not None


def _ids(ids: Iterable[str]) -> list[str] | None:
    """Return ids as a parameter; ``None`` for all. PostgreSQL knows no text with a NUL."""
    wanted = sorted(set(ids))
    return [one for one in wanted if "\0" not in one] if wanted else None
