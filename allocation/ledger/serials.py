"""Serials: which plan each unit that has one belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from routing.ids import ItemId


class SerialKey(NamedTuple):
    """One unit of an item."""

    item_id: ItemId
    serial: str

    def __str__(self) -> str:
        return f"serial {self.serial} of {self.item_id}"


@dataclass(frozen=True, slots=True)
class SerialClaim:
    """Who has a unit; there is one claim a unit, so it is in one plan at most.

    Attributes
    ----------
    plan_id
        ``None``: nobody has it.
    until
        When the hold ends by itself; ``None``: it does not, the unit is committed or gone.
    shipped
        Whether it has left; it is free again once it is received.
    """

    key: SerialKey
    plan_id: str | None = None
    until: datetime | None = None
    shipped: bool = False

    def is_free(self, now: datetime) -> bool:
        """Say whether another plan may have the unit at `now`."""
        return self.plan_id is None or (self.until is not None and self.until <= now)
