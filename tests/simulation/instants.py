"""Instants of simulations: whole microseconds since a Monday in 2026."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2026, 3, 2, tzinfo=UTC)


def at(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def us(instant: datetime) -> int:
    return round((instant - EPOCH) / timedelta(microseconds=1))


def wall_us() -> int:
    """Return what the clock on the wall says, which is that of servers on this machine."""
    return time.time_ns() // 1_000 - round(EPOCH.timestamp()) * 1_000_000
