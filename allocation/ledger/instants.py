"""Instants as every store keeps them: aware, UTC, whole microseconds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from allocation.ledger.errors import invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def checked_instant(path: str, time: datetime) -> datetime:
    """Return `time` in UTC; raise `InvalidRequestError` if it has no time zone."""
    if time.utcoffset() is None:
        raise invalid(path, "has no time zone")
    return time.astimezone(UTC)


@lru_cache(maxsize=4_096)
def to_us(time: datetime) -> int:
    """Return microseconds since 1970-01-01 UTC, exactly."""
    return (time - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=4_096)
def from_us(microseconds: int) -> datetime:
    """Return the aware UTC instant; the inverse of `to_us`."""
    return _EPOCH + timedelta(microseconds=microseconds)
