"""Feeds: figures that come from outside, row by row."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import NamedTuple

from allocation.ledger.level import Incoming, LevelKey


class FeedKind(Enum):
    """What a feed leaves unsaid.

    DELTA
        Levels that are not in the feed stay as they are.
    FULL
        Levels of the feed's locations that are not in the feed become zero.
    """

    DELTA = "delta"
    FULL = "full"


class LevelRow(NamedTuple):
    """One figure of a feed; quantities in increments.

    Attributes
    ----------
    quantity
        On hand for an ENGINE feed, at least 0; available for a MIRROR feed, of any sign.
    unavailable, safety_stock
        At least 0; ``None``: as before, 0 for a new level. What an ENGINE feed calls
        unavailable is part of its on hand, what a MIRROR feed calls so is not part of
        its available.
    incoming
        Replaces what was expected before.
    observed_time
        Aware; ``None``: the feed's.
    expiry_date, received_date
        Of the lot; they replace what was known before. ``None``: it does not expire, it is
        not known.
    serials
        All units of the level, as many as `quantity`; empty: not told.
    """

    key: LevelKey
    quantity: int
    unavailable: int | None = None
    safety_stock: int | None = None
    incoming: tuple[Incoming, ...] = ()
    observed_time: datetime | None = None
    expiry_date: date | None = None
    received_date: date | None = None
    serials: tuple[str, ...] = ()


class RowError(NamedTuple):
    """A row that was refused, `row` from 0; the others count."""

    row: int
    path: str
    message: str
