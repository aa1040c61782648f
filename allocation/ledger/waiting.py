"""Units that wait for supply: what a plan wants of them, and what becomes of them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from typing import Final, NamedTuple

from allocation.ledger.level import LevelKey
from routing.counters import EVERYWHERE, is_waiting_item, pool_item, waiting_item
from routing.ids import ItemId, LineId, LocationId


class AllotBy(Enum):
    """What decides who comes first when stock arrives; held plans come after committed ones.

    PRIORITY
        Greatest priority of the order first.
    PROMISED
        Earliest date on which the units were first promised; without a date last.
    PLACED
        Earliest order first.
    SMALLEST
        Fewest waiting units first, so that more orders become whole.
    """

    PRIORITY = "priority"
    PROMISED = "promised"
    PLACED = "placed"
    SMALLEST = "smallest"


DEFAULT_ALLOT_BY: Final = (AllotBy.PRIORITY, AllotBy.PROMISED, AllotBy.PLACED)
"""Compared in this order; what is left of a tie goes to the smaller plan id."""


def allot_by_from(text: str) -> tuple[AllotBy, ...]:
    """Return the order that a text such as ``"priority,placed"`` names.

    Raises
    ------
    ValueError
        It names something that is no order, or nothing.
    """
    return tuple(AllotBy(word.strip()) for word in text.split(","))


class Waited(NamedTuple):
    """On what terms units wait; instants are aware UTC, whole microseconds.

    Attributes
    ----------
    placed_time
        When the order was placed.
    promised_time
        When the units were expected when they were first promised; ``None``: nobody knew.
    expected_time
        When they are expected now, or could be picked once they had come; ``None``: nobody
        knows.
    release_time
        They cannot leave before it; ``None``: at any time.
    lead_time
        When supply comes that nobody knows of yet; ``None``: nobody can say.
    priority
        Of the order; a greater one comes first.
    shelf_days
        How many days after the day on which they can be picked a lot must still last.
    """

    placed_time: datetime
    promised_time: datetime | None = None
    expected_time: datetime | None = None
    release_time: datetime | None = None
    lead_time: datetime | None = None
    priority: int = 0
    shelf_days: int = 0

    @property
    def is_by_supply(self) -> bool:
        """Whether the expected time is that of supply which is known."""
        if self.expected_time is None:
            return False
        return self.lead_time is None or self.expected_time < self.lead_time

    def fits(self, expiry_date: date | None, now: datetime) -> bool:
        """Say whether a lot that expires on a date, or never, lasts as long as is needed."""
        if expiry_date is None:
            return True
        first = max(now, self.release_time or now).date()
        return expiry_date >= first + timedelta(days=self.shelf_days)


class WaitRow(NamedTuple):
    """Units for part `part` of a line that are to wait; `quantity` in increments, >= 1.

    Attributes
    ----------
    supply
        Levels of the item at the location, whose incoming supply the units are promised from.
    limit
        Most units of the item that may wait, over all plans and locations; ``None``: any.
    """

    line_id: LineId
    part: int
    item_id: ItemId
    location_id: LocationId
    quantity: int
    waited: Waited
    supply: tuple[LevelKey, ...] = ()
    limit: int | None = None

    @property
    def key(self) -> LevelKey:
        """The counter of units that wait at the location."""
        return waiting_key(self.item_id, self.location_id)

    @property
    def pool(self) -> LevelKey:
        """The counter of units that wait anywhere."""
        return pool_key(self.item_id)


class Allotted(NamedTuple):
    """Units that waited and now have stock: `quantity` increments of the level `key`."""

    plan_id: str
    line_id: LineId
    key: LevelKey
    quantity: int


class Slipped(NamedTuple):
    """Units that wait and are now expected at another time; ``None``: nobody knows when."""

    plan_id: str
    line_id: LineId
    item_id: ItemId
    location_id: LocationId
    quantity: int
    before: datetime | None
    after: datetime | None


class WaitingUnits(NamedTuple):
    """Units of a plan that wait: `quantity` increments, committed or only held."""

    plan_id: str
    line_id: LineId
    item_id: ItemId
    location_id: LocationId
    quantity: int
    waited: Waited
    is_committed: bool


class Settled(NamedTuple):
    """What a write meant for those that wait."""

    allotted: tuple[Allotted, ...] = ()
    slipped: tuple[Slipped, ...] = ()


NOTHING_SETTLED: Final = Settled()


def waiting_key(item_id: ItemId, location_id: LocationId) -> LevelKey:
    """Return the counter of units of an item that wait at a location."""
    return LevelKey(waiting_item(item_id), location_id)


def pool_key(item_id: ItemId) -> LevelKey:
    """Return the counter of units of an item that wait anywhere."""
    return LevelKey(pool_item(item_id), EVERYWHERE)


def is_waiting_key(key: LevelKey) -> bool:
    """Say whether units of a row with this key still wait."""
    return is_waiting_item(key.item_id)
