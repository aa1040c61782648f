"""Writes as values, so that they can be queued, repeated and compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from allocation.digest import sha256
from allocation.ledger.adjustment import Adjustment
from allocation.ledger.feed import FeedKind, LevelRow
from allocation.ledger.hold import HoldRow, Replaced, RowShare
from allocation.ledger.level import LevelKey, StockOwner
from allocation.ledger.states import Step
from allocation.ledger.waiting import DEFAULT_ALLOT_BY, AllotBy, WaitRow
from routing.daily_capacity import CapacityTake
from routing.ids import ItemId, LineId, LotId

_SERIALS_AT: Final = LevelRow._fields.index("serials")


def _iso(time: date) -> str:
    return time.isoformat()


_encode = json.JSONEncoder(separators=(",", ":"), check_circular=False, default=_iso).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A write.

    Attributes
    ----------
    now
        Aware UTC instant at which it happens.
    request_id
        Idempotency key; empty: the ledger does not remember the answer.
    """

    now: datetime
    request_id: str = ""

    def content(self) -> list[Any]:
        """Return everything but the time and the id, as JSON values."""
        raise NotImplementedError

    def fingerprint(self) -> bytes:
        """Return what tells this content from any other, 32 bytes."""
        return _digest(type(self).__name__, self.content())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(Command):
    """Hold stock for a plan, all rows or none; `replaced` gives its stock back first.

    Attributes
    ----------
    decision
        Record of how the plan came about, kept beside it; empty: none.
    capacity
        What it takes of the days of locations that have limits, checked with the stock.
    waiting
        Units that are to wait, checked against supply on its way and the pools of the items.
    """

    plan_id: str
    rows: tuple[HoldRow, ...]
    expire_time: datetime
    payload: bytes = b""
    replaced: Replaced | None = None
    decision: bytes = b""
    capacity: tuple[CapacityTake, ...] = ()
    waiting: tuple[WaitRow, ...] = ()
    caller_fingerprint: bytes | None = None

    def content(self) -> list[Any]:
        """Return what the caller asked for; its own fingerprint stands for all of it."""
        if self.caller_fingerprint is not None:
            return [self.caller_fingerprint.hex()]
        rows = [
            [row.line_id, row.part, *row.key, row.quantity, *_named_units(row.serials)]
            for row in self.rows
        ]
        until = self.expire_time.isoformat()
        replaced = _replaced_content(self.replaced) if self.replaced else []
        content = [self.plan_id, rows, until, self.payload.hex(), *replaced]
        if self.capacity or self.waiting:
            content.append(_capacity_content(self.capacity))
        return [*content, list(self.waiting)] if self.waiting else content


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeStep(Command):
    """Commit, extend, release or fulfill a plan, or some of it.

    Attributes
    ----------
    lines, rows
        What of the plan; both empty: all of it. `lines` for RELEASE, `rows` for FULFILL.
    nothing
        What was named takes no stock: the plan stays as it is, and the answer is remembered.
    expire_time
        For EXTEND.
    if_revision
        Refuse when the plan is at another revision.
    """

    step: Step
    plan_id: str
    lines: tuple[LineId, ...] = ()
    rows: tuple[RowShare, ...] = ()
    nothing: bool = False
    expire_time: datetime | None = None
    if_revision: int | None = None
    comment: str = ""
    caller_fingerprint: bytes | None = None

    def content(self) -> list[Any]:
        """Return what the caller asked for; its own fingerprint stands for all of it."""
        if self.caller_fingerprint is not None:
            return _step_content(self.step, self.caller_fingerprint)
        rows = [
            [
                *(s.name.line_id, s.name.part, *s.name.key, s.quantity),
                *_named_units(s.serials, s.picked_lot_id),
            ]
            for s in self.rows
        ]
        until = None if self.expire_time is None else self.expire_time.isoformat()
        lines = list(self.lines)
        content = [self.step.value, self.plan_id, lines, rows, until, self.if_revision]
        return [*content, self.comment, *(["nothing"] if self.nothing else [])]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevels(Command):
    """Take a feed, or a stretch of one.

    Attributes
    ----------
    begun
        When the feed began, which stands in for an `observed_time` that is not told;
        ``None``: now.
    allot_by
        Who comes first of those that wait for what arrives.
    """

    rows: tuple[LevelRow, ...]
    owner: StockOwner
    kind: FeedKind
    observed_time: datetime | None = None
    begun: datetime | None = None
    allot_by: tuple[AllotBy, ...] = DEFAULT_ALLOT_BY
    caller_fingerprint: bytes | None = None

    def content(self) -> list[Any]:
        """Return what the caller asked for; its own fingerprint stands for all of it."""
        if self.caller_fingerprint is not None:
            return [self.caller_fingerprint.hex()]
        return _feed_content(self.rows, self.owner, self.kind, self.observed_time)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearLevels(Command):
    """Set levels to zero because a full feed, observed at some instant, left them out."""

    keys: tuple[LevelKey, ...]
    owner: StockOwner
    observed_time: datetime
    allot_by: tuple[AllotBy, ...] = DEFAULT_ALLOT_BY

    def content(self) -> list[Any]:
        """Return the levels."""
        return [self.owner.value, self.observed_time, self.keys]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust(Command):
    """Record what happened at locations, all or none.

    Attributes
    ----------
    allot_by
        Who comes first of those that wait for what arrives.
    """

    adjustments: tuple[Adjustment, ...]
    allot_by: tuple[AllotBy, ...] = DEFAULT_ALLOT_BY

    def content(self) -> list[Any]:
        """Return the adjustments."""
        return [
            [
                *(a.kind.value, *a.key, a.quantity, a.to_location_id, a.comment),
                *_named_units(a.serials),
                *(["expected"] if a.is_expected else []),
                *(["arrives", a.arrival_time] if a.arrival_time else []),
                *(["dates", a.expiry_date, a.received_date] if _has_dates(a) else []),
            ]
            for a in self.adjustments
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep(Command):
    """Write down the expiry of at most `limit` holds that have run out.

    Attributes
    ----------
    allot_by
        Who comes first of those that wait for what is free.
    """

    limit: int
    allot_by: tuple[AllotBy, ...] = DEFAULT_ALLOT_BY

    def content(self) -> list[Any]:
        """Return the limit."""
        return [self.limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Command):
    """Set a lot aside wherever it is or will come, and say who was promised any of it.

    Attributes
    ----------
    lift
        The lot is no longer recalled: what comes from now on can be sold.
    """

    item_id: ItemId
    lot_id: LotId
    comment: str = ""
    lift: bool = False

    def content(self) -> list[Any]:
        """Return the lot and what was said."""
        return [self.item_id, self.lot_id, self.comment, self.lift]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compensate(Command):
    """Make levels equal their record again."""

    item_ids: tuple[ItemId, ...]

    def content(self) -> list[Any]:
        """Return the items."""
        return list(self.item_ids)


def fingerprint_of(command: type[Hold | SetLevels], caller_fingerprint: bytes) -> bytes:
    """Return the fingerprint of any such command that has this fingerprint of its caller's."""
    return _digest(command.__name__, [caller_fingerprint.hex()])


def step_fingerprint(step: Step, caller_fingerprint: bytes) -> bytes:
    """Return the fingerprint of any such step that has this fingerprint of its caller's."""
    return _digest(TakeStep.__name__, _step_content(step, caller_fingerprint))


def feed_fingerprint(
    rows: Sequence[LevelRow], owner: StockOwner, kind: FeedKind, observed_time: datetime | None
) -> bytes:
    """Return what tells a stretch of a feed from any other, 32 bytes."""
    return _digest(SetLevels.__name__, _feed_content(rows, owner, kind, observed_time))


def _digest(name: str, content: list[Any]) -> bytes:
    return sha256(_encode([name, *content]).encode())


def _step_content(step: Step, caller_fingerprint: bytes) -> list[Any]:
    return [step.value, caller_fingerprint.hex()]


def _named_units(serials: Sequence[str], picked_lot_id: str | None = None) -> list[Any]:
    """Return nothing where nothing is named, so that such content stays as it always was."""
    return [list(serials), picked_lot_id] if serials or picked_lot_id else []


def _has_dates(adjustment: Adjustment) -> bool:
    return bool(adjustment.expiry_date or adjustment.received_date)


def _replaced_content(replaced: Replaced) -> list[Any]:
    short = [[*key, quantity] for key, quantity in replaced.short]
    return [replaced.plan_id, replaced.if_revision, *short]


def _capacity_content(takes: Sequence[CapacityTake]) -> list[Any]:
    return [[t.location_id, t.day, t.measure.value, t.quantity, t.most, t.line_id] for t in takes]


def _feed_content(
    rows: Sequence[LevelRow], owner: StockOwner, kind: FeedKind, observed_time: datetime | None
) -> list[Any]:
    # Rows that name no units are as they were before any could.
    told = [row if row.serials else row[:_SERIALS_AT] for row in rows]
    return [owner.value, kind.value, observed_time, told]
