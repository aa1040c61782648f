"""The ledger as the rest of the engine sees it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import Protocol

from allocation.ledger.adjustment import Adjustment
from allocation.ledger.api_reads import LedgerReads
from allocation.ledger.commands import Command, Hold, TakeStep
from allocation.ledger.core.jobs import RunOn, Tell, here
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HoldRow, Replaced, RowShare
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
from allocation.ledger.waiting import AllotBy, WaitRow
from routing.daily_capacity import CapacityTake
from routing.ids import ItemId, LineId, LotId


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

    def submit_all(
        self, commands: Sequence[Hold | TakeStep], tell: Tell, run_on: RunOn = here
    ) -> None:
        """Queue writes that are all or nothing each, and may share what they cost.

        Parameters
        ----------
        commands
            As for `submit`. They come out as if they came one after the other.
        tell
            Told what came of each, by its place in `commands`, once that is durable: its
            reply, or its error. Those that have to wait for somebody else's writes do not keep
            the others.
        run_on
            Where they may be decided: a thread that never stops computing, such as that of
            an event loop, is quicker at it than one that asks it for the interpreter's lock again
            and again. Statements are run in a thread of the store, where others can compute
            meanwhile. What a store would have to be waited for there, its own thread decides.

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
        InvalidRequestError, TakesTooMuchError
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
        lift: bool = False,
    ) -> RecallReply:
        """Set aside all units of a lot, at every location whose figure the ledger owns.

        What comes in later is set aside, too, until the recall is lifted; that gives nothing
        back by itself.

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


class Ledger(LedgerWrites, LedgerReads, Protocol):
    """Keeps levels, holds and commitments. Safe to use from many threads."""

    def close(self) -> None:
        """Let go of files, connections and threads. Repeatable."""
        ...
