"""What a ledger should show, worked out anew each time from the list of what happened.

Shares no code with the ledger's rules. Assumes that the clock never goes back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from allocation.ledger.adjustment import Adjustment, AdjustmentKind
from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import Buckets, LevelKey, StockOwner

SET_ASIDE = (AdjustmentKind.DAMAGE, AdjustmentKind.QUARANTINE)
TAKEN_UP = (AdjustmentKind.RESTORE, AdjustmentKind.WRITE_OFF)


@dataclass
class Unit:
    """Rows of one plan: how many, where, and what has happened to them."""

    plan_id: str
    line_id: str
    part: int
    key: LevelKey
    quantity: int
    expires: datetime
    committed: datetime | None = None
    fulfilled: datetime | None = None
    released: bool = False

    def is_held(self, now: datetime) -> bool:
        return not self.released and self.committed is None and now < self.expires

    @property
    def is_committed(self) -> bool:
        return self.committed is not None and self.fulfilled is None and not self.released


@dataclass
class Shelf:
    """The last figure of a level, and when it was observed."""

    owner: StockOwner
    figure: int
    observed: datetime | None
    unavailable: int = 0
    safety_stock: int = 0


@dataclass
class PlainModel:
    """Figures, moves of stock, and units of plans."""

    shelves: dict[LevelKey, Shelf] = field(default_factory=dict)
    moved: list[tuple[datetime, LevelKey, int]] = field(default_factory=list)
    set_aside: list[tuple[datetime, LevelKey, int]] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)

    def buckets(self, key: LevelKey, now: datetime) -> Buckets:
        """What the level should show."""
        shelf = self.shelves[key]
        here = [unit for unit in self.units if unit.key == key]
        since = shelf.observed
        if shelf.owner is StockOwner.ENGINE:
            on_hand = shelf.figure + _after(since, self.moved, key)
            on_hand -= sum(u.quantity for u in here if u.fulfilled and _later(u.fulfilled, since))
            counted = [u for u in here if u.is_committed]
        else:
            on_hand = shelf.figure + shelf.unavailable
            young = [u for u in here if u.committed and _later(u.committed, since)]
            on_hand -= sum(u.quantity for u in young if u.fulfilled)
            counted = [u for u in young if u.is_committed]
        return Buckets(
            on_hand,
            shelf.unavailable,
            sum(unit.quantity for unit in here if unit.is_held(now)),
            sum(unit.quantity for unit in counted),
            shelf.safety_stock,
        )

    def feed(self, row: LevelRow, owner: StockOwner, observed: datetime) -> bool:
        """Take a figure; say whether it was not too old."""
        shelf = self.shelves.setdefault(row.key, Shelf(owner, 0, None))
        if shelf.observed is not None and observed < shelf.observed:
            return False
        shelf.owner, shelf.figure, shelf.observed = owner, row.quantity, observed
        if row.unavailable is not None:
            since = _after(observed, self.set_aside, row.key)
            shelf.unavailable = max(0, row.unavailable + since)
        if row.safety_stock is not None:
            shelf.safety_stock = row.safety_stock
        return True

    def adjust(self, one: Adjustment, now: datetime) -> bool:
        """Apply an adjustment; say whether it was possible."""
        keys = [one.key, *([one.to_key] if one.to_key else [])]
        if any(k in self.shelves and self.shelves[k].owner is StockOwner.MIRROR for k in keys):
            return False
        shelf = self.buckets(one.key, now) if one.key in self.shelves else Buckets()
        sellable = shelf.on_hand - shelf.unavailable
        if one.kind in SET_ASIDE and one.quantity > sellable:
            return False
        if one.kind in TAKEN_UP and one.quantity > shelf.unavailable:
            return False
        free = shelf.on_hand - shelf.unavailable - shelf.held - shelf.committed
        if one.kind is AdjustmentKind.TRANSFER and one.quantity > free:
            return False
        for key in keys:
            self.shelves.setdefault(key, Shelf(StockOwner.ENGINE, 0, None))
        self._apply(one, now)
        return True

    def hold(self, plan_id: str, rows: list[HoldRow], expires: datetime, now: datetime) -> bool:
        """Hold the rows; say whether there was enough of everything."""
        for key in {row.key for row in rows}:
            wanted = sum(row.quantity for row in rows if row.key == key)
            if key not in self.shelves or wanted > self.buckets(key, now).available:
                return False
        self.units += [
            Unit(plan_id, row.line_id, row.part, row.key, row.quantity, expires) for row in rows
        ]
        return True

    def _apply(self, one: Adjustment, now: datetime) -> None:
        shelf = self.shelves[one.key]
        if one.kind is AdjustmentKind.COUNT:
            shelf.figure, shelf.observed = one.quantity, now
        elif one.kind is AdjustmentKind.RECEIVE:
            self.moved.append((now, one.key, one.quantity))
        elif one.kind in SET_ASIDE:
            self.set_aside.append((now, one.key, one.quantity))
            shelf.unavailable += one.quantity
        elif one.kind in TAKEN_UP:
            self.set_aside.append((now, one.key, -one.quantity))
            shelf.unavailable -= one.quantity
            if one.kind is AdjustmentKind.WRITE_OFF:
                self.moved.append((now, one.key, -one.quantity))
        elif one.to_key is not None:
            self.moved.append((now, one.key, -one.quantity))
            self.moved.append((now, one.to_key, one.quantity))


def _later(time: datetime, than: datetime | None) -> bool:
    return than is None or time > than


def _after(
    since: datetime | None, moves: list[tuple[datetime, LevelKey, int]], key: LevelKey
) -> int:
    return sum(number for time, where, number in moves if where == key and _later(time, since))
