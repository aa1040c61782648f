"""One write on the ledger in memory: reads the state, keeps its own changes aside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from allocation.ledger.core.only_writer import OnlyWriter
from allocation.ledger.core.serving import claims_of
from allocation.ledger.core.transaction import Record, Since, StoredAnswer
from allocation.ledger.entry import LATEST_ENTRIES, SINCE_A_FIGURE, Entry, to_be_dated
from allocation.ledger.hold import HeldPlan, HeldRow
from allocation.ledger.level import Level, LevelKey, StockOwner
from allocation.ledger.memory.state import State, records
from allocation.ledger.replies import EntryRow
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import Waited, waiting_key
from routing.counters import counted_item, is_waiting_item
from routing.ids import ItemId, LocationId, LotId


class MemoryTransaction(OnlyWriter):
    """See `core.transaction.Transaction`; needs no locks, as there is one at a time."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._levels: dict[LevelKey, Level] = {}
        self._plans: dict[str, HeldPlan] = {}
        self._entries: list[Entry] = []
        self._serials: list[SerialClaim] = []
        self._decisions: dict[str, bytes] = {}
        self._answers: dict[str, StoredAnswer] = {}

    def apply(self) -> int:
        """Make the changes part of the state; return its version."""
        state = self._state
        if self._entries:
            state.version += 1
        first = len(state.entries) + 1
        state.entries += [
            EntryRow(number, state.version, entry)
            for number, entry in enumerate(self._entries, first)
        ]
        state.levels.update(self._levels)
        state.plans.update(self._plans)
        state.serials.update((claim.key, claim) for claim in self._serials)
        for plan_id, record in self._decisions.items():
            state.decisions.setdefault(plan_id, record)
        return state.version

    def apply_answers(self, version: int) -> None:
        """Keep the remembered answers, with the version they were given at."""
        for request_id, answer in self._answers.items():
            self._state.answers[request_id] = answer.at(version)

    def answer(self, request_id: str) -> StoredAnswer | None:
        """Return the first answer given under `request_id`."""
        return self._state.answers.get(request_id)

    def remember(self, request_id: str, now: datetime, answer: StoredAnswer) -> None:
        """Keep the answer given under `request_id`."""
        del now
        self._answers[request_id] = answer

    def plan(self, plan_id: str) -> HeldPlan | None:
        """Return a plan."""
        return self._state.plans.get(plan_id)

    def due_plans_on(self, keys: Collection[LevelKey], now: datetime) -> list[HeldPlan]:
        """Return plans in HELD on any of `keys` that ran out by `now`, by id."""
        wanted = set(keys)
        return [
            plan
            for plan in self._due(now)
            if any(row.state is HoldState.HELD and row.key in wanted for row in plan.every_row)
        ]

    def due_plans(self, now: datetime, limit: int) -> list[HeldPlan]:
        """Return up to `limit` plans in HELD that ran out by `now`, by id."""
        return self._due(now)[:limit]

    def add_plan(self, plan: HeldPlan) -> None:
        """Store a plan whose id is free."""
        self._plans[plan.plan_id] = plan

    def add_decision(self, plan_id: str, now: datetime, record: bytes) -> None:
        """Store what a decision was made of."""
        del now
        self._decisions[plan_id] = record

    def save_plan(self, plan: HeldPlan) -> None:
        """Replace a plan."""
        self._plans[plan.plan_id] = plan

    def changed_plans(self) -> list[tuple[HeldPlan | None, HeldPlan]]:
        """Return the plans of this write: as they were before it, and as they are now."""
        return [(self._state.plans.get(key), plan) for key, plan in self._plans.items()]

    def serials(self, keys: Collection[SerialKey]) -> dict[SerialKey, SerialClaim]:
        """Return the claims that were made, as this write has left them so far."""
        own = {claim.key: claim for claim in self._serials}
        known = self._state.serials
        return {key: own.get(key) or known[key] for key in keys if key in own or key in known}

    def serials_at(self, keys: Collection[LevelKey]) -> list[SerialKey]:
        """Return the units that are part of some levels."""
        places = set(keys)
        return [claim.key for claim in self._state.serials.values() if claim.place in places]

    def save_serials(self, claims: Sequence[SerialClaim]) -> None:
        """Replace claims."""
        self._serials += claims

    def levels(self, keys: Collection[LevelKey]) -> dict[LevelKey, Level]:
        """Return the levels that exist."""
        return {key: self._state.levels[key] for key in keys if key in self._state.levels}

    def claim(self, keys: Collection[LevelKey], now: datetime) -> dict[LevelKey, Level]:
        """Return nothing: nobody else can have created a level."""
        del keys, now
        return {}

    def any_waiting(self) -> bool:
        """Say whether units of any item wait for supply anywhere."""
        return any(
            is_waiting_item(level.key.item_id) and level.available < 0
            for level in self._state.levels.values()
        )

    def plans_on(self, keys: Collection[LevelKey]) -> list[HeldPlan]:
        """Return plans with rows in HELD or COMMITTED on any of `keys`, by id."""
        wanted = set(keys)
        found = [
            plan
            for plan in self._state.plans.values()
            if any(
                row.key in wanted and row.state in (HoldState.HELD, HoldState.COMMITTED)
                for row in plan.rows
            )
        ]
        return sorted(found, key=lambda plan: plan.plan_id)

    def level_keys_of(self, places: Collection[tuple[ItemId, LocationId]]) -> list[LevelKey]:
        """Return the keys of all levels of these items at these locations, in order."""
        wanted = set(places)
        keys = [key for key in self._state.levels if key[:2] in wanted]
        return sorted(keys, key=lambda key: key.order)

    def level_keys_of_lot(self, item_id: ItemId, lot_id: LotId) -> list[LevelKey]:
        """Return the keys of all levels of a lot, in order."""
        lot = (item_id, lot_id)
        keys = [key for key in self._state.levels if (key.item_id, key.lot_id) == lot]
        return sorted(keys, key=lambda key: key.order)

    def places_to_allot(self, now: datetime) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait and others are available that last for them."""
        claims: dict[LevelKey, list[Waited]] = {}
        for claim in claims_of(self._state.plans.values()):
            claims.setdefault(claim.row.key, []).append(claim.waited)
        found = {
            key[:2]
            for key, level in self._state.levels.items()
            if level.available > 0
            and level.owner is StockOwner.ENGINE
            and any(
                waited.fits(level.expiry_date, now)
                for waited in claims.get(waiting_key(*key[:2]), ())
            )
        }
        return sorted(found)

    def places_to_date(self) -> list[tuple[ItemId, LocationId]]:
        """Return places where units wait behind others that have lately been given back."""
        found = []
        for key, level in self._state.levels.items():
            if is_waiting_item(key.item_id) and level.available < 0:
                rows = [row for row in self._state.entries if row.entry.key == key]
                rows.sort(key=lambda row: (row.entry.time, row.entry_id))
                if to_be_dated([row.entry.reason for row in rows[: -LATEST_ENTRIES - 1 : -1]]):
                    found.append((counted_item(key.item_id), key.location_id))
        return sorted(found)

    def level_keys_at(self, location_ids: Collection[LocationId]) -> list[LevelKey]:
        """Return the keys of all levels at these locations."""
        wanted = set(location_ids)
        keys = [key for key in self._state.levels if key.location_id in wanted]
        return sorted(keys, key=lambda key: key.order)

    def since(self, marks: Mapping[LevelKey, datetime]) -> dict[LevelKey, Since]:
        """Return what happened strictly after each mark."""
        return {key: self._since(key, mark) for key, mark in marks.items()}

    def post(self, levels: Sequence[Level], entries: Sequence[Entry]) -> None:
        """Store changed levels and append entries."""
        self._levels.update((level.key, level) for level in levels)
        self._entries += entries

    def records(self, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
        """Return the record of every level of these items, or of all if there are none."""
        return records(self._state, item_ids)

    def _due(self, now: datetime) -> list[HeldPlan]:
        due = [plan for plan in self._state.plans.values() if plan.is_due(now)]
        return sorted(due, key=lambda plan: plan.plan_id)

    def _since(self, key: LevelKey, mark: datetime) -> Since:
        adjusted = [
            row.entry.change
            for row in self._state.entries
            if row.entry.key == key and row.entry.reason in SINCE_A_FIGURE and row.entry.time > mark
        ]
        rows = [row for plan in self._state.plans.values() for row in plan.rows if row.key == key]
        committed = [row for row in rows if row.state is HoldState.COMMITTED]
        fulfilled = [row for row in rows if row.state is HoldState.FULFILLED]
        return Since(
            on_hand=sum(change.on_hand for change in adjusted),
            unavailable=sum(change.unavailable for change in adjusted),
            committed=_sum(committed),
            committed_since=_sum([row for row in committed if _after(row.commit_time, mark)]),
            fulfilled_since=_sum([row for row in fulfilled if _after(row.fulfill_time, mark)]),
            committed_then_fulfilled=_sum(
                [row for row in fulfilled if _after(row.commit_time, mark)]
            ),
        )


def _sum(rows: list[HeldRow]) -> int:
    return sum(row.quantity for row in rows)


def _after(time: datetime | None, mark: datetime) -> bool:
    return time is not None and time > mark
