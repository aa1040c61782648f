"""What can be read of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import LevelKey
from allocation.ledger.replies import (
    AvailableBatch,
    ChangeBatch,
    EntryRow,
    FeedReply,
    LevelsReply,
    PlanReply,
    Snapshot,
)
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import Step
from allocation.ledger.waiting import WaitingUnits
from allocation.low_stock.demand import WeekDemand
from routing.ids import ItemId, LocationId, LotId


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

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return where units are and who has them; units that nobody knows of are left out."""
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

    def listen(self, wake: Callable[[], None]) -> Callable[[], None]:
        """Call `wake`, in some thread, soon after another process may have written.

        A help for those who look for changes from time to time, on which nothing may rely: not
        every store can tell, and what is told can get lost.

        Returns
        -------
        callable
            Ends it.
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
