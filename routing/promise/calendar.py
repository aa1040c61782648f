"""Working calendars: when a location works and until when an order counts for today."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.public_holidays import holiday_problems, public_holidays
from routing.promise.working_hours import FRIDAY, SUNDAY, WEEKDAYS, Cutoff, WorkingHours

MOST_PROCESSING_DAYS: Final = 60
MONDAY_TO_FRIDAY: Final = tuple(WorkingHours(weekday) for weekday in range(FRIDAY + 1))


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """When a location works. Hashable; equal calendars give equal ship dates.

    Attributes
    ----------
    working_hours
        At least one stretch, those of a weekday not overlapping. Default Monday to
        Friday, all day. A weekday without hours is not a working day. The end of the last
        stretch is the end of the working day; the opening time moves no ship date, for an
        order placed earlier that day counts for that day.
    cutoffs
        At most one default and one per carrier service. Default: end of the working day.
    processing_days
        Working days between the day an order counts for and pickup, 0 to 60.
    holiday_country, holiday_subdivision
        ISO 3166-1 alpha-2 country and ISO 3166-2 subdivision part whose public holidays
        are observed, in every year; see `routing.promise.public_holidays`.
    holidays
        Further holidays.
    closed_dates
        Further dates on which nothing leaves.
    pickup_weekdays
        Weekdays (0 is Monday) on which the carrier comes; empty means every working day.
        A pickup weekday that is closed is no pickup day.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem of the calendar.
    """

    working_hours: tuple[WorkingHours, ...] = MONDAY_TO_FRIDAY
    cutoffs: tuple[Cutoff, ...] = ()
    processing_days: int = 0
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    holidays: frozenset[date] = frozenset()
    closed_dates: frozenset[date] = frozenset()
    pickup_weekdays: frozenset[int] = frozenset()
    _closes_s: tuple[int | None, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))
        closes_s: list[int | None] = [None] * len(WEEKDAYS)
        for hours in sorted(self.working_hours, key=lambda hours: hours.close_s):
            closes_s[hours.weekday] = hours.close_s
        object.__setattr__(self, "_closes_s", tuple(closes_s))

    def close_s(self, weekday: int) -> int | None:
        """Return the local time of day at which `weekday` ends, or ``None`` if it is free."""
        return self._closes_s[weekday]

    def cutoff_s(self, carrier: CarrierCode, service: ServiceCode) -> int | None:
        """Return a carrier service's cutoff, or ``None`` for the end of the working day."""
        default: int | None = None
        for cutoff in self.cutoffs:
            if cutoff.carrier == carrier and cutoff.service == service:
                return cutoff.time_s
            if cutoff.is_default:
                default = cutoff.time_s
        return default

    def is_open(self, day: date) -> bool:
        """Tell whether `day` is a working day by weekday, holidays and closed dates."""
        return (
            self._closes_s[day.weekday()] is not None
            and day not in self.holidays
            and day not in self.closed_dates
            and not self._is_public_holiday(day)
        )

    def _is_public_holiday(self, day: date) -> bool:
        if self.holiday_country is None:
            return False
        return day in public_holidays(self.holiday_country, self.holiday_subdivision, day.year)

    def is_pickup_weekday(self, day: date) -> bool:
        """Tell whether the carrier comes on the weekday of `day`."""
        return not self.pickup_weekdays or day.weekday() in self.pickup_weekdays

    def _problems(self) -> Iterator[Violation]:
        yield from self._hours_problems()
        yield from self._cutoff_problems()
        if not 0 <= self.processing_days <= MOST_PROCESSING_DAYS:
            message = f"{self.processing_days} is outside 0 to {MOST_PROCESSING_DAYS}"
            yield Violation("processing_days", message)
        yield from holiday_problems(self.holiday_country, self.holiday_subdivision)
        yield from _date_problems("holidays", self.holidays)
        yield from _date_problems("closed_dates", self.closed_dates)
        yield from self._pickup_problems()

    def _hours_problems(self) -> Iterator[Violation]:
        if not self.working_hours:
            yield Violation("working_hours", "is empty; give at least one stretch of one weekday")
        in_order = sorted(self.working_hours, key=lambda hours: (hours.weekday, hours.open_s))
        for earlier, later in pairwise(in_order):
            if earlier.weekday == later.weekday and later.open_s < earlier.close_s:
                message = f"stretches of {WEEKDAYS[later.weekday]} overlap; join them"
                yield Violation("working_hours", message)

    def _cutoff_problems(self) -> Iterator[Violation]:
        counts = Counter((cutoff.carrier, cutoff.service) for cutoff in self.cutoffs)
        for (carrier, service), count in counts.items():
            if count > 1:
                whose = "the default" if carrier is None else f"{carrier} {service}"
                yield Violation("cutoffs", f"{count} cutoffs for {whose}; keep one")

    def _pickup_problems(self) -> Iterator[Violation]:
        unknown = sorted(day for day in self.pickup_weekdays if not 0 <= day <= SUNDAY)
        for day in unknown:
            yield Violation("pickup_days", f"{day} is not a weekday from 0 (Monday) to 6 (Sunday)")
        working = {hours.weekday for hours in self.working_hours}
        if self.pickup_weekdays and not unknown and not working & self.pickup_weekdays:
            message = "none is a working day, so nothing could ever leave; add one that is"
            yield Violation("pickup_days", message)


def _date_problems(path: str, days: frozenset[date]) -> Iterator[Violation]:
    """Name every date that carries a time: it would equal no date and close nothing."""
    for day in sorted(day for day in days if isinstance(day, datetime)):
        yield Violation(path, f"{day.isoformat()} has a time of day; give a plain date")
