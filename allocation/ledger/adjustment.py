"""Adjustments: what people and machines at a location report one by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from allocation.ledger.level import LevelKey
from routing.ids import LocationId


class AdjustmentKind(Enum):
    """What happened.

    RECEIVE
        `quantity` came in.
    COUNT
        Somebody counted: `quantity` is on hand, whatever was thought before.
    DAMAGE
        `quantity` of what is on hand can no longer be sold: it becomes unavailable.
    QUARANTINE
        `quantity` of what is on hand is set aside until somebody decides: unavailable.
    RESTORE
        `quantity` of what is unavailable can be sold after all.
    WRITE_OFF
        `quantity` of what is unavailable is gone for good: no longer on hand.
    TRANSFER
        `quantity` moved to `to_location_id`, with the dates of its lot; what is held or committed
        stays.
    """

    RECEIVE = "receive"
    COUNT = "count"
    DAMAGE = "damage"
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    WRITE_OFF = "write_off"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One report; `quantity` in increments, at least 1 (COUNT: at least 0).

    Attributes
    ----------
    serials
        The units, as many as `quantity`. Those that come in may have left before, and can then
        be in a plan again; those of a COUNT are all that are there. Empty: not told.
    is_expected
        For RECEIVE: the units were on their way, so that what is incoming at the level falls
        by as many, the earliest first.
    arrival_time
        For TRANSFER: aware; the units are on their way until then, and no part of what is on hand
        anywhere. ``None``: they are there at once.
    expiry_date, received_date
        For RECEIVE, of the lot; they replace what was known of it there. ``None``: as before.
    """

    kind: AdjustmentKind
    key: LevelKey
    quantity: int
    to_location_id: LocationId | None = None
    comment: str = ""
    serials: tuple[str, ...] = ()
    is_expected: bool = False
    arrival_time: datetime | None = None
    expiry_date: date | None = None
    received_date: date | None = None

    @property
    def to_key(self) -> LevelKey | None:
        """The level that a transfer goes to."""
        return (
            None
            if self.to_location_id is None
            else self.key._replace(location_id=self.to_location_id)
        )
