"""What the writes of one batch share: all that was read, as the writes have left it so far."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from allocation.ledger.core.batch_store import BatchStore, Remembered, Wanted, Writes
from allocation.ledger.core.transaction import StoredAnswer
from allocation.ledger.entry import Entry
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Level, LevelKey
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import HoldState


class StoreNeededError(Exception):
    """A write is decided without the store, and has to ask it for something."""


class Shared:
    """Answers, plans and levels as they are after the writes kept so far.

    Parameters
    ----------
    store
        Read from where something is not known yet; written to by `write`.

    Attributes
    ----------
    is_apart
        Whether the store must not be asked now.
    """

    def __init__(self, store: BatchStore) -> None:
        self._store = store
        self.is_apart = False
        self._answers: dict[str, StoredAnswer | None] = {}
        self._plans: dict[str, HeldPlan | None] = {}
        self._levels: dict[LevelKey, Level | None] = {}
        self._read_plans: dict[str, HeldPlan] = {}
        self._due: dict[str, None] = {}
        self._asked: set[LevelKey] = set()
        self._first_expiry: datetime | None = None
        self._new_plans: dict[str, None] = {}
        self._saved_plans: dict[str, None] = {}
        self._changed_levels: dict[LevelKey, None] = {}
        self._entries: list[Sequence[Entry]] = []
        self._serials: dict[SerialKey, SerialClaim] = {}
        self._changed_serials: dict[SerialKey, None] = {}
        self._decisions: list[tuple[str, datetime, bytes]] = []
        self._remembered: dict[str, Remembered] = {}

    @property
    def store(self) -> BatchStore:
        """The store.

        Raises
        ------
        StoreNeededError
            It must not be asked now.
        """
        if self.is_apart:
            raise StoreNeededError
        return self._store

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under an id."""
        if request_id not in self._answers:
            self.read(Wanted(request_ids=[request_id]))
        return self._answers[request_id]

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return a plan."""
        if plan_id not in self._plans:
            self.read(Wanted(plan_ids=[plan_id]))
        return self._plans[plan_id]

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return the levels that exist."""
        self.read_levels(keys)
        levels = self._levels
        return {key: level for key in keys if (level := levels[key]) is not None}

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return claims on units; what nobody has claimed yet is free."""
        unknown = [key for key in keys if key not in self._serials]
        if unknown:
            found = self.store.serials(unknown)
            self._serials.update((key, found.get(key, SerialClaim(key))) for key in unknown)
        return {key: self._serials[key] for key in keys}

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels."""
        places, known = set(keys), self._serials
        found = dict.fromkeys(self.store.serials_at(keys))
        found.update((key, None) for key, claim in known.items() if claim.place in places)
        return [key for key in found if key not in known or known[key].place in places]

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return plans in HELD on any of `keys` that ran out by `now`, by id."""
        unasked = [key for key in keys if key not in self._asked]
        if unasked:
            self.read(Wanted(due_on=unasked, due_by=now))
        candidates = list(self._due)
        if self._first_expiry is not None and self._first_expiry <= now:
            candidates += [plan_id for plan_id in self._new_plans if plan_id not in self._due]
        if not candidates:
            return []
        plans = (self._plans[plan_id] for plan_id in sorted(candidates))
        wanted = set(keys)
        return [
            plan
            for plan in plans
            if plan is not None
            and plan.is_due(now)
            and any(row.state is HoldState.HELD and row.key in wanted for row in plan.every_row)
        ]

    def read(self, wanted: Wanted) -> None:
        """Read answers from the store; read and lock plans."""
        found = self.store.find(wanted)
        self._answers.update((one, found.answers.get(one)) for one in wanted.request_ids)
        self._plans.update((one, found.plans.get(one)) for one in wanted.plan_ids)
        self._read_plans.update(found.plans)
        self._asked.update(wanted.due_on)
        self.add_due(found.due)
        if found.levels is not None:
            self._levels.update(dict.fromkeys(wanted.levels))
            self._levels.update(found.levels)

    def read_levels(self, keys: Collection[LevelKey]) -> None:
        """Read and lock levels in the store, but for those that are known."""
        keys = [key for key in keys if key not in self._levels]
        if keys:
            found = self.store.levels(keys)
            self._levels.update(dict.fromkeys(keys))
            self._levels.update(found)

    def add_due(self, plans: Iterable[HeldPlan]) -> None:
        """Take plans that the store has found to be due."""
        for plan in plans:
            self._due[plan.plan_id] = None
            if plan.plan_id not in self._plans:
                self._plans[plan.plan_id] = self._read_plans[plan.plan_id] = plan

    def add_read(self, plans: Iterable[HeldPlan]) -> None:
        """Take plans that the store has found and locked."""
        for plan in plans:
            if plan.plan_id not in self._plans:
                self._plans[plan.plan_id] = self._read_plans[plan.plan_id] = plan

    def add_level(self, key: LevelKey, level: Level | None) -> None:
        """Take a level that the store has found, or found missing."""
        self._levels[key] = level

    def keys_of_plans(self) -> set[LevelKey]:
        """Return the levels of all plans that were read."""
        return {row.key for plan in self._read_plans.values() for row in plan.every_row}

    def keep_plans(
        self,
        new: Sequence[HeldPlan],
        saved: Sequence[HeldPlan],
        decisions: Sequence[tuple[str, datetime, bytes]],
    ) -> None:
        """Make plans of a write part of the batch."""
        for plan in new:
            self._plans[plan.plan_id] = plan
            self._new_plans[plan.plan_id] = None
            if self._first_expiry is None or plan.expire_time < self._first_expiry:
                self._first_expiry = plan.expire_time
        for plan in saved:
            self._plans[plan.plan_id] = plan
            if plan.plan_id not in self._new_plans:
                self._saved_plans[plan.plan_id] = None
            # A hold can be extended to an earlier instant.
            self._due[plan.plan_id] = None
        self._decisions += decisions

    def keep_levels(self, levels: Sequence[Level]) -> None:
        """Make levels of a write part of the batch."""
        kept = {level.key: level for level in levels}
        self._levels.update(kept)
        self._changed_levels.update(dict.fromkeys(kept))

    def keep_serials(self, claims: Sequence[SerialClaim]) -> None:
        """Make claims of a write part of the batch."""
        for claim in claims:
            self._serials[claim.key] = claim
            self._changed_serials[claim.key] = None

    def keep_entries(
        self, entries: Sequence[Entry], remembered: tuple[str, datetime, StoredAnswer] | None
    ) -> int:
        """End a write; return its place among the writes of the batch."""
        place = len(self._entries)
        self._entries.append(entries)
        if remembered is not None:
            request_id, time, answer = remembered
            self._answers[request_id] = answer
            self._remembered[request_id] = Remembered(request_id, time, answer, place)
        return place

    def place_of(self, request_id: str) -> int | None:
        """Return the place of the write that is remembered under an id in this batch."""
        found = self._remembered.get(request_id)
        return None if found is None else found.write

    @property
    def is_empty(self) -> bool:
        """Whether no write was kept."""
        return not self._entries

    def write(self, time: datetime) -> Sequence[int]:
        """Write everything that was kept, of which `time` is the latest; return the versions."""
        return self.store.write(self.writes(time))

    def writes(self, time: datetime) -> Writes:
        """Return everything that was kept, of which `time` is the latest."""
        new = [self._plans[plan_id] for plan_id in self._new_plans]
        saved = [(self._read_plans[one], self._plans[one]) for one in self._saved_plans]
        levels = [self._levels[key] for key in self._changed_levels]
        return Writes(
            time,
            [plan for plan in new if plan is not None],
            [(before, after) for before, after in saved if after is not None],
            [level for level in levels if level is not None],
            self._entries,
            list(self._remembered.values()),
            self._decisions,
            [self._serials[key] for key in self._changed_serials],
        )
