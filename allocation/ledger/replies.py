"""What the ledger answers.

`version` of a reply to a write is that write's own place in the change sequence: a
snapshot at that version or a later one contains it. Only the versions of snapshots and
change batches are places from which reading can go on without missing a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from allocation.ledger.entry import ChangeReason, Entry
from allocation.ledger.feed import RowError
from allocation.ledger.hold import HeldPlan
from allocation.ledger.level import Buckets, Level, LevelKey
from allocation.ledger.waiting import NOTHING_SETTLED, Settled
from routing.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class PlanReply:
    """The plan after the step; `replayed`: the first answer to the same request, again."""

    plan: HeldPlan
    version: int = 0
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class FeedReply:
    """How much of a feed was taken; `errors` has one item per refused row.

    `settled` says what it meant for units that wait.
    """

    accepted_rows: int
    errors: tuple[RowError, ...]
    settled: Settled = NOTHING_SETTLED
    version: int = 0
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class AdjustReply:
    """Every level that was adjusted, in key order.

    `settled` says what that meant for units that wait.
    """

    levels: tuple[Level, ...]
    settled: Settled = NOTHING_SETTLED
    version: int = 0
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class SweepReply:
    """The plans whose expiry was written down, in id order; `more`: the limit cut them off.

    `settled` says which units that waited were given what was free.
    """

    expired: tuple[str, ...]
    more: bool
    settled: Settled = NOTHING_SETTLED
    version: int = 0
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class RecallReply:
    """The levels of a lot that were set aside, and the plans that were promised any of it."""

    levels: tuple[Level, ...]
    plan_ids: tuple[str, ...]
    version: int = 0
    replayed: bool = False


Reply = PlanReply | FeedReply | AdjustReply | SweepReply | RecallReply


@dataclass(frozen=True, slots=True)
class LevelsReply:
    """Levels in key order, all as of one instant."""

    levels: tuple[Level, ...]
    version: int


class AvailableRow(NamedTuple):
    """What one level has available, in increments, of any sign."""

    key: LevelKey
    available: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is available, for planning; `Ledger.changes_since` goes on from `version`.

    Attributes
    ----------
    details
        The levels of which one figure does not say all: see `Level.has_details`.
    """

    rows: tuple[AvailableRow, ...]
    version: int
    details: tuple[Level, ...] = ()


class Change(NamedTuple):
    """A level as it is now, and why it last changed within the batch."""

    level: Level
    reason: ChangeReason
    version: int


@dataclass(frozen=True, slots=True)
class ChangeBatch:
    """Changes after a version, oldest first, each level once.

    Attributes
    ----------
    version
        Where to go on from.
    more
        Further changes are there already.
    """

    changes: tuple[Change, ...]
    version: int
    more: bool


class EntryRow(NamedTuple):
    """An entry with its place in the record."""

    entry_id: int
    version: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class AvailableBatch:
    """What a `ChangeBatch` comes to for planning; rows in no order, each level once.

    Attributes
    ----------
    details
        As in `Snapshot`: a level of `rows` that is not among them has none any more.
    newest_observed_time
        Aware UTC: latest observation of any of the levels; ``None``: none was observed.
    version, more
        See `ChangeBatch`.
    """

    rows: Sequence[AvailableRow]
    details: tuple[Level, ...]
    newest_observed_time: datetime | None
    version: int
    more: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """A level that does not equal its record.

    Attributes
    ----------
    stored
        The level's own figures.
    recomputed
        On hand, unavailable and safety stock from the entries; held and committed from
        the plans.
    proposed
        The entry that makes the record add up to `recomputed`.
    compensated
        Whether it was written, and the level set to `recomputed`.
    """

    key: LevelKey
    stored: Buckets
    recomputed: Buckets
    proposed: Buckets
    compensated: bool


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found, in key order."""

    levels_checked: int
    differences: tuple[Difference, ...]
