"""Schedules: the calendars of many locations, each distinct one worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidInputError, Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.downtime import Downtime
from routing.promise.local_time import zone_of
from routing.promise.ship_date import SHIP_DATE_SEARCH_DAYS, ShipDate, WorkingDays

REMEMBERED_DAYS: Final = 16_384
"""Most local days that one `LocationSchedules` remembers; the least used goes first."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a location ships: calendar, time zone and downtimes."""

    calendar: WorkingCalendar
    zone: ZoneInfo
    downtimes: tuple[Downtime, ...]


@dataclass(frozen=True, slots=True)
class _OrderDay:
    """All outcomes that a local order date can have.

    Where the date is no working day, `cutoff_time` and `in_time` are ``None``.
    """

    cutoff_time: datetime | None
    in_time: ShipDate | None
    too_late: ShipDate | None


class LocationSchedules:
    """The schedules of a network's locations, for `routing.promise.promise.promise_lanes`.

    Build it once per state of the network. It remembers the outcomes of local days that
    it has worked out, so that further orders of the same day cost a look-up. The same
    question always gets the same answer, whatever was asked before.

    Parameters
    ----------
    calendars, tzs, downtimes
        One entry per location, in the order that lanes number locations by; `tzs` are
        IANA names. `downtimes` may be left empty: none anywhere.

    Attributes
    ----------
    index
        int64 ``[location]``: position of the location's schedule in `distinct`.
    distinct
        Different schedules, in order of first appearance.

    Raises
    ------
    routing.errors.InvalidInputError
        If the lengths differ, or with every unknown time zone, by location.
    """

    __slots__ = ("_order_day", "distinct", "index")

    def __init__(
        self,
        calendars: Sequence[WorkingCalendar],
        tzs: Sequence[str],
        downtimes: Sequence[tuple[Downtime, ...]] = (),
    ) -> None:
        downtimes = downtimes or [()] * len(calendars)
        if not len(calendars) == len(tzs) == len(downtimes):
            lengths = f"{len(calendars)} calendars, {len(tzs)} tzs, {len(downtimes)} downtimes"
            raise InvalidInputError([Violation("locations", f"{lengths}; give one per location")])
        zones = _zones_of(tzs)
        places: dict[Schedule, int] = {}
        index = [
            places.setdefault(Schedule(calendar, zones[tz], pauses), len(places))
            for calendar, tz, pauses in zip(calendars, tzs, downtimes, strict=True)
        ]
        self.index: NDArray[np.int64] = np.array(index, dtype=np.int64)
        self.distinct: tuple[Schedule, ...] = tuple(places)
        distinct = self.distinct

        @lru_cache(maxsize=REMEMBERED_DAYS)
        def order_day(place: int, cutoff_s: int | None, extra_days: int, today: date) -> _OrderDay:
            return _work_out(distinct[place], cutoff_s, extra_days, today)

        self._order_day = order_day

    def ship_date(
        self,
        place: int,
        carrier: CarrierCode,
        service: ServiceCode,
        extra_processing_days: int,
        placed_time: datetime,
        today: date,
    ) -> ShipDate | None:
        """Return what `routing.promise.ship_date.ship_date` does, for a distinct schedule.

        Parameters
        ----------
        place
            Position in `distinct`.
        placed_time
            Aware UTC datetime.
        today
            Its date in the schedule's time zone; a parameter because many ask with the same.
        """
        cutoff_s = self.distinct[place].calendar.cutoff_s(carrier, service)
        day = self._order_day(place, cutoff_s, extra_processing_days, today)
        if day.cutoff_time is not None and placed_time <= day.cutoff_time:
            return day.in_time
        return day.too_late


def _work_out(schedule: Schedule, cutoff_s: int | None, extra_days: int, today: date) -> _OrderDay:
    days = WorkingDays(schedule.calendar, schedule.zone, schedule.downtimes, cutoff_s)
    last = today + timedelta(days=SHIP_DATE_SEARCH_DAYS)
    processing_days = schedule.calendar.processing_days + extra_days
    too_late = days.ship_date(today + timedelta(days=1), last, processing_days)
    if not days.includes(today):
        return _OrderDay(None, None, too_late)
    in_time = days.ship_date(today, last, processing_days)
    return _OrderDay(days.cutoff_time(today), in_time, too_late)


def _zones_of(tzs: Sequence[str]) -> dict[str, ZoneInfo]:
    zones: dict[str, ZoneInfo] = {}
    unknown: dict[str, InvalidInputError] = {}
    for tz in set(tzs):
        try:
            zones[tz] = zone_of(tz)
        except InvalidInputError as error:
            unknown[tz] = error
    raise_if_any(
        [
            violation.under(f"locations[{location}]")
            for location, tz in enumerate(tzs)
            if tz in unknown
            for violation in unknown[tz].violations
        ]
    )
    return zones
