"""Everything the ledger in memory knows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from allocation.ledger.core.counting import counts
from allocation.ledger.core.transaction import Record, StoredAnswer
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Buckets, Level, LevelKey
from allocation.ledger.replies import EntryRow
from allocation.ledger.serials import SerialClaim, SerialKey
from allocation.ledger.states import HoldState
from routing.ids import ItemId


@dataclass(slots=True)
class State:
    """Levels, plans, entries and answers; `version` counts the writes that left an entry.

    Attributes
    ----------
    decisions
        Records of how plans came about, by plan id.
    """

    levels: dict[LevelKey, Level] = field(default_factory=dict)
    plans: dict[str, HeldPlan] = field(default_factory=dict)
    entries: list[EntryRow] = field(default_factory=list)
    decisions: dict[str, bytes] = field(default_factory=dict)
    serials: dict[SerialKey, SerialClaim] = field(default_factory=dict)
    answers: dict[str, StoredAnswer] = field(default_factory=dict)
    version: int = 0


def records(state: State, item_ids: Collection[ItemId]) -> dict[LevelKey, Record]:
    """Return the record of every level of these items, or of all if there are none."""
    sums: dict[LevelKey, Buckets] = {}
    for entry in (row.entry for row in state.entries):
        sums[entry.key] = sums.get(entry.key, Buckets()) + entry.change
    held: dict[LevelKey, int] = {}
    committed: dict[LevelKey, int] = {}
    for row in (row for plan in state.plans.values() for row in plan.every_row):
        if row.state is HoldState.HELD:
            held[row.key] = held.get(row.key, 0) + row.quantity
        elif row.state is HoldState.COMMITTED and row.commit_time is not None:
            level = state.levels.get(row.key)
            if level is None or counts(level, row.commit_time):
                committed[row.key] = committed.get(row.key, 0) + row.quantity
    return {
        key: Record(
            state.levels[key].buckets if key in state.levels else None,
            sums.get(key, Buckets()),
            held.get(key, 0),
            committed.get(key, 0),
        )
        for key in state.levels.keys() | sums.keys() | held.keys() | committed.keys()
        if not item_ids or key.item_id in item_ids
    }
