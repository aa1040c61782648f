"""When a location works."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from google.type import dayofweek_pb2

from allocation.server.codec.carrier_service import decode_carrier_service
from allocation.server.codec.findings import Findings
from allocation.server.codec.text import decode_country
from allocation.server.codec.times import (
    decode_date,
    decode_duration,
    decode_time,
    decode_time_of_day,
)
from routing.promise.calendar import MONDAY_TO_FRIDAY, WorkingCalendar
from routing.promise.downtime import LONGEST_DOWNTIME, Downtime
from routing.promise.local_time import DAY_S
from routing.promise.working_hours import Cutoff, WorkingHours
from routing.v1 import location_pb2

MOST_HOURS: Final = 100
MOST_CUTOFFS: Final = 100
MOST_CLOSED_DATES: Final = 3_660
MOST_DOWNTIMES: Final = 1_000


def decode_calendar(
    message: location_pb2.WorkingCalendar, path: str, findings: Findings
) -> WorkingCalendar | None:
    """Return a working calendar; ``None`` when it has a problem."""
    known = len(findings.violations)
    hours = _hours(message, f"{path}.working_hours", findings)
    cutoffs = _cutoffs(message, f"{path}.cutoffs", findings)
    closed = [
        decode_date(day, f"{path}.closed_dates[{index}]", findings)
        for index, day in enumerate(message.closed_dates[:MOST_CLOSED_DATES])
    ]
    pickup = [
        decode_weekday(day, f"{path}.pickup_days[{index}]", findings)
        for index, day in enumerate(message.pickup_days)
    ]
    country = decode_country(message.holiday_country, f"{path}.holiday_country", findings)
    for name, most in (
        ("working_hours", MOST_HOURS),
        ("cutoffs", MOST_CUTOFFS),
        ("closed_dates", MOST_CLOSED_DATES),
    ):
        if len(getattr(message, name)) > most:
            findings.refuse(f"{path}.{name}", f"has too many entries; give at most {most}")
    calendar = findings.build(
        path,
        lambda: WorkingCalendar(
            working_hours=hours or MONDAY_TO_FRIDAY,
            cutoffs=cutoffs,
            processing_days=message.processing_days,
            holiday_country=country,
            holiday_subdivision=message.holiday_subdivision or None,
            closed_dates=frozenset(day for day in closed if day is not None),
            pickup_weekdays=frozenset(day for day in pickup if day is not None),
        ),
    )
    return calendar if len(findings.violations) == known else None


def decode_downtimes(
    messages: Iterable[location_pb2.Downtime], path: str, findings: Findings
) -> tuple[Downtime, ...]:
    """Return planned stretches of time without shipping; at most 1,000."""
    downtimes = []
    for index, message in enumerate(messages):
        if index == MOST_DOWNTIMES:
            findings.refuse(path, f"has too many entries; give at most {MOST_DOWNTIMES}")
            break
        at = f"{path}[{index}]"
        for name in ("start_time", "duration"):
            if not message.HasField(name):
                findings.refuse(f"{at}.{name}", "is missing; give it")
        if not message.HasField("start_time") or not message.HasField("duration"):
            continue
        start = decode_time(message.start_time, f"{at}.start_time", findings)
        longest_s = LONGEST_DOWNTIME // timedelta(seconds=1)
        lasts = decode_duration(message.duration, f"{at}.duration", findings, 0, longest_s)
        if start is not None and lasts is not None:
            downtimes.append(Downtime(start, lasts))
    return tuple(downtimes)


def _hours(
    message: location_pb2.WorkingCalendar, path: str, findings: Findings
) -> tuple[WorkingHours, ...]:
    stretches = []
    for index, each in enumerate(message.working_hours[:MOST_HOURS]):
        at = f"{path}[{index}]"
        weekday = decode_weekday(each.day, f"{at}.day", findings)
        opens: int | None = 0
        closes: int | None = DAY_S
        if each.HasField("open_time"):
            opens = decode_time_of_day(each.open_time, f"{at}.open_time", findings)
        if each.HasField("close_time"):
            closes = decode_time_of_day(each.close_time, f"{at}.close_time", findings)
        if weekday is not None and opens is not None and closes is not None:
            stretch = _stretch(weekday, opens, closes, at, findings)
            stretches += [stretch] if stretch is not None else []
    return tuple(stretches)


def _stretch(
    weekday: int, opens: int, closes: int, path: str, findings: Findings
) -> WorkingHours | None:
    return findings.build(path, lambda: WorkingHours(weekday, opens, closes))


def _cutoffs(
    message: location_pb2.WorkingCalendar, path: str, findings: Findings
) -> tuple[Cutoff, ...]:
    cutoffs = []
    for index, each in enumerate(message.cutoffs[:MOST_CUTOFFS]):
        at = f"{path}[{index}]"
        if not each.HasField("time"):
            findings.refuse(f"{at}.time", "is missing; give a local time of day")
            continue
        time_s = decode_time_of_day(each.time, f"{at}.time", findings)
        if not each.HasField("carrier_service"):
            cutoffs += [Cutoff(time_s)] if time_s is not None else []
            continue
        known = len(findings.violations)
        service = decode_carrier_service(each.carrier_service, f"{at}.carrier_service", findings)
        if time_s is not None and len(findings.violations) == known:
            cutoffs.append(Cutoff(time_s, service.carrier, service.service))
    return tuple(cutoffs)


def decode_weekday(day: int, path: str, findings: Findings) -> int | None:
    """Return 0 for Monday to 6 for Sunday."""
    if dayofweek_pb2.MONDAY <= day <= dayofweek_pb2.SUNDAY:
        return int(day - dayofweek_pb2.MONDAY)
    findings.refuse(path, f"is {day}; give a day from MONDAY to SUNDAY")
    return None
