"""Times and dates stay within what planning can reckon with."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from google.protobuf import duration_pb2, timestamp_pb2
from google.type import date_pb2, timeofday_pb2
from hypothesis import given
from hypothesis import strategies as st

from allocation.server.codec.findings import Findings
from allocation.server.codec.times import (
    decode_date,
    decode_duration,
    decode_time,
    decode_time_of_day,
    encode_date,
    encode_duration,
    encode_time,
)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2199, 12, 31)))  # noqa: DTZ001
def test_a_time_reads_back_as_it_was_written(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert decode_time(encode_time(aware), "t", Findings()) == aware


@pytest.mark.parametrize(
    "stamp",
    [
        timestamp_pb2.Timestamp(seconds=0),
        timestamp_pb2.Timestamp(seconds=-(2**63)),
        timestamp_pb2.Timestamp(seconds=2**63 - 1),
        timestamp_pb2.Timestamp(seconds=1_788_000_000, nanos=-1),
        timestamp_pb2.Timestamp(seconds=1_788_000_000, nanos=1_000_000_000),
    ],
)
def test_times_that_are_none_or_far_off_are_refused(stamp: timestamp_pb2.Timestamp) -> None:
    findings = Findings()
    assert decode_time(stamp, "placed_time", findings) is None
    assert findings.violations


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        (timestamp_pb2.Timestamp(seconds=0), "is 1970-01-01T00:00:00Z; it"),
        (timestamp_pb2.Timestamp(seconds=10**9, nanos=-1), "is 2001-09-09T01:46:40Z and -1 ns; it"),
        (timestamp_pb2.Timestamp(seconds=2**62), f"is {2**62} s after 1970; it"),
    ],
)
def test_a_refused_time_is_told_as_people_write_it(
    stamp: timestamp_pb2.Timestamp, said: str
) -> None:
    findings = Findings()
    decode_time(stamp, "placed_time", findings)
    assert findings.violations[0].message.startswith(said)


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        (duration_pb2.Duration(nanos=500_000_000), "is 0.5 s; it"),
        (duration_pb2.Duration(seconds=172_800), "is 172800 s; it"),
        (duration_pb2.Duration(seconds=-(2**62)), f"is -{2**62} s; it"),
    ],
)
def test_a_refused_duration_is_told_in_seconds(duration: duration_pb2.Duration, said: str) -> None:
    findings = Findings()
    decode_duration(duration, "hold_ttl", findings, 1, 86_400)
    assert findings.violations[0].message.startswith(said)


def test_a_duration_of_exactly_the_limits_is_allowed() -> None:
    findings = Findings()
    least = decode_duration(duration_pb2.Duration(seconds=1), "ttl", findings, 1, 60)
    most = decode_duration(duration_pb2.Duration(seconds=60), "ttl", findings, 1, 60)
    assert (least, most) == (timedelta(seconds=1), timedelta(seconds=60))
    assert not findings.violations


@pytest.mark.parametrize(
    "duration",
    [
        duration_pb2.Duration(),
        duration_pb2.Duration(seconds=-1),
        duration_pb2.Duration(seconds=60, nanos=1_000),
        duration_pb2.Duration(seconds=2**63 - 1),
        duration_pb2.Duration(seconds=1, nanos=2_000_000_000),
    ],
)
def test_a_duration_outside_its_limits_is_refused(duration: duration_pb2.Duration) -> None:
    findings = Findings()
    assert decode_duration(duration, "solve_budget", findings, 0, 60) is None
    assert findings.violations


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2026, 2, 29), (2026, 0, 0), (2026, 13, 1), (0, 1, 1), (-1, 1, 1)]
)
def test_a_date_that_is_not_on_the_calendar_is_refused(year: int, month: int, day: int) -> None:
    findings = Findings()
    assert decode_date(date_pb2.Date(year=year, month=month, day=day), "d", findings) is None
    assert findings.violations


@given(st.dates(date(1900, 1, 1)))
def test_a_date_reads_back_as_it_was_written(day: date) -> None:
    assert decode_date(encode_date(day), "d", Findings()) == day


@pytest.mark.parametrize(("hours", "seconds"), [(0, 0), (14, 50_400), (24, 86_400)])
def test_a_time_of_day_runs_from_midnight_to_midnight(hours: int, seconds: int) -> None:
    findings = Findings()
    assert decode_time_of_day(timeofday_pb2.TimeOfDay(hours=hours), "t", findings) == seconds
    assert not findings.violations


@pytest.mark.parametrize(
    "time",
    [
        timeofday_pb2.TimeOfDay(hours=24, seconds=1),
        timeofday_pb2.TimeOfDay(hours=-1),
        timeofday_pb2.TimeOfDay(minutes=60),
        timeofday_pb2.TimeOfDay(seconds=60),
        timeofday_pb2.TimeOfDay(nanos=1),
        timeofday_pb2.TimeOfDay(hours=2**31 - 1),
    ],
)
def test_a_time_of_day_that_no_clock_shows_is_refused(time: timeofday_pb2.TimeOfDay) -> None:
    findings = Findings()
    assert decode_time_of_day(time, "t", findings) is None
    assert findings.violations


def test_a_duration_is_written_to_the_microsecond() -> None:
    written = encode_duration(1.0000015)
    assert (written.seconds, written.nanos) == (1, 2_000)
