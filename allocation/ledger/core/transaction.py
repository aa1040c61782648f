"""What a store has to offer inside one atomic write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, Protocol

from allocation.ledger.entry import Entry
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Buckets, Level, LevelKey
from allocation.ledger.replies import Reply
from allocation.ledger.serials import SerialClaim, SerialKey
from routing.ids import ItemId, LocationId, LotId


class StoredAnswer(NamedTuple):
    """The first answer to a request, and what the request was."""

    fingerprint: bytes
    reply: Reply

    def at(self, version: int) -> StoredAnswer:
        """Return the answer with the version of its write."""
        return self._replace(reply=replace(self.reply, version=version))


class Since(NamedTuple):
    """What the ledger knows to have happened to a level after a figure was observed.

    Attributes
    ----------
    on_hand, unavailable
        Sums of the adjustments of `entry.SINCE_A_FIGURE`.
    committed
        Committed units, whenever that was.
    committed_since
        Committed units, committed since.
    fulfilled_since
        Fulfilled units, fulfilled since.
    committed_then_fulfilled
        Fulfilled units, committed since.
    """

    on_hand: int = 0
    unavailable: int = 0
    committed: int = 0
    committed_since: int = 0
    fulfilled_since: int = 0
    committed_then_fulfilled: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """A level's figures beside what entries and plans add up to.

    Attributes
    ----------
    stored
        ``None`` when the level itself is missing.
    entries
        Sum over all entries.
    held, committed
        Sum over the plans' rows that count.
    """

    stored: Buckets | None
    entries: Buckets
    held: int
    committed: int

    @property
    def recomputed(self) -> Buckets:
        """What the level should be."""
        return Buckets(
            self.entries.on_hand,
            self.entries.unavailable,
            self.held,
            self.committed,
            self.entries.safety_stock,
        )

    @property
    def is_clean(self) -> bool:
        """Whether level, entries and plans agree."""
        return self.stored == self.entries == self.recomputed


class Transaction(Protocol):
    """One atomic write. What it reads stays as read until it ends.

    Locks are taken in one order everywhere: plans by id, then levels by `LevelKey.order`,
    then serials. Reads need not see what was written earlier in the same transaction.
    """

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under `request_id`."""
        ...

    def remember(self, request_id: str, now: datetime, answer: StoredAnswer) -> None:
        """Keep the answer given under `request_id`."""
        ...

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return and lock a plan."""
        ...

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return and lock plans in HELD on any of `keys` that ran out by `now`, by id."""
        ...

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return and lock up to `limit` plans in HELD that ran out by `now`, by id."""
        ...

    def add_plan(self, plan: HeldPlan) -> None:
        """Store a plan whose id is free."""
        ...

    def add_decision(self, plan_id: str, now: datetime, record: bytes) -> None:
        """Store what a decision was made of; the first record of a plan stays."""
        ...

    def save_plan(self, plan: HeldPlan) -> None:
        """Replace a plan that was read."""
        ...

    def changed_plans(self) -> list[tuple[HeldPlan | None, HeldPlan]]:
        """Return the plans of this write: as they were before it, and as they are now."""
        ...

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return and lock claims, also those that nobody has made yet; those may be absent."""
        ...

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels, which are locked; not their claims."""
        ...

    def save_serials(self, claims: Sequence[SerialClaim]) -> None:
        """Replace claims that were read."""
        ...

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return and lock the levels that exist."""
        ...

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Lock keys that had no level, to give them one.

        Returns
        -------
        dict
            Levels that another transaction has created since; normally none.
        """
        ...

    def any_waiting(self) -> bool:
        """Say whether units of any item wait for supply anywhere."""
        ...

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """Return and lock plans with rows in HELD or COMMITTED on any of `keys`, by id."""
        ...

    def lock_plans(self, keys: Collection[LevelKey], now: datetime) -> None:
        """Lock plans in HELD on any of `keys` that ran out by `now`, and those that wait there.

        In one go, by id, for those who then read them in two.
        """
        ...

    def confirm_waiting(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that only plans that are `known` wait where these levels are.

        To be called once the levels are locked. Where another transaction has come in between
        since the plans were read, this one is run again.
        """
        ...

    def confirm_lot(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that a lot has no levels but these, and only plans that are `known`.

        To be called once the levels are locked. Where another transaction has come in between
        since keys and plans were read, this one is run again.
        """
        ...

    def take_turns_with_recalls(self, lots: Collection[tuple[ItemId, LotId]]) -> None:
        """Let no recall of these lots come in between, before anything else is locked.

        What is received of a lot then either sees its recall or is seen by it.
        """
        ...

    def lock_lot(self, item_id: ItemId, lot_id: LotId) -> None:
        """Let nothing of a lot be received in between, before anything else is locked."""
        ...

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """Return the keys of all levels of these items at these locations, in order."""
        ...

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """Return the keys of all levels of a lot, in order."""
        ...

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait and others are available that last for them, in order."""
        ...

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait behind others that have lately been given back, in order.

        Until a RESCHEDULE of the counter says that those who are left have been told.
        """
        ...

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        ...

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark; a key without news may be absent."""
        ...

    def post(self, levels: Sequence[Level], entries: Sequence[Entry]) -> None:
        """Store changed levels and append entries."""
        ...

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        ...
