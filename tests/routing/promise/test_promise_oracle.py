"""The whole promise against a walk through the days: cutoff, processing, pickup, delivery.

`promise_lanes` against `walk`, which knows nothing of calendars but asks of one day at a
time whether it counts: real time zones across their clock changes, public holidays of
countries, processing by item, pickup days, delivery days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.delivery_days import DeliveryDays
from routing.promise.promise import NEVER, LaneService, promise_lanes
from routing.promise.schedules import LocationSchedules
from routing.promise.working_hours import Cutoff, WorkingHours

SERVICE = (CarrierCode("c"), ServiceCode("s"))
OTHER = (CarrierCode("c"), ServiceCode("other"))
# Time zone, country of its holidays, subdivision; and instants around which something happens.
PLACES = (
    ("America/New_York", "US", None),
    ("America/Los_Angeles", "US", "CA"),
    ("America/St_Johns", "CA", "NL"),
    ("America/Santiago", "CL", None),
    ("America/Sao_Paulo", "BR", "SP"),
    ("Europe/Berlin", "DE", "BY"),
    ("Europe/London", "GB", "ENG"),
    ("Asia/Tokyo", "JP", None),
    ("Asia/Kolkata", "IN", None),
    ("Australia/Lord_Howe", "AU", "NSW"),
    ("Pacific/Auckland", "NZ", None),
    ("Pacific/Kiritimati", None, None),
)
AROUND = (
    datetime(2024, 2, 28, tzinfo=UTC),
    datetime(2024, 3, 9, tzinfo=UTC),
    datetime(2024, 3, 30, tzinfo=UTC),
    datetime(2024, 4, 6, tzinfo=UTC),
    datetime(2024, 9, 28, tzinfo=UTC),
    datetime(2024, 10, 26, tzinfo=UTC),
    datetime(2024, 11, 2, tzinfo=UTC),
    datetime(2024, 12, 22, tzinfo=UTC),
    datetime(2025, 12, 30, tzinfo=UTC),
    datetime(2028, 2, 28, tzinfo=UTC),
)


@dataclass(frozen=True)
class Case:
    calendar: WorkingCalendar
    tz: str
    delivers: DeliveryDays
    transit: tuple[int, int]
    extra: int
    placed: datetime


def draw_case(draws: Random) -> Case:
    tz, country, subdivision = draws.choice(PLACES)
    weekdays = sorted(draws.sample(range(7), draws.randint(1, 7)))
    closes = {day: draws.choice((12, 17, 18, 24)) * 3600 for day in weekdays}
    placed = draws.choice(AROUND) + timedelta(seconds=draws.randint(-5 * 86_400, 5 * 86_400))
    closed = draws.random() < 0.3
    shut = (
        frozenset(placed.date() + timedelta(days=day) for day in range(draws.randint(1, 25)))
        if closed
        else frozenset[date]()
    )
    pickups = frozenset(draws.sample(weekdays, draws.randint(1, len(weekdays))))
    calendar = WorkingCalendar(
        working_hours=tuple(WorkingHours(day, 0, close) for day, close in closes.items()),
        cutoffs=tuple(
            Cutoff(draws.randint(0, 24 * 4) * 900, *key)
            for key in draws.sample([(None, None), SERVICE, OTHER], draws.randint(0, 3))
        ),
        processing_days=draws.randint(0, 3),
        holiday_country=country if draws.random() < 0.7 else None,
        holiday_subdivision=None,
        closed_dates=shut,
        pickup_weekdays=pickups if draws.random() < 0.5 else frozenset(),
    )
    delivery_country = draws.choice((country, "US", None))
    delivers = DeliveryDays(
        frozenset(draws.sample(range(7), draws.randint(1, 7))),
        delivery_country,
        subdivision if delivery_country == country and country is not None else None,
    )
    least = draws.randint(0, 6)
    return Case(
        calendar, tz, delivers, (least, least + draws.randint(0, 4)), draws.randint(0, 2), placed
    )


@cache
def free_days(country: str, part: str | None, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, subdiv=part, years=[year - 1, year]))


def is_free(day: date, country: str | None, part: str | None) -> bool:
    return country is not None and day in free_days(country, part, day.year)


def works(case: Case, day: date) -> bool:
    return (
        case.calendar.close_s(day.weekday()) is not None
        and day not in case.calendar.closed_dates
        and not is_free(day, case.calendar.holiday_country, None)
    )


def last_moment(case: Case, day: date) -> datetime:
    """The cutoff of a day as its wall clock reads, never after the close."""
    times = {(each.carrier, each.service): each.time_s for each in case.calendar.cutoffs}
    time_s = times.get(SERVICE, times.get((None, None), 86_400))
    close_s = case.calendar.close_s(day.weekday())
    assert close_s is not None
    seconds = min(time_s, close_s)
    wall = datetime.combine(day, time(0), tzinfo=ZoneInfo(case.tz)) + timedelta(seconds=seconds)
    return wall.astimezone(UTC)


def walk(case: Case) -> tuple[date, date, date]:
    """One day after the other, from the order to the last possible delivery."""
    day = case.placed.astimezone(ZoneInfo(case.tz)).date()
    if not (works(case, day) and case.placed <= last_moment(case, day)):
        day += timedelta(days=1)
    left = case.calendar.processing_days + case.extra
    while True:
        if works(case, day):
            comes = not case.calendar.pickup_weekdays or (
                day.weekday() in case.calendar.pickup_weekdays
            )
            if left <= 0 and comes:
                break
            left -= 1
        day += timedelta(days=1)
    return day, arrives(case, day, case.transit[0]), arrives(case, day, case.transit[1])


def arrives(case: Case, shipped: date, transit: int) -> date:
    day, left = shipped, transit
    while True:
        open_ = day.weekday() in case.delivers.weekdays and not is_free(
            day, case.delivers.holiday_country, case.delivers.holiday_subdivision
        )
        if open_ and day > shipped:
            left -= 1
        if open_ and left <= 0:
            return day
        day += timedelta(days=1)


def promised(case: Case) -> tuple[date, date, date]:
    found = promise_lanes(
        LocationSchedules([case.calendar], [case.tz]),
        [LaneService(*SERVICE, case.delivers)],
        np.array([0]),
        np.array([0]),
        np.array([case.transit[0]]),
        np.array([case.transit[1]]),
        case.placed,
        case.extra,
    )
    days = (int(found.ship[0]), int(found.earliest[0]), int(found.latest[0]))
    assert NEVER not in days
    ship, earliest, latest = (date.fromordinal(day) for day in days)
    return ship, earliest, latest


def compare(seeds: range) -> None:
    for seed in seeds:
        case = draw_case(Random(seed))
        assert promised(case) == walk(case), f"seed {seed}: {case}"


def test_ten_thousand_promises_agree_with_a_walk_through_the_days() -> None:
    compare(range(10_000))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_twenty_thousand_promises_agree_with_a_walk_through_the_days() -> None:
    compare(range(10_000, 30_000))
