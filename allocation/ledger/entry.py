"""Entries: the append-only record from which every level can be recomputed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Final, NamedTuple

from allocation.ledger.level import Buckets, LevelKey
from routing.ids import LineId


class ChangeReason(Enum):
    """Why a level changed; CARRIED stands for older entries, which were let go of."""

    FEED = "feed"
    RECEIVE = "receive"
    COUNT = "count"
    DAMAGE = "damage"
    QUARANTINE = "quarantine"
    RESTORE = "restore"
    WRITE_OFF = "write_off"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    HOLD = "hold"
    COMMIT = "commit"
    RELEASE = "release"
    EXPIRE = "expire"
    FULFILL = "fulfill"
    ALLOT = "allot"
    RESCHEDULE = "reschedule"
    COMPENSATE = "compensate"
    CARRIED = "carried"


SINCE_A_FIGURE = (
    ChangeReason.RECEIVE,
    ChangeReason.DAMAGE,
    ChangeReason.QUARANTINE,
    ChangeReason.RESTORE,
    ChangeReason.WRITE_OFF,
    ChangeReason.TRANSFER_OUT,
    ChangeReason.TRANSFER_IN,
)
"""What still applies on top of a figure that was observed before it happened."""


LATEST_ENTRIES: Final = 10
"""Entries of a counter of waiting units that are looked at for units that were given back."""


def to_be_dated(newest_first: Iterable[ChangeReason]) -> bool:
    """Say whether units were given back since those who wait behind them were told."""
    for reason in newest_first:
        if reason in (ChangeReason.RELEASE, ChangeReason.EXPIRE):
            return True
        if reason is ChangeReason.RESCHEDULE:
            return False
    return False


class Entry(NamedTuple):
    """One change of one level; `time` is aware UTC, `change` is signed."""

    key: LevelKey
    reason: ChangeReason
    time: datetime
    change: Buckets
    plan_id: str | None = None
    line_id: LineId | None = None
    request_id: str = ""
    comment: str = ""
