"""Timestamps, durations, dates and times of day, each within what planning can reckon with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from google.protobuf import duration_pb2, timestamp_pb2
from google.type import date_pb2, timeofday_pb2

from allocation.server.codec.findings import Findings
from allocation.server.codec.wire import seconds_and_nanos
from routing.promise.local_time import DAY_S

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST_TIME: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST_TIME: Final = datetime(2200, 1, 1, tzinfo=UTC)
_MOST_NANOS: Final = 999_999_999
_EARLIEST_S: Final = int((EARLIEST_TIME - _EPOCH).total_seconds())
_LATEST_S: Final = int((LATEST_TIME - _EPOCH).total_seconds())


def decode_time(stamp: timestamp_pb2.Timestamp, path: str, findings: Findings) -> datetime | None:
    """Return an aware UTC datetime from 2000 up to 2200, cut to microseconds."""
    if not _EARLIEST_S <= stamp.seconds < _LATEST_S or not 0 <= stamp.nanos <= _MOST_NANOS:
        findings.refuse(path, f"is {_shown(stamp)}; it must lie in the years 2000 to 2199")
        return None
    return _EPOCH + timedelta(seconds=stamp.seconds, microseconds=stamp.nanos // 1000)


def _shown(stamp: timestamp_pb2.Timestamp) -> str:
    """Return a moment for people, or seconds since 1970 where no calendar has it."""
    try:
        moment = _EPOCH + timedelta(seconds=stamp.seconds)
    except OverflowError:
        return f"{stamp.seconds} s after 1970"
    nanos = "" if 0 <= stamp.nanos <= _MOST_NANOS else f" and {stamp.nanos} ns"
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}{nanos}"


def decode_duration(
    duration: duration_pb2.Duration, path: str, findings: Findings, least_s: float, most_s: int
) -> timedelta | None:
    """Return a duration of `least_s` (more than 0 s if that is 0) to `most_s` seconds."""
    seconds, nanos = duration.seconds, duration.nanos
    if abs(nanos) <= _MOST_NANOS and abs(seconds) <= most_s:
        value = timedelta(seconds=seconds, microseconds=nanos // 1000)
        if (
            max(timedelta(seconds=least_s), timedelta.resolution)
            <= value
            <= timedelta(seconds=most_s)
        ):
            return value
    start = f"[{least_s:g}" if least_s else "(0"
    given = (Decimal(seconds) + Decimal(nanos).scaleb(-9)).normalize()
    findings.refuse(path, f"is {given:f} s; it must lie in {start} s, {most_s} s]")
    return None


def decode_date(day: date_pb2.Date, path: str, findings: Findings) -> date | None:
    """Return a full date from 1900 to 9999."""
    try:
        if day.year >= 1900:
            return date(day.year, day.month, day.day)
    except ValueError:
        pass
    given = f"{day.year:04d}-{day.month:02d}-{day.day:02d}"
    findings.refuse(path, f"is {given}; give a whole date of the years 1900 to 9999")
    return None


def decode_time_of_day(time: timeofday_pb2.TimeOfDay, path: str, findings: Findings) -> int | None:
    """Return a local time of day in whole seconds, 24:00 included."""
    fits = 0 <= time.minutes < 60 and 0 <= time.seconds < 60 and time.nanos == 0
    value = int(time.hours * 3600 + time.minutes * 60 + time.seconds)
    if fits and time.hours >= 0 and value <= DAY_S:
        return value
    given = f"{time.hours:02d}:{time.minutes:02d}:{time.seconds:02d} and {time.nanos} ns"
    findings.refuse(path, f"is {given}; give whole seconds from 00:00:00 to 24:00:00")
    return None


def encode_time(moment: datetime) -> timestamp_pb2.Timestamp:
    """Return a timestamp; `moment` is aware."""
    seconds, nanos = _parts(moment)
    return timestamp_pb2.Timestamp(seconds=seconds, nanos=nanos)


def time_bytes(moment: datetime) -> bytes:
    """Return the bytes of a timestamp; `moment` is aware."""
    return seconds_and_nanos(*_parts(moment))


def _parts(moment: datetime) -> tuple[int, int]:
    since = moment - _EPOCH
    return since.days * DAY_S + since.seconds, since.microseconds * 1000


@lru_cache(maxsize=1 << 10)
def encode_date(day: date) -> date_pb2.Date:
    """Return a date. The message is shared: put it into others, do not change it."""
    return date_pb2.Date(year=day.year, month=day.month, day=day.day)


def read_date(day: date_pb2.Date) -> date:
    """Return a date that this program wrote."""
    return date(day.year, day.month, day.day)


def encode_duration(seconds: float) -> duration_pb2.Duration:
    """Return a duration of 0 or more, rounded to the microsecond."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return duration_pb2.Duration(seconds=whole, nanos=micros * 1000)


def duration_bytes(seconds: float) -> bytes:
    """Return the bytes of `encode_duration`."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return seconds_and_nanos(whole, micros * 1000)
