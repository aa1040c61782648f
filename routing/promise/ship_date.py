"""Ship dates: the local day on which an order leaves a location."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.downtime import Downtime
from routing.promise.local_time import DAY_S, instant_of, occurs, zone_of

__all__ = [
    "Downtime",
    "SHIP_DATE_SEARCH_DAYS",
    "MOST_EXTRA_PROCESSING_DAYS",
    "order_problems",
    "ShipDate",
    "WorkingDays",
    "ship_date",
]

SHIP_DATE_SEARCH_DAYS: Final = 366 * 2
"""Days past the local order date within which a ship date is looked for."""
MOST_EXTRA_PROCESSING_DAYS: Final = 366

_YEARS: Final = range(1900, 9900)
_DAY: Final = timedelta(days=1)
_LAST_MOMENT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ShipDate:
    """When an order leaves.

    Attributes
    ----------
    date
        Date in the location's time zone.
    cutoff_time
        Aware UTC datetime: cutoff of the working day that the order counts for. Every
        order placed from this one up to then leaves on the same date; so does one at that
        very moment, unless it is the midnight that ends the day: that is the next date's.
    """

    date: date
    cutoff_time: datetime


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of one location as one cutoff sees them.

    A date is a working day if the calendar is open, the date exists in the time zone, and
    no downtime falls into the stretch in which that day's orders leave: from the cutoff to
    the close, or the last moment before the close where the two are one. A downtime that
    is over by the cutoff costs no day.

    Attributes
    ----------
    cutoff_s
        Local time of day in seconds, or ``None`` for the end of the working day.
    """

    calendar: WorkingCalendar
    zone: ZoneInfo
    downtimes: tuple[Downtime, ...]
    cutoff_s: int | None

    def cutoff_time(self, day: date) -> datetime:
        """Return the cutoff of an open day: never later than its close, nor than its midnight."""
        closes = self._close_time(day)
        if self.cutoff_s is None:
            return closes
        return min(instant_of(self.zone, day, self.cutoff_s), closes)

    def includes(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        if not self.calendar.is_open(day) or not occurs(self.zone, day):
            return False
        if not self.downtimes:
            return True
        closes = self._close_time(day)
        leaves = min(self.cutoff_time(day), closes - _LAST_MOMENT)
        return not any(downtime.meets(leaves, closes) for downtime in self.downtimes)

    def between(self, first: date, last: date) -> Iterator[date]:
        """Yield the working days from `first` to `last`, both inclusive, in order."""
        for offset in range((last - first).days + 1):
            day = first + offset * _DAY
            if self.includes(day):
                yield day

    def ship_date(self, first: date, last: date, processing_days: int) -> ShipDate | None:
        """Return when an order leaves that counts for the first working day from `first` on.

        Parameters
        ----------
        first, last
            Local dates, inclusive; nothing after `last` is looked at.
        processing_days
            Working days from the day the order counts for to the one it is ready on.

        Returns
        -------
        ShipDate or None
            ``None`` if nothing leaves by `last`.
        """
        days = self.between(first, last)
        counts_for = next(days, None)
        if counts_for is None:
            return None
        # The day that the order counts for is itself ready where nothing is to be processed.
        ready = (
            counts_for
            if processing_days == 0
            else next(islice(days, processing_days - 1, None), None)
        )
        if ready is None:
            return None
        if not self.calendar.is_pickup_weekday(ready):
            ready = next((day for day in days if self.calendar.is_pickup_weekday(day)), None)
        return None if ready is None else ShipDate(ready, self.cutoff_time(counts_for))

    def _close_time(self, day: date) -> datetime:
        close_s = self.calendar.close_s(day.weekday())
        midnight = instant_of(self.zone, day, DAY_S)
        if close_s is None or close_s == DAY_S:
            return midnight
        return min(instant_of(self.zone, day, close_s), midnight)


def ship_date(
    calendar: WorkingCalendar,
    tz: str,
    placed_time: datetime,
    carrier: CarrierCode,
    service: ServiceCode,
    extra_processing_days: int = 0,
    downtimes: tuple[Downtime, ...] = (),
) -> ShipDate | None:
    """Return when an order leaves a location with a carrier service.

    An order placed on a working day, at the cutoff or earlier, counts for that day; any
    other counts for the next working day. From there processing days are counted in
    working days; it leaves on the first working day from then on that is a pickup day.

    Parameters
    ----------
    tz
        IANA name of the location's time zone.
    placed_time
        Aware datetime, from 1900 to 9899.
    extra_processing_days
        Working days on top of the calendar's, 0 to 366.
    downtimes
        Planned stretches in which nothing leaves; see `WorkingDays` for what they cost.

    Returns
    -------
    ShipDate or None
        ``None``: never ships, for nothing leaves within `SHIP_DATE_SEARCH_DAYS` days of
        the local order date.

    Raises
    ------
    routing.errors.InvalidInputError
        With every argument out of range.
    """
    problems = order_problems(placed_time)
    if not 0 <= extra_processing_days <= MOST_EXTRA_PROCESSING_DAYS:
        message = f"{extra_processing_days} is outside 0 to {MOST_EXTRA_PROCESSING_DAYS}"
        problems.append(Violation("extra_processing_days", message))
    raise_if_any(problems)
    zone = zone_of(tz)
    days = WorkingDays(calendar, zone, downtimes, calendar.cutoff_s(carrier, service))
    today = placed_time.astimezone(zone).date()
    counts_today = days.includes(today) and placed_time.astimezone(UTC) <= days.cutoff_time(today)
    return days.ship_date(
        today if counts_today else today + _DAY,
        today + SHIP_DATE_SEARCH_DAYS * _DAY,
        calendar.processing_days + extra_processing_days,
    )


def order_problems(placed_time: datetime) -> list[Violation]:
    """Return what keeps `placed_time` from being an order time; see `ship_date`."""
    problems: list[Violation] = []
    if placed_time.tzinfo is None:
        problems.append(Violation("placed_time", f"{placed_time} has no time zone; give UTC"))
    if placed_time.year not in _YEARS:
        message = f"{placed_time} is outside the years {_YEARS[0]} to {_YEARS[-1]}"
        problems.append(Violation("placed_time", message))
    return problems
