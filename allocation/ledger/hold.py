"""Holds and the plans they belong to, as the ledger keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from allocation.ledger.level import LevelKey
from allocation.ledger.states import HoldState, most_alive
from allocation.ledger.waiting import Waited, is_waiting_key
from routing.ids import LineId, LotId


class HoldRow(NamedTuple):
    """Units of one level wanted for part `part` of a line; `quantity` in increments, >= 1.

    Attributes
    ----------
    serials
        The units themselves, as many as `quantity`; empty: they are told when they leave.
    """

    line_id: LineId
    part: int
    key: LevelKey
    quantity: int
    serials: tuple[str, ...] = ()


class HeldRow(NamedTuple):
    """A row of a stored plan, and what has become of it.

    When a part of a row leaves, that part becomes a row of its own with the same name.

    Attributes
    ----------
    commit_time, fulfill_time
        When that happened; ``None`` if it has not.
    serials
        The units themselves, if they are told; no other plan has any of them.
    picked_lot_id
        The lot that left in place of that of `key`; ``None``: that of `key`.
    waited
        Terms of units that wait, or did until they were given stock; ``None``: never did.
    """

    line_id: LineId
    part: int
    key: LevelKey
    quantity: int
    state: HoldState = HoldState.HELD
    commit_time: datetime | None = None
    fulfill_time: datetime | None = None
    serials: tuple[str, ...] = ()
    picked_lot_id: LotId | None = None
    waited: Waited | None = None

    @property
    def is_waiting(self) -> bool:
        """Whether the units are not there yet: `key` counts those that wait."""
        return self.waited is not None and is_waiting_key(self.key)

    @property
    def name(self) -> RowName:
        """What it was called when it was held."""
        return RowName(self.line_id, self.part, self.key)


class RowName(NamedTuple):
    """Names one row of a plan as it was held."""

    line_id: LineId
    part: int
    key: LevelKey


@dataclass(frozen=True, slots=True)
class RowShare:
    """Units of a row: `quantity` increments, at least 1; ``None``: all that are left.

    Attributes
    ----------
    serials
        The units that left, as many as that; empty: not told, or those that were held.
    picked_lot_id
        The lot that they were taken from; ``None``: the one that was held.
    """

    name: RowName
    quantity: int | None = None
    serials: tuple[str, ...] = ()
    picked_lot_id: LotId | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """A plan whose place another takes; refused if it is at a revision other than this.

    Attributes
    ----------
    short
        Units of it that were looked for and not found, in increments by level. Where the
        ledger owns the figure they become unavailable until somebody counts, so that
        nothing is promised of them again.
    """

    plan_id: str
    if_revision: int | None = None
    short: tuple[tuple[LevelKey, int], ...] = ()


class HeldPlan(NamedTuple):
    """A plan with stock in the ledger.

    Attributes
    ----------
    payload
        The caller's own bytes, kept unchanged.
    rows
        May be empty: a plan of lines that nothing was found for, or that take no stock.
    counted
        What it takes of the days of locations, see `routing.daily_capacity`, and of the pools
        of units that wait; rows as the others, of which nobody outside the ledger needs to know.
    expire_time
        The hold counts up to, not including, this instant.
    revision
        From 1, one more with every change.
    bare_state
        State of a plan without rows.
    replaced_by
        The plan that took its place and has what was left of it; empty: none did.
    """

    plan_id: str
    payload: bytes
    rows: tuple[HeldRow, ...]
    create_time: datetime
    expire_time: datetime
    revision: int = 1
    bare_state: HoldState = HoldState.HELD
    counted: tuple[HeldRow, ...] = ()
    replaced_by: str = ""

    @property
    def every_row(self) -> tuple[HeldRow, ...]:
        """Rows of stock, then what is counted beside them."""
        return self.rows + self.counted if self.counted else self.rows

    @property
    def state(self) -> HoldState:
        """The most alive state of any row."""
        if not self.rows:
            return self.bare_state
        first = self.rows[0].state
        for row in self.rows:
            if row.state is not first:
                return most_alive({row.state for row in self.rows}) or first
        return first

    def is_due(self, now: datetime) -> bool:
        """Say whether the hold has run out, swept or not."""
        return self.expire_time <= now and self.state is HoldState.HELD
