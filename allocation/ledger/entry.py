"""Entries: the append-only record from which every level can be recomputed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NamedTuple

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
