"""The ledger in a SQLite file."""

from __future__ import annotations

import json
import queue
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from allocation.ledger.commands import Command
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.entry import ChangeReason
from allocation.ledger.errors import LedgerUnavailableError
from allocation.ledger.facade import LedgerFacade
from allocation.ledger.hold import HeldPlan
from allocation.ledger.instants import to_us
from allocation.ledger.level import LevelKey
from allocation.ledger.replies import (
    AuditReport,
    AvailableRow,
    Change,
    ChangeBatch,
    EntryRow,
    LevelsReply,
    Reply,
    Snapshot,
)
from allocation.ledger.rows import entry_from, key_from, key_values, level_from
from allocation.ledger.sqlite import sql
from allocation.ledger.sqlite.connect import connect, translated
from allocation.ledger.sqlite.migrations import migrate
from allocation.ledger.sqlite.queries import read_answer, read_plan, read_records
from allocation.ledger.sqlite.writer import GroupWriter
from routing.ids import ItemId, LocationId


class SqliteLedger(LedgerFacade):
    """Implements `api.Ledger` on one file, which several processes may share.

    Parameters
    ----------
    path
        The file; it is made, or brought up to date, if need be. Its folder has to exist
        and to be on a local disk.
    busy_timeout_s
        How long a write waits for other processes before it gives up.

    Raises
    ------
    LedgerUnavailableError
        The file cannot be used.
    LedgerSchemaError
        It was written by a newer version of the program.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        with translated(path), closing(connect(path, busy_timeout_s)) as connection:
            migrate(connection)
        self._writer = GroupWriter(path, busy_timeout_s)
        self._readers: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False

    def close(self) -> None:
        """Finish the writes that were asked for and let go of the file."""
        self._closed = True
        self._writer.close()
        while not self._readers.empty():
            self._readers.get_nowait().close()

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
        with self._reading() as connection:
            rows = connection.execute(sql.LEVELS_OF_ITEMS if item_ids else statement, values)
            levels = tuple(level_from(row[:-1], row[-1]) for row in rows)
            return LevelsReply(levels, _version(connection))

    def snapshot(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> Snapshot:
        """See `api.LedgerReads.snapshot`."""
        values = {"now_us": to_us(now), "items": json.dumps(sorted(set(item_ids)))}
        statement = sql.AVAILABLE_OF_ITEMS if item_ids else sql.ALL_AVAILABLE
        with self._reading() as connection:
            rows = connection.execute(statement, values)
            available = tuple(AvailableRow(key_from(*row[:3]), row[3]) for row in rows)
            return Snapshot(available, _version(connection))

    def changes_since(self, version: int, *, now: datetime, limit: int = 10_000) -> ChangeBatch:
        """See `api.LedgerReads.changes_since`."""
        with self._reading() as connection:
            current = max(version, _version(connection))
            bound = (version, limit - 1)
            row = connection.execute(sql.LAST_VERSION_OF_BATCH, bound).fetchone()
            last = current if row is None else row[0]
            values = {"now_us": to_us(now), "after": version, "last": last}
            changes = tuple(
                Change(level_from(row[:-3], row[-3]), ChangeReason(row[-2]), row[-1])
                for row in connection.execute(sql.CHANGES, values)
            )
        return ChangeBatch(changes, last, last < current)

    def entries(
        self, *, key: LevelKey | None = None, after_entry_id: int = 0, limit: int = 1_000
    ) -> tuple[EntryRow, ...]:
        """See `api.LedgerReads.entries`."""
        page = (after_entry_id, limit)
        with self._reading() as connection:
            if key is None:
                rows = connection.execute(sql.ENTRIES, page)
            else:
                rows = connection.execute(sql.ENTRIES_OF_LEVEL, (*key_values(key), *page))
            return tuple(entry_from(row) for row in rows)

    def _write(self, command: Command) -> Reply | AuditReport:
        return self._writer.run(command)

    def _read_plan(self, plan_id: str) -> HeldPlan | None:
        with self._reading() as connection:
            return read_plan(connection, plan_id)

    def _read_answer(self, request_id: str) -> StoredAnswer | None:
        with self._reading() as connection:
            return read_answer(connection, request_id)

    def _read_records(self, item_ids: Sequence[ItemId]) -> dict[LevelKey, Record]:
        with self._reading() as connection:
            return read_records(connection, item_ids)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that sees one instant, whatever is written meanwhile."""
        if self._closed:
            raise LedgerUnavailableError("the ledger is closed")
        with translated(self._path):
            try:
                connection = self._readers.get_nowait()
            except queue.Empty:
                connection = connect(self._path, self._busy_timeout_s)
            try:
                connection.execute("BEGIN")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.close()
                raise
            self._readers.put(connection)


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute(sql.VERSION).fetchone()
    return int(version)
