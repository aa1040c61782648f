"""Wall clocks: which instant a local date and time of day stand for.

Local times that a clock change makes ambiguous or leaves out are read as RFC 5545,
section 3.3.5, says. One that occurs twice means its first occurrence (``fold=0``). One
that never occurs is read with the UTC offset in force before the change, which moves it
forward by what the clock skipped: 02:30 on a day without 02:00-03:00 is 03:30.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from routing.errors import InvalidInputError, Violation

DAY_S: Final = 86_400
"""Time of day of the midnight that ends a day."""

_NOON: Final = time(12)


def time_of_day_s(hours: int, minutes: int = 0, seconds: int = 0) -> int:
    """Return what the clock shows as seconds: 14:30 is 52_200, 24:00 is `DAY_S`.

    A label, not elapsed time: 14:30 is 52_200 on days of 23 and 25 hours too.
    """
    return hours * 3600 + minutes * 60 + seconds


def zone_of(tz: str) -> ZoneInfo:
    """Return the time zone with the IANA name `tz`.

    Raises
    ------
    routing.errors.InvalidInputError
        If the time zone database has no such zone.
    """
    try:
        return ZoneInfo(tz)
    except (KeyError, ValueError, OSError) as error:
        message = f"{tz!r} is not an IANA time zone name; give one like 'America/Chicago'"
        raise InvalidInputError([Violation("tz", message)]) from error


def instant_of(zone: ZoneInfo, day: date, time_s: int) -> datetime:
    """Return the instant, in UTC, at which `zone`'s clocks show `time_s` on `day`.

    Parameters
    ----------
    time_s
        Time of day in seconds, 0 to `DAY_S`; `DAY_S` is 00:00 of the next date.
    """
    wall = datetime.combine(day, time(0), tzinfo=zone) + timedelta(seconds=time_s)
    return wall.astimezone(UTC)


def occurs(zone: ZoneInfo, day: date) -> bool:
    """Tell whether `day` exists in `zone`; false only where the date line was moved.

    Samoa went from 29 to 31 December 2011: Pacific/Apia has no 30 December 2011.
    """
    noon = datetime.combine(day, _NOON, tzinfo=zone)
    return noon.astimezone(UTC).astimezone(zone).date() == day
