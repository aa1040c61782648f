"""The ledger as the rest of the engine sees it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from allocation.ledger.adjustment import Adjustment
from allocation.ledger.commands import Command
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HeldPlan, HoldRow, Replaced, RowShare
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.replies import (
    AdjustReply,
    AuditReport,
    AvailableBatch,
    ChangeBatch,
    EntryRow,
    FeedReply,
    LevelsReply,
    PlanReply,
    RecallReply,
    Reply,
    Snapshot,
    SweepReply,
)
from allocation.ledger.states import Step
from allocation.ledger.waiting import AllotBy, WaitingUnits, WaitRow
from allocation.low_stock.demand import WeekDemand
from routing.daily_capacity import CapacityTake
from routing.ids import ItemId, LineId, LocationId, LotId


class LedgerWrites(Protocol):
    """Writes. Each is atomic and durable before it answers.

    `now` is the aware UTC instant at which the write happens. `request_id` makes a write
    repeatable: the same id with the same content returns the first answer, with other
    content it raises `RequestIdReusedError`; an empty id is not remembered. Where a write
    takes a `fingerprint`, that stands for its content (the caller hashes what *it* was
    asked, when the arguments here depend on the time or on a plan).

    Every write may raise `LedgerUnavailableError`; whether it took effect is then unknown,
    and repeating it under its `request_id` is safe.
    """

    allot_by: tuple[AllotBy, ...]
    """Who comes first of those that wait for stock which arrives: compared in this order."""

    def submit(self, command: Command) -> Future[Reply | AuditReport]:
        """Queue any write; the future is done once it is durable, or has its error.

        The other writes wait for theirs; who must not wait, such as an event loop, submits
        the command they stand for. Its instants are aware UTC.

        Raises
        ------
        LedgerUnavailableError
            The ledger is closed.
        """
        ...

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
        """Take a feed; rows that cannot be taken are in the answer, the others count.

        What becomes available in levels that the ledger owns is given to plans that wait for it,
        in the same write, and those that go on waiting are told when their units come now.

        Every other write waits while one call is at work. `feed_session.FeedSession` takes
        a long feed in stretches, with `begun` the instant at which the whole feed began: it
        stands in for an `observed_time` that is not told.
        """
        ...

    def clear_levels(
        self,
        keys: Sequence[LevelKey],
        *,
        observed_time: datetime,
        now: datetime,
        request_id: str = "",
        owner: StockOwner = StockOwner.ENGINE,
    ) -> FeedReply:
        """Set levels to zero that a full feed, observed at `observed_time`, left out.

        Levels with a newer figure stay as they are.
        """
        ...

    def adjust(
        self, adjustments: Sequence[Adjustment], *, now: datetime, request_id: str = ""
    ) -> AdjustReply:
        """Record receipts, counts, damage, transfers and the like, all or none.

        What becomes available is given to plans that wait for it, in the same write.

        Raises
        ------
        InvalidRequestError, InsufficientStockError
        """
        ...

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
        """Hold every row until `expire_time`, or none.

        With `replaces`, what is left of that plan is released in the same instant and its
        units count as available here; if it was committed, so is the new plan.
        What it takes of the days of locations is counted with the stock, and given back
        with it; a limit of N admits exactly N. So are units that are to wait for supply: they
        are promised once only, and a limit of an item holds over all plans and locations.

        Raises
        ------
        InsufficientStockError
            The sum over some level's rows is more than is available at `now`.
        CapacityTakenError
            What is left of a day at `now` is less than some of `capacity`.
        SupplyTakenError
            What is left of an item's pool, or of the supply that is to come by some time, is less
            than `waiting` asks for.
        PlanNotFoundError, PlanExpiredError, PlanAlreadyReleasedError,
        PlanAlreadyFulfilledError, EtagMismatchError
            The plan to replace cannot be replaced.
        InvalidRequestError, PlanIdTakenError, RequestIdReusedError
        """
        ...

    def commit(
        self,
        plan_id: str,
        *,
        now: datetime,
        request_id: str = "",
        if_revision: int | None = None,
        fingerprint: bytes | None = None,
    ) -> PlanReply:
        """Turn a hold into a commitment; repeatable.

        Raises
        ------
        PlanNotFoundError, PlanExpiredError, PlanAlreadyReleasedError, EtagMismatchError
        InsufficientStockError
            A figure from outside has taken away what was held.
        """
        ...

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
        """Move the expiry of a hold to `expire_time`, later or earlier.

        Raises
        ------
        PlanNotFoundError, PlanExpiredError, PlanAlreadyCommittedError,
        PlanAlreadyReleasedError, PlanAlreadyFulfilledError, EtagMismatchError
        """
        ...

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
        """Give stock back, of all lines or of `lines`; repeatable.

        Raises
        ------
        PlanNotFoundError, PlanAlreadyFulfilledError, EtagMismatchError, InvalidRequestError
        """
        ...

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
        """Record that stock has left, of all rows or of `rows`; repeatable.

        A share with a quantity is repeatable under its `request_id` only. Units that wait for
        supply stay where they are.

        Raises
        ------
        UnitsWaitError
            All of what is left waits.
        PlanNotFoundError, PlanNotCommittedError, PlanExpiredError, PlanAlreadyReleasedError,
        EtagMismatchError, InvalidRequestError
        """
        ...

    def sweep(self, *, now: datetime, limit: int = 1_000) -> SweepReply:
        """Write down the expiry of holds that have run out; give what is free to who waits.

        Nothing depends on the first but the change sequence and the size of the tables: an
        expired hold does not count, swept or not.
        """
        ...

    def recall(
        self,
        item_id: ItemId,
        lot_id: LotId,
        *,
        now: datetime,
        request_id: str = "",
        comment: str = "",
    ) -> RecallReply:
        """Set aside all units of a lot, at every location whose figure the ledger owns.

        Returns
        -------
        RecallReply
            With the plans that hold or have committed any of it; they keep it until they are
            replaced or released.

        Raises
        ------
        InvalidRequestError
        """
        ...

    def audit(
        self, *, now: datetime, item_ids: Sequence[ItemId] = (), apply: bool = False
    ) -> AuditReport:
        """Recompute every level from the record; write compensating entries if `apply`."""
        ...


class LedgerReads(Protocol):
    """Reads; each shows one instant."""

    def get_plan(self, plan_id: str, *, now: datetime) -> HeldPlan:
        """Return a plan as it is at `now`: a hold that has run out shows as EXPIRED.

        Raises
        ------
        PlanNotFoundError
        """
        ...

    def waiting(
        self,
        *,
        now: datetime,
        item_ids: Sequence[ItemId] = (),
        location_ids: Sequence[LocationId] = (),
    ) -> tuple[WaitingUnits, ...]:
        """Return units of these items that wait at these locations (none given: all).

        By item and location; at each in the order in which they are given what comes.
        """
        ...

    def find_hold(self, request_id: str, fingerprint: bytes) -> PlanReply | None:
        """Return the first answer to a hold with this id and caller's fingerprint.

        Raises
        ------
        RequestIdReusedError
            The id belongs to a request with other content.
        """
        ...

    def find_step(self, step: Step, request_id: str, fingerprint: bytes) -> PlanReply | None:
        """Return the first answer to a step with this id and caller's fingerprint.

        Raises
        ------
        RequestIdReusedError
            The id belongs to a request with other content.
        """
        ...

    def find_feed(self, request_id: str, fingerprint: bytes) -> FeedReply | None:
        """Return the first answer to a feed with this id and caller's fingerprint.

        Raises
        ------
        RequestIdReusedError
            The id belongs to a request with other content.
        """
        ...

    def level_keys(
        self, location_id: LocationId, *, after: LevelKey | None = None, limit: int = 10_000
    ) -> tuple[LevelKey, ...]:
        """Return keys of the levels at a location, in order; the next page is `after` the last."""
        ...

    def item_ids(self, *, after: ItemId | None = None, limit: int = 10_000) -> tuple[ItemId, ...]:
        """Return the items that have levels, in order; the next page is `after` the last."""
        ...

    def levels(
        self,
        *,
        now: datetime,
        item_ids: Sequence[ItemId] = (),
        location_ids: Sequence[LocationId] = (),
    ) -> LevelsReply:
        """Return the levels of these items at these locations (none given: all)."""
        ...

    def snapshot(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> Snapshot:
        """Return what is available of these items (none given: all), for planning."""
        ...

    def changes_since(self, version: int, *, now: datetime, limit: int = 10_000) -> ChangeBatch:
        """Return the levels that changed after `version`, at least once each.

        No change is ever missed, whatever the order in which writes commit. A batch ends
        with a whole write, so it may be somewhat longer than `limit`. That a hold has run
        out shows as a change once a write or `sweep` has written it down.
        """
        ...

    def available_since(
        self, version: int, *, now: datetime, limit: int = 10_000
    ) -> AvailableBatch:
        """Return what is available of the levels that changed after `version`.

        For whoever needs no more, and cheaper than `changes_since`, whose promises hold.
        """
        ...

    def history(
        self,
        item_id: ItemId,
        *,
        location_id: LocationId | None = None,
        lot_id: LotId | None = None,
        before_entry_id: int | None = None,
        limit: int = 1_000,
    ) -> tuple[EntryRow, ...]:
        """Return the latest entries of an item's levels, newest first.

        Parameters
        ----------
        location_id, lot_id
            ``None``: all of them.
        before_entry_id
            Where the page before ended; ``None``: the newest.
        """
        ...

    def demand(self, *, now: datetime, item_ids: Sequence[ItemId] = ()) -> tuple[WeekDemand, ...]:
        """Return what was fulfilled of these items (none given: all) in the last weeks.

        In the order of (item, location, week); weeks without any are left out.
        """
        ...

    def entries(
        self, *, key: LevelKey | None = None, after_entry_id: int = 0, limit: int = 1_000
    ) -> tuple[EntryRow, ...]:
        """Return entries, of one level or of all, in the order of their ids."""
        ...


class Ledger(LedgerWrites, LedgerReads, Protocol):
    """Keeps levels, holds and commitments. Safe to use from many threads."""

    def close(self) -> None:
        """Let go of files, connections and threads. Repeatable."""
        ...
