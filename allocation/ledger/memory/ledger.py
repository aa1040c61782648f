"""The ledger in memory."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime

from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.core.execute import execute
from allocation.ledger.core.jobs import RunOn, Tell, here
from allocation.ledger.core.outcome import Refused
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.demand_rows import demand_from, weeks_ago
from allocation.ledger.facade import LedgerFacade
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Buckets, Level, LevelKey
from allocation.ledger.memory.state import State, records
from allocation.ledger.memory.transaction import MemoryTransaction
from allocation.ledger.replies import (
    AuditReport,
    AvailableBatch,
    AvailableRow,
    Change,
    ChangeBatch,
    EntryRow,
    LevelsReply,
    Reply,
    Snapshot,
)
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.low_stock.demand import WeekDemand
from routing.counters import is_counter_item
from routing.ids import ItemId, LocationId, LotId


class MemoryLedger(LedgerFacade):
    """Implements `api.Ledger` with dictionaries under one lock; gone with the process.

    Parameters
    ----------
    state
        What it starts with and goes on changing; ``None``: nothing.
    """

    def __init__(self, state: State | None = None) -> None:
        self._lock = threading.Lock()
        self._state = State() if state is None else state

    def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def level_keys(
        self, location_id: LocationId, *, after: LevelKey | None = None, limit: int = 10_000
    ) -> tuple[LevelKey, ...]:
        """See `api.LedgerReads.level_keys`."""
        with self._lock:
            keys = [key for key in self._state.levels if key.location_id == location_id]
        later = [key for key in keys if after is None or key.order > after.order]
        return tuple(sorted(later, key=lambda key: key.order)[:limit])

    def item_ids(self, *, after: ItemId | None = None, limit: int = 10_000) -> tuple[ItemId, ...]:
        """See `api.LedgerReads.item_ids`."""
        with self._lock:
            found = {key.item_id for key in self._state.levels}
        return tuple(sorted(one for one in found if one > (after or "")))[:limit]

    def levels(
        self,
        *,
        now: datetime,
        item_ids: Sequence[ItemId] = (),
        location_ids: Sequence[LocationId] = (),
    ) -> LevelsReply:
        """See `api.LedgerReads.levels`."""
        items, locations = set(item_ids), set(location_ids)
        with self._lock:
            due = self._due_sums(now)
            chosen = [
                _less(level, due.get(level.key, 0))
                for level in self._state.levels.values()
                if (not items or level.key.item_id in items)
                and (not locations or level.key.location_id in locations)
            ]
            version = self._state.version
        return LevelsReply(tuple(sorted(chosen, key=lambda level: level.key.order)), version)

    def snapshot(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> Snapshot:
        """See `api.LedgerReads.snapshot`."""
        reply = self.levels(now=now, item_ids=item_ids)
        rows = tuple(AvailableRow(level.key, level.available) for level in reply.levels)
        details = tuple(level for level in reply.levels if level.has_details)
        return Snapshot(rows, reply.version, details)

    def changes_since(self, version: int, *, now: datetime, limit: int = 10_000) -> ChangeBatch:
        """See `api.LedgerReads.changes_since`."""
        with self._lock:
            rows = [row for row in self._state.entries if row.version > version]
            last = (
                rows[min(limit, len(rows)) - 1].version
                if rows
                else max(version, self._state.version)
            )
            due = self._due_sums(now)
            newest = {row.entry.key: row for row in rows if row.version <= last}
            changes = [
                Change(
                    _less(self._state.levels[key], due.get(key, 0)), row.entry.reason, row.version
                )
                for key, row in newest.items()
            ]
            more = bool(rows) and rows[-1].version > last
        ordered = sorted(changes, key=lambda change: (change.version, change.level.key.order))
        return ChangeBatch(tuple(ordered), last, more)

    def available_since(
        self, version: int, *, now: datetime, limit: int = 10_000
    ) -> AvailableBatch:
        """See `api.LedgerReads.available_since`."""
        batch = self.changes_since(version, now=now, limit=limit)
        levels = [change.level for change in batch.changes]
        observed = [level.observed_time for level in levels if level.observed_time is not None]
        return AvailableBatch(
            tuple(AvailableRow(level.key, level.available) for level in levels),
            tuple(level for level in levels if level.has_details),
            max(observed, default=None),
            batch.version,
            batch.more,
        )

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """See `api.LedgerReads.serials`."""
        with self._lock:
            known = self._state.serials
            return {key: known[key] for key in keys if key in known}

    def demand(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> tuple[WeekDemand, ...]:
        """See `api.LedgerReads.demand`."""
        sums: dict[tuple[ItemId, LocationId, int], int] = {}
        with self._lock:
            rows = [row for plan in self._state.plans.values() for row in plan.rows]
        for row in rows:
            if is_counter_item(row.key.item_id):
                continue
            week = None if row.fulfill_time is None else weeks_ago(row.fulfill_time, now)
            if week is not None and (not item_ids or row.key.item_id in item_ids):
                key = row.key.item_id, row.key.location_id, week
                sums[key] = sums.get(key, 0) + row.quantity
        return demand_from((*key, increments) for key, increments in sorted(sums.items()))

    def entries(
        self, *, key: LevelKey | None = None, after_entry_id: int = 0, limit: int = 1_000
    ) -> tuple[EntryRow, ...]:
        """See `api.LedgerReads.entries`."""
        with self._lock:
            later = self._state.entries[max(0, after_entry_id) :]
        return tuple(row for row in later if key is None or row.entry.key == key)[:limit]

    def history(
        self,
        item_id: ItemId,
        *,
        location_id: LocationId | None = None,
        lot_id: LotId | None = None,
        before_entry_id: int | None = None,
        limit: int = 1_000,
    ) -> tuple[EntryRow, ...]:
        """See `api.LedgerReads.history`."""
        with self._lock:
            rows = reversed(self._state.entries)
        found = (
            row
            for row in rows
            if row.entry.key.item_id == item_id
            and location_id in (None, row.entry.key.location_id)
            and lot_id in (None, row.entry.key.lot_id)
            and (before_entry_id is None or row.entry_id < before_entry_id)
        )
        return tuple(itertools.islice(found, limit))

    def submit(self, command: Command) -> Future[Reply | AuditReport]:
        """See `api.LedgerWrites.submit`; done at once."""
        future: Future[Reply | AuditReport] = Future()
        try:
            future.set_result(self._write(command))
        except Exception as error:  # noqa: BLE001 - whoever waits for the future sees it
            future.set_exception(error)
        return future

    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        """See `api.LedgerWrites.submit_all`; done at once."""
        del run_on
        futures = [self.submit(command) for command in commands]
        tell([(number, one.exception() or one.result()) for number, one in enumerate(futures)])

    def _write(self, command: Command) -> Reply | AuditReport:
        with self._lock:
            tx = MemoryTransaction(self._state)
            outcome = execute(tx, command)
            version = tx.apply()
            if isinstance(outcome, Refused):
                raise outcome.error
            tx.apply_answers(version)
        if isinstance(outcome, AuditReport) or outcome.replayed:
            return outcome
        return replace(outcome, version=version)

    def _read_plan(self, plan_id: str) -> HeldPlan | None:
        with self._lock:
            return self._state.plans.get(plan_id)

    def _read_answer(self, request_id: str) -> StoredAnswer | None:
        with self._lock:
            return self._state.answers.get(request_id)

    def _read_waiting(self) -> list[HeldPlan]:
        with self._lock:
            plans = list(self._state.plans.values())
        return [plan for plan in plans if any(row.is_waiting for row in plan.rows)]

    def _read_records(self, item_ids: Sequence[ItemId]) -> dict[LevelKey, Record]:
        with self._lock:
            return records(self._state, set(item_ids))

    def _due_sums(self, now: datetime) -> dict[LevelKey, int]:
        sums: dict[LevelKey, int] = {}
        for plan in self._state.plans.values():
            for row in plan.every_row if plan.is_due(now) else ():
                if row.state is plan.state:
                    sums[row.key] = sums.get(row.key, 0) + row.quantity
        return sums


def _less(level: Level, no_longer_held: int) -> Level:
    """Return a level without the holds that have run out."""
    if not no_longer_held:
        return level
    return level._replace(buckets=level.buckets - Buckets(held=no_longer_held))
