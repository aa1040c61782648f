"""The calls of the ledger, as commands; a store adds how a command is run and how to read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TypeVar

from allocation.ledger.adjustment import Adjustment
from allocation.ledger.commands import (
    Adjust,
    ClearLevels,
    Command,
    Compensate,
    Hold,
    Recall,
    SetLevels,
    Sweep,
    TakeStep,
    fingerprint_of,
    step_fingerprint,
)
from allocation.ledger.core.auditing import report
from allocation.ledger.core.execute import first_reply
from allocation.ledger.core.expiring import as_expired
from allocation.ledger.core.jobs import RunOn, Tell, here
from allocation.ledger.core.key_check import id_violations
from allocation.ledger.core.serving import claims_of, in_order
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.errors import PlanNotFoundError
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HeldPlan, HoldRow, Replaced, RowShare
from allocation.ledger.instants import checked_instant
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.replies import (
    AdjustReply,
    AuditReport,
    FeedReply,
    PlanReply,
    RecallReply,
    Reply,
    SweepReply,
)
from allocation.ledger.states import HoldState, Step
from allocation.ledger.waiting import DEFAULT_ALLOT_BY, AllotBy, WaitingUnits, WaitRow
from routing.counters import counted_item
from routing.daily_capacity import CapacityTake
from routing.ids import ItemId, LineId, LocationId, LotId

R = TypeVar("R")


class LedgerFacade(ABC):
    """Implements `api.Ledger` but for the reads that are a store's own."""

    allot_by: tuple[AllotBy, ...] = DEFAULT_ALLOT_BY
    """See `api.LedgerWrites.allot_by`."""

    @abstractmethod
    def submit(self, command: Command) -> Future[Reply | AuditReport]:
        """See `api.LedgerWrites.submit`."""

    @abstractmethod
    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        """See `api.LedgerWrites.submit_all`."""

    @abstractmethod
    def _read_plan(self, plan_id: str) -> HeldPlan | None:
        """Return a plan as stored."""

    @abstractmethod
    def _read_answer(self, request_id: str) -> StoredAnswer | None:
        """Return a remembered answer."""

    @abstractmethod
    def _read_waiting(self) -> list[HeldPlan]:
        """Return plans with units that wait, as of one instant."""

    @abstractmethod
    def _read_records(self, item_ids: Sequence[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level, as of one instant."""

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """See `api_reads.LedgerReads.listen`: by default nobody tells."""
        del wake
        return lambda: None

    def set_levels(
        self,
        rows: Sequence[LevelRow],
        *,
        now: datetime,
        request_id: str = "",
        owner: StockOwner = StockOwner.ENGINE,
        kind: FeedKind = FeedKind.DELTA,
        observed_time: datetime | None = None,
        begun: datetime | None = None,
        fingerprint: bytes | None = None,
    ) -> FeedReply:
        """See `api.LedgerWrites.set_levels`."""
        if observed_time is not None:
            observed_time = checked_instant("observed_time", observed_time)
        if begun is not None:
            begun = checked_instant("begun", begun)
        command = SetLevels(
            now=checked_instant("now", now),
            request_id=request_id,
            rows=tuple(rows),
            owner=owner,
            kind=kind,
            observed_time=observed_time,
            begun=begun,
            allot_by=self.allot_by,
            caller_fingerprint=fingerprint,
        )
        return self._run(command, FeedReply)

    def clear_levels(
        self,
        keys: Sequence[LevelKey],
        *,
        observed_time: datetime,
        now: datetime,
        request_id: str = "",
        owner: StockOwner = StockOwner.ENGINE,
    ) -> FeedReply:
        """See `api.LedgerWrites.clear_levels`."""
        command = ClearLevels(
            now=checked_instant("now", now),
            request_id=request_id,
            keys=tuple(keys),
            owner=owner,
            observed_time=checked_instant("observed_time", observed_time),
            allot_by=self.allot_by,
        )
        return self._run(command, FeedReply)

    def adjust(
        self, adjustments: Sequence[Adjustment], *, now: datetime, request_id: str = ""
    ) -> AdjustReply:
        """See `api.LedgerWrites.adjust`."""
        now = checked_instant("now", now)
        command = Adjust(
            now=now,
            request_id=request_id,
            adjustments=tuple(adjustments),
            allot_by=self.allot_by,
        )
        return self._run(command, AdjustReply)

    def recall(
        self,
        item_id: ItemId,
        lot_id: LotId,
        *,
        now: datetime,
        request_id: str = "",
        comment: str = "",
        lift: bool = False,
    ) -> RecallReply:
        """See `api.LedgerWrites.recall`."""
        command = Recall(
            now=checked_instant("now", now),
            request_id=request_id,
            item_id=item_id,
            lot_id=lot_id,
            comment=comment,
            lift=lift,
        )
        return self._run(command, RecallReply)

    def hold(
        self,
        plan_id: str,
        rows: Sequence[HoldRow],
        *,
        expire_time: datetime,
        now: datetime,
        request_id: str = "",
        payload: bytes = b"",
        fingerprint: bytes | None = None,
        replaces: Replaced | None = None,
        capacity: Sequence[CapacityTake] = (),
        waiting: Sequence[WaitRow] = (),
    ) -> PlanReply:
        """See `api.LedgerWrites.hold`."""
        command = Hold(
            now=checked_instant("now", now),
            request_id=request_id,
            plan_id=plan_id,
            rows=tuple(rows),
            expire_time=checked_instant("expire_time", expire_time),
            payload=payload,
            caller_fingerprint=fingerprint,
            replaced=replaces,
            capacity=tuple(capacity),
            waiting=tuple(waiting),
        )
        return self._run(command, PlanReply)

    def commit(
        self,
        plan_id: str,
        *,
        now: datetime,
        request_id: str = "",
        if_revision: int | None = None,
        fingerprint: bytes | None = None,
    ) -> PlanReply:
        """See `api.LedgerWrites.commit`."""
        command = TakeStep(
            now=checked_instant("now", now),
            request_id=request_id,
            step=Step.COMMIT,
            plan_id=plan_id,
            if_revision=if_revision,
            caller_fingerprint=fingerprint,
        )
        return self._run(command, PlanReply)

    def extend(
        self,
        plan_id: str,
        *,
        expire_time: datetime,
        now: datetime,
        request_id: str = "",
        if_revision: int | None = None,
        fingerprint: bytes | None = None,
    ) -> PlanReply:
        """See `api.LedgerWrites.extend`."""
        command = TakeStep(
            now=checked_instant("now", now),
            request_id=request_id,
            step=Step.EXTEND,
            plan_id=plan_id,
            expire_time=checked_instant("expire_time", expire_time),
            if_revision=if_revision,
            caller_fingerprint=fingerprint,
        )
        return self._run(command, PlanReply)

    def release(
        self,
        plan_id: str,
        *,
        now: datetime,
        request_id: str = "",
        lines: Sequence[LineId] = (),
        comment: str = "",
        if_revision: int | None = None,
        fingerprint: bytes | None = None,
    ) -> PlanReply:
        """See `api.LedgerWrites.release`."""
        command = TakeStep(
            now=checked_instant("now", now),
            request_id=request_id,
            step=Step.RELEASE,
            plan_id=plan_id,
            lines=tuple(lines),
            comment=comment,
            if_revision=if_revision,
            caller_fingerprint=fingerprint,
        )
        return self._run(command, PlanReply)

    def fulfill(
        self,
        plan_id: str,
        *,
        now: datetime,
        request_id: str = "",
        rows: Sequence[RowShare] = (),
        if_revision: int | None = None,
        fingerprint: bytes | None = None,
    ) -> PlanReply:
        """See `api.LedgerWrites.fulfill`."""
        command = TakeStep(
            now=checked_instant("now", now),
            request_id=request_id,
            step=Step.FULFILL,
            plan_id=plan_id,
            rows=tuple(rows),
            if_revision=if_revision,
            caller_fingerprint=fingerprint,
        )
        return self._run(command, PlanReply)

    def sweep(self, *, now: datetime, limit: int = 1_000) -> SweepReply:
        """See `api.LedgerWrites.sweep`."""
        now = checked_instant("now", now)
        return self._run(Sweep(now=now, limit=limit, allot_by=self.allot_by), SweepReply)

    def audit(
        self, *, now: datetime, item_ids: Sequence[ItemId] = (), apply: bool = False
    ) -> AuditReport:
        """See `api.LedgerWrites.audit`."""
        now = checked_instant("now", now)
        if apply:
            return self._run(Compensate(now=now, item_ids=tuple(item_ids)), AuditReport)
        return report(self._read_records(item_ids))

    def get_plan(self, plan_id: str, *, now: datetime) -> HeldPlan:
        """See `api.LedgerReads.get_plan`."""
        plan = None if id_violations("", plan_id) else self._read_plan(plan_id)
        if plan is None:
            raise PlanNotFoundError(plan_id)
        return as_expired(plan) if plan.is_due(checked_instant("now", now)) else plan

    def waiting(
        self,
        *,
        now: datetime,
        item_ids: Sequence[ItemId] = (),
        location_ids: Sequence[LocationId] = (),
    ) -> tuple[WaitingUnits, ...]:
        """See `api.LedgerReads.waiting`."""
        now = checked_instant("now", now)
        plans = [plan for plan in self._read_waiting() if not plan.is_due(now)]
        found = [
            WaitingUnits(
                claim.plan_id,
                claim.row.line_id,
                counted_item(claim.row.key.item_id),
                claim.row.key.location_id,
                claim.row.quantity,
                claim.waited,
                claim.row.state is HoldState.COMMITTED,
            )
            for claim in in_order(claims_of(plans), self.allot_by)
        ]
        chosen = (
            one
            for one in found
            if (not item_ids or one.item_id in item_ids)
            and (not location_ids or one.location_id in location_ids)
        )
        return tuple(sorted(chosen, key=lambda one: (one.item_id, one.location_id)))

    def find_hold(self, request_id: str, fingerprint: bytes) -> PlanReply | None:
        """See `api.LedgerReads.find_hold`."""
        return self._find(request_id, fingerprint_of(Hold, fingerprint), PlanReply)

    def find_step(self, step: Step, request_id: str, fingerprint: bytes) -> PlanReply | None:
        """See `api.LedgerReads.find_step`."""
        return self._find(request_id, step_fingerprint(step, fingerprint), PlanReply)

    def find_feed(self, request_id: str, fingerprint: bytes) -> FeedReply | None:
        """See `api.LedgerReads.find_feed`."""
        return self._find(request_id, fingerprint_of(SetLevels, fingerprint), FeedReply)

    def _find(self, request_id: str, fingerprint: bytes, kind: type[R]) -> R | None:
        first = None if id_violations("", request_id) else self._read_answer(request_id)
        if first is None:
            return None
        reply = first_reply(request_id, fingerprint, first)
        return reply if isinstance(reply, kind) else None

    def _run(self, command: Command, kind: type[R]) -> R:
        reply = self.submit(command).result()
        if not isinstance(reply, kind):
            raise TypeError(f"{type(command).__name__} was answered by {type(reply).__name__}")
        return reply
