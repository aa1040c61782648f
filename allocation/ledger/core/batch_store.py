"""What a store has to offer so that many writes can share one transaction of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from allocation.ledger.core.transaction import Record, Since, StoredAnswer
from allocation.ledger.entry import Entry
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey
from routing.ids import ItemId, LocationId, LotId
from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer to keep, and the place of its write among the writes of the batch."""

    request_id: str
    time: datetime
    answer: StoredAnswer
    write: int


@dataclass(slots=True)
class Writes:
    """What a batch of writes leaves behind.

    Attributes
    ----------
    time
        The latest instant of any of them.
    new_plans
        As they are at the end.
    saved_plans
        As they were read, and as they are at the end.
    levels
        As they are at the end, in key order.
    entries
        One item per write, in the order of the writes; a write may have none.
    decisions
        Plan, time, and what its decision was made of; the first of a plan stays.
    serials
        Claims as they are at the end.
    """

    time: datetime
    new_plans: list[HeldPlan] = field(default_factory=list)
    saved_plans: list[tuple[HeldPlan, HeldPlan]] = field(default_factory=list)
    levels: list[Level] = field(default_factory=list)
    entries: list[Sequence[Entry]] = field(default_factory=list)
    answers: list[Remembered] = field(default_factory=list)
    decisions: list[tuple[str, datetime, bytes]] = field(default_factory=list)
    serials: list[SerialClaim] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; ids and keys can be stored.

    Attributes
    ----------
    due_on, due_by
        Levels whose plans in HELD are wanted that ran out by this instant.
    levels
        Levels that are wanted in the same go, if no plans are found.
    """

    request_ids: Collection[str] = ()
    plan_ids: Collection[str] = ()
    due_on: Collection[LevelKey] = ()
    due_by: datetime | None = None
    levels: Collection[LevelKey] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of what was wanted; `levels` are ``None`` where they were not looked for."""

    answers: Mapping[str, StoredAnswer]
    plans: Mapping[str, HeldPlan]
    due: Sequence[HeldPlan]
    levels: Mapping[LevelKey, Level] | None = None


class BatchStore(Protocol):
    """One transaction of a store, for one batch. What it reads stays as read until it ends.

    Locks are taken in one order everywhere: plans by id, then levels by `LevelKey.order`,
    then serials. Reads need not see what `write` will write.
    """

    def find(self, wanted: Wanted) -> Found:
        """Return first answers, and plans, which are locked; maybe levels, locked after them."""
        ...

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return and lock up to `limit` plans in HELD that ran out by `now`, by id."""
        ...

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return and lock the levels that exist."""
        ...

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """See `Transaction.serials`."""
        ...

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """See `Transaction.serials_at`."""
        ...

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """See `Transaction.claim`."""
        ...

    def any_waiting(self) -> bool:
        """See `Transaction.any_waiting`."""
        ...

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """See `Transaction.plans_on`."""
        ...

    def lock_plans(self, keys: Collection[LevelKey], now: datetime) -> None:
        """See `Transaction.lock_plans`."""
        ...

    def confirm_waiting(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """See `Transaction.confirm_waiting`."""
        ...

    def confirm_lot(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """See `Transaction.confirm_lot`."""
        ...

    def take_turns_with_recalls(self, lots: Collection[tuple[ItemId, LotId]]) -> None:
        """See `Transaction.take_turns_with_recalls`."""
        ...

    def lock_lot(self, item_id: ItemId, lot_id: LotId) -> None:
        """See `Transaction.lock_lot`."""
        ...

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """See `Transaction.level_keys_of`."""
        ...

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """See `Transaction.level_keys_of_lot`."""
        ...

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """See `Transaction.places_to_allot`."""
        ...

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """See `Transaction.places_to_date`."""
        ...

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        ...

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark; a key without news may be absent."""
        ...

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        ...

    def write(self, writes: Writes) -> Sequence[int]:
        """Write everything; return the version of each item of `Writes.entries`.

        A write without entries has the version of what was there before it, or a later one.
        """
        ...


class RemoteStore(BatchStore, Protocol):
    """A store whose answers have to be waited for."""

    def ready(self, writes: Writes) -> Callable[[], Sequence[int]]:
        """Work out all that there is to say to the store; what is returned does what `write` does.

        Nothing is asked of the store until then.
        """
        ...
