"""Levels: what a location has of an item, bucket by bucket."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from routing.ids import ItemId, LocationId, LotId

MOST_INCREMENTS = 10**15
"""Largest quantity of one figure; sums of thousands of them still fit 64 bits."""


class StockOwner(Enum):
    """Whose figure a feed reports.

    ENGINE
        On hand; the ledger alone knows what is held and committed.
    MIRROR
        What another system says is available, net of its own reservations; a commitment
        counts here until a figure observed at or after the commitment has absorbed it.
    """

    ENGINE = "engine"
    MIRROR = "mirror"


class LevelKey(NamedTuple):
    """One item at one location, and one lot of it where lots are tracked."""

    item_id: ItemId
    location_id: LocationId
    lot_id: LotId | None = None

    @property
    def order(self) -> tuple[str, str, str]:
        """The order in which levels are listed and locked: no lot comes first."""
        return (self.item_id, self.location_id, self.lot_id or "")

    def __str__(self) -> str:
        lot = f" lot {self.lot_id}" if self.lot_id else ""
        return f"{self.item_id} at {self.location_id}{lot}"


MOST_PERCENT = 100


class Incoming(NamedTuple):
    """Units that can be picked from `expected_time` (aware UTC) on; never part of on hand.

    `confidence_percent`, in [0, 100], says how many of them may be promised.
    """

    quantity: int
    expected_time: datetime
    confidence_percent: int = MOST_PERCENT

    @property
    def sure(self) -> int:
        """Increments that may be promised, rounded down."""
        return self.quantity * self.confidence_percent // MOST_PERCENT


class Buckets(NamedTuple):
    """The five figures of a level, or changes of them, in increments."""

    on_hand: int = 0
    unavailable: int = 0
    held: int = 0
    committed: int = 0
    safety_stock: int = 0

    @property
    def available(self) -> int:
        """What may still be promised; negative when more is promised than is there."""
        return self.on_hand - self.safety_stock - self.held - self.committed - self.unavailable

    def __add__(self, other: Buckets) -> Buckets:  # type: ignore[override]
        return Buckets(
            self.on_hand + other.on_hand,
            self.unavailable + other.unavailable,
            self.held + other.held,
            self.committed + other.committed,
            self.safety_stock + other.safety_stock,
        )

    def __sub__(self, other: Buckets) -> Buckets:
        return Buckets(
            self.on_hand - other.on_hand,
            self.unavailable - other.unavailable,
            self.held - other.held,
            self.committed - other.committed,
            self.safety_stock - other.safety_stock,
        )


class Level(NamedTuple):
    """One level as the ledger knows it.

    Attributes
    ----------
    observed_time
        When the last figure from outside (feed or count) was read; ``None`` before the first.
    update_time
        The latest instant at which it changed; a clock that runs behind does not move it back.
    expiry_date
        Last day on which the lot may be sold; ``None``: it does not expire.
    received_date
        Day on which the lot came in; ``None``: unknown.
    """

    key: LevelKey
    owner: StockOwner
    buckets: Buckets
    update_time: datetime
    incoming: tuple[Incoming, ...] = ()
    observed_time: datetime | None = None
    expiry_date: date | None = None
    received_date: date | None = None

    def changed(self, change: Buckets, now: datetime) -> Level:
        """Return the level after a change at `now`."""
        return Level(
            self.key,
            self.owner,
            self.buckets + change,
            max(self.update_time, now),
            self.incoming,
            self.observed_time,
            self.expiry_date,
            self.received_date,
        )

    @property
    def available(self) -> int:
        """What may be promised now, in increments; negative when oversold by the world."""
        return self.buckets.available

    @property
    def has_details(self) -> bool:
        """Whether planning has to know more of it than what is available, if above zero."""
        return self.key.lot_id is not None or bool(self.incoming) or self.available < 0

    def available_at(self, at_time: datetime, now: datetime) -> int:
        """Return what may be promised for `at_time`.

        In the future that includes incoming supply expected by then; up to `now` it is
        what is available now.
        """
        if at_time <= now:
            return self.available
        due = (supply.sure for supply in self.incoming if supply.expected_time <= at_time)
        return self.available + sum(due)
