"""One write within a batch: sees what the batch has, keeps its own changes aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from allocation.ledger.core.shared import Shared
from allocation.ledger.core.transaction import Record, Since, StoredAnswer
from allocation.ledger.entry import Entry
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey
from routing.ids import ItemId, LocationId, LotId


class BatchTransaction:
    """See `core.transaction.Transaction`.

    What is read by more than ids and keys comes straight from the store, which does not
    know yet what the batch has changed; whoever needs that is alone in its batch.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._new_plans: list[HeldPlan] = []
        self._saved_plans: list[HeldPlan] = []
        self._levels: Sequence[Level] = ()
        self._entries: Sequence[Entry] = ()
        self._serials: list[SerialClaim] = []
        self._decisions: list[tuple[str, datetime, bytes]] = []
        self._remembered: tuple[str, datetime, StoredAnswer] | None = None

    def keep(self) -> int:
        """Make the changes part of the batch; return the place of this write in it."""
        shared = self._shared
        shared.keep_plans(self._new_plans, self._saved_plans, self._decisions)
        shared.keep_levels(self._levels)
        shared.keep_serials(self._serials)
        return shared.keep_entries(self._entries, self._remembered)

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under `request_id`."""
        return self._shared.answer(request_id)

    def remember(self, request_id: str, now: datetime, answer: StoredAnswer) -> None:
        """Keep the answer given under `request_id`."""
        self._remembered = (request_id, now, answer)

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return a plan."""
        return self._shared.plan(plan_id)

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return plans in HELD on any of `keys` that ran out by `now`, by id."""
        return self._shared.due_plans_on(keys, now)

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return up to `limit` plans in HELD that ran out by `now`, by id."""
        found = self._shared.store.due_plans(now, limit)
        self._shared.add_due(found)
        return found

    def add_plan(self, plan: HeldPlan) -> None:
        """Store a plan whose id is free."""
        self._new_plans.append(plan)

    def add_decision(self, plan_id: str, now: datetime, record: bytes) -> None:
        """Store what a decision was made of."""
        self._decisions.append((plan_id, now, record))

    def save_plan(self, plan: HeldPlan) -> None:
        """Replace a plan that was read."""
        self._saved_plans.append(plan)

    def changed_plans(self) -> list[tuple[HeldPlan | None, HeldPlan]]:
        """Return the plans of this write: as they were before it, and as they are now."""
        saved = {plan.plan_id: plan for plan in self._saved_plans}
        new = [(None, plan) for plan in self._new_plans]
        return [*new, *((self._shared.plan(plan_id), plan) for plan_id, plan in saved.items())]

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return claims on units, as this write has left them so far."""
        found = self._shared.serials(keys)
        if self._serials:
            found.update((one.key, one) for one in self._serials if one.key in found)
        return found

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels."""
        return self._shared.serials_at(keys)

    def save_serials(self, claims: Sequence[SerialClaim]) -> None:
        """Replace claims that were read."""
        self._serials += claims

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return the levels that exist."""
        return self._shared.levels(keys)

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Lock keys that had no level; return those that somebody else has created since."""
        found = self._shared.store.claim(keys, now)
        for key, level in found.items():
            self._shared.add_level(key, level)
        return found

    def any_waiting(self) -> bool:
        """Say whether units of any item wait for supply anywhere."""
        return self._shared.store.any_waiting()

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """Return plans with rows in HELD or COMMITTED on any of `keys`, by id."""
        found = self._shared.store.plans_on(keys)
        self._shared.add_read(found)
        return found

    def lock_plans(self, keys: Collection[LevelKey], now: datetime) -> None:
        """Lock plans that are due on any of `keys`, and those that wait there, by id."""
        self._shared.store.lock_plans(keys, now)

    def confirm_waiting(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that only plans that are `known` wait where these levels are."""
        self._shared.store.confirm_waiting(keys, known)

    def confirm_lot(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Make sure that a lot has no levels but these, and only plans that are `known`."""
        self._shared.store.confirm_lot(keys, known)

    def take_turns_with_recalls(self, lots: Collection[tuple[ItemId, LotId]]) -> None:
        """See `Transaction.take_turns_with_recalls`."""
        self._shared.store.take_turns_with_recalls(lots)

    def lock_lot(self, item_id: ItemId, lot_id: LotId) -> None:
        """See `Transaction.lock_lot`."""
        self._shared.store.lock_lot(item_id, lot_id)

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """Return the keys of all levels of these items at these locations, in order."""
        return self._shared.store.level_keys_of(places)

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """Return the keys of all levels of a lot, in order."""
        return self._shared.store.level_keys_of_lot(item_id, lot_id)

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """See `Transaction.places_to_allot`."""
        return self._shared.store.places_to_allot(now)

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """See `Transaction.places_to_date`."""
        return self._shared.store.places_to_date()

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations, in order."""
        return self._shared.store.level_keys_at(location_ids)

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark."""
        return self._shared.store.since(marks)

    def post(self, levels: Sequence[Level], entries: Sequence[Entry]) -> None:
        """Store changed levels and append entries."""
        self._levels, self._entries = levels, entries

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return self._shared.store.records(item_ids)
