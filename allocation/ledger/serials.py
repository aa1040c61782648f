"""Serials: where each unit that has one is, and which plan it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from allocation.ledger.level import LevelKey
from routing.ids import ItemId


class SerialKey(NamedTuple):
    """One unit of an item."""

    item_id: ItemId
    serial: str

    def __str__(self) -> str:
        return f"serial {self.serial} of {self.item_id}"


@dataclass(frozen=True, slots=True)
class SerialClaim:
    """Where a unit is and who has it; there is one claim a unit: one place and one plan at most.

    Attributes
    ----------
    plan_id
        ``None``: nobody has it.
    until
        When the hold ends by itself; ``None``: it does not, the unit is committed or gone.
    shipped
        Whether it has left, with the plan or, without one, for good; it is free again once it
        is received.
    place
        The level that it is part of; ``None``: nobody has told, or it has left.
    set_aside
        Whether it cannot be sold until somebody says so.
    """

    key: SerialKey
    plan_id: str | None = None
    until: datetime | None = None
    shipped: bool = False
    place: LevelKey | None = None
    set_aside: bool = False

    def is_promised(self, now: datetime) -> bool:
        """Say whether a plan holds the unit at `now`, has committed it, or has left with it."""
        return self.plan_id is not None and (self.until is None or self.until > now)

    def is_free(self, now: datetime) -> bool:
        """Say whether another plan may have the unit at `now`."""
        return not (self.is_promised(now) or self.shipped or self.set_aside)

    @property
    def whereabouts(self) -> str:
        """What keeps others from having it, for people."""
        if self.plan_id is not None:
            return f"{'left with' if self.shipped else 'is in'} plan {self.plan_id!r}"
        if self.shipped:
            return "was written off"
        at = "" if self.place is None else f" at {self.place.location_id}"
        return f"is set aside{at}" if self.set_aside else f"is{at}"
