from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.delivery import delivery_range
from routing.promise.delivery_days import EVERY_DAY, DeliveryDays
from routing.promise.downtime import Downtime
from routing.promise.local_time import time_of_day_s
from routing.promise.promise import NEVER, NEVER_S, LanePromises, LaneService, promise_lanes
from routing.promise.schedules import LocationSchedules
from routing.promise.ship_date import SHIP_DATE_SEARCH_DAYS, ship_date
from routing.promise.working_hours import Cutoff, WorkingHours
from routing.rating.transit import UNKNOWN_TRANSIT_DAYS

UPS, USPS = CarrierCode("UPS"), CarrierCode("USPS")
SERVICES = (
    LaneService(UPS, ServiceCode("Ground")),
    LaneService(UPS, ServiceCode("Air"), DeliveryDays(frozenset(range(6)), "US")),
    LaneService(USPS, ServiceCode("Ground Advantage"), DeliveryDays(EVERY_DAY)),
)
MONDAY = datetime(2025, 3, 3, tzinfo=UTC)
SHUT = frozenset(
    MONDAY.date() + timedelta(days=offset) for offset in range(-9, SHIP_DATE_SEARCH_DAYS + 20)
)
CALENDARS = (
    WorkingCalendar(),
    WorkingCalendar(
        cutoffs=(Cutoff(time_of_day_s(14)), Cutoff(time_of_day_s(17), UPS, SERVICES[1].service))
    ),
    WorkingCalendar(
        tuple(WorkingHours(day, 0, time_of_day_s(18)) for day in range(6)), processing_days=2
    ),
    WorkingCalendar(pickup_weekdays=frozenset({1, 4}), holidays=frozenset({date(2025, 3, 11)})),
    WorkingCalendar(closed_dates=SHUT),
)
TZS = (
    "America/New_York",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Pacific/Kiritimati",
)
PAUSES = ((), (Downtime(MONDAY + timedelta(days=1), timedelta(hours=30)),))
SCHEDULES = LocationSchedules(
    [calendar for calendar in CALENDARS for _ in TZS for _ in PAUSES],
    [tz for _ in CALENDARS for tz in TZS for _ in PAUSES],
    [pauses for _ in CALENDARS for _ in TZS for pauses in PAUSES],
)
LOCATIONS = len(SCHEDULES.index)


def ints(*numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(numbers, dtype=np.int64)


def ordinal_or_never(day: date | None) -> int:
    return NEVER if day is None else day.toordinal()


def one_by_one(
    location: int,
    number: int,
    least: int,
    most: int,
    placed_time: datetime,
    extra: int,
    services: tuple[LaneService, ...] = SERVICES,
) -> tuple[int, int, int, int]:
    """The same lane through the functions for a single one."""
    calendar = CALENDARS[location // (len(TZS) * len(PAUSES))]
    tz = TZS[location // len(PAUSES) % len(TZS)]
    service = services[number]
    ships = ship_date(
        calendar,
        tz,
        placed_time,
        service.carrier,
        service.service,
        extra,
        PAUSES[location % len(PAUSES)],
    )
    if ships is None:
        return NEVER, NEVER, NEVER, NEVER_S
    cutoff_s = int(ships.cutoff_time.timestamp())
    if least == UNKNOWN_TRANSIT_DAYS:
        return ships.date.toordinal(), NEVER, NEVER, cutoff_s
    earliest, latest = delivery_range(ships.date, least, most, service.delivers)
    return ships.date.toordinal(), earliest.toordinal(), latest.toordinal(), cutoff_s


transits = st.tuples(st.integers(0, 9), st.integers(0, 5)).map(lambda pair: (pair[0], sum(pair)))
lanes_of = st.lists(
    st.tuples(
        st.integers(0, LOCATIONS - 1),
        st.integers(0, len(SERVICES) - 1),
        transits | st.just((UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS)),
        st.integers(0, 3),
    ),
    max_size=40,
)


@given(
    lanes_of,
    st.integers(0, 14 * 24 * 4).map(lambda quarters: MONDAY + quarters * timedelta(minutes=15)),
    st.sets(st.integers(0, 20)).map(
        lambda offsets: frozenset(MONDAY.date() + timedelta(days=offset) for offset in offsets)
    ),
)
@settings(deadline=None)
def test_many_lanes_are_promised_what_each_alone_is(
    lanes: list[tuple[int, int, tuple[int, int], int]],
    placed_time: datetime,
    holidays: frozenset[date],
) -> None:
    services = tuple(
        replace(each, delivers=replace(each.delivers, holidays=holidays)) for each in SERVICES
    )
    found = promise_lanes(
        SCHEDULES,
        services,
        ints(*(lane[0] for lane in lanes)),
        ints(*(lane[1] for lane in lanes)),
        ints(*(lane[2][0] for lane in lanes)),
        ints(*(lane[2][1] for lane in lanes)),
        placed_time,
        ints(*(lane[3] for lane in lanes)),
    )
    expected = [
        one_by_one(location, number, *transit, placed_time, extra, services)
        for location, number, transit, extra in lanes
    ]
    rows = zip(*(column.tolist() for column in columns(found)), strict=True)
    assert list(rows) == expected


def columns(found: LanePromises) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], ...]:
    arrays = (found.ship, found.earliest, found.latest, found.cutoff_s)
    return tuple(array.astype(np.int64) for array in arrays)


def promise_one(
    schedules: LocationSchedules,
    placed_time: datetime,
    least: int = 1,
    most: int = 2,
    extra: int = 0,
) -> LanePromises:
    return promise_lanes(
        schedules, SERVICES[:1], ints(0), ints(0), ints(least), ints(most), placed_time, extra
    )


def test_dates_are_int32_and_cutoffs_int64() -> None:
    found = promise_one(SCHEDULES, MONDAY)
    assert {found.ship.dtype, found.earliest.dtype, found.latest.dtype} == {np.dtype(np.int32)}
    assert found.cutoff_s.dtype == np.int64


def test_a_lane_that_never_ships_never_arrives() -> None:
    shut = LocationSchedules([CALENDARS[-1]], ["UTC"])
    found = promise_one(shut, MONDAY)
    assert [column.tolist() for column in columns(found)] == [[NEVER], [NEVER], [NEVER], [NEVER_S]]


def test_a_lane_of_unknown_transit_ships_and_never_arrives() -> None:
    found = promise_one(SCHEDULES, MONDAY, UNKNOWN_TRANSIT_DAYS, UNKNOWN_TRANSIT_DAYS)
    assert found.ship[0] < NEVER
    assert (found.earliest[0], found.latest[0]) == (NEVER, NEVER)


def test_answers_do_not_depend_on_what_was_asked_before() -> None:
    def schedules() -> LocationSchedules:
        return LocationSchedules([CALENDARS[1]], ["America/New_York"])

    asked_often = schedules()
    times = [MONDAY + hour * timedelta(hours=1) for hour in range(200)]
    for placed_time in reversed(times):
        promise_one(asked_often, placed_time)
    for placed_time in times:
        again, fresh = promise_one(asked_often, placed_time), promise_one(schedules(), placed_time)
        assert [c.tolist() for c in columns(again)] == [c.tolist() for c in columns(fresh)]


def test_a_lane_at_exactly_its_cutoff_still_ships_that_day() -> None:
    schedules = LocationSchedules([CALENDARS[1]], ["America/New_York"])
    cutoff = MONDAY + timedelta(hours=19)
    today = MONDAY.date().toordinal()
    assert promise_one(schedules, cutoff).ship.tolist() == [today]
    assert promise_one(schedules, cutoff + timedelta(microseconds=1)).ship.tolist() == [today + 1]


def test_equal_schedules_are_kept_once() -> None:
    equal = [WorkingCalendar(processing_days=1) for _ in range(3)]
    found = LocationSchedules([*equal, WorkingCalendar()], ["UTC", "UTC", "Asia/Tokyo", "UTC"])
    assert found.index.tolist() == [0, 0, 1, 2]
    assert len(found.distinct) == 3


def test_locations_without_a_known_time_zone_are_all_named() -> None:
    with pytest.raises(InvalidInputError) as caught:
        LocationSchedules([WorkingCalendar()] * 3, ["Mars/Base", "UTC", "Mars/Base"])
    paths = [violation.path for violation in caught.value.violations]
    assert paths == ["locations[0].tz", "locations[2].tz"]


def test_as_many_calendars_as_time_zones_are_needed() -> None:
    with pytest.raises(InvalidInputError, match="2 calendars, 1 tzs, 2 downtimes"):
        LocationSchedules([WorkingCalendar()] * 2, ["UTC"])


def test_every_lane_that_cannot_be_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        promise_lanes(
            SCHEDULES,
            SERVICES,
            ints(0, -1, LOCATIONS),
            ints(3, 0, 0),
            ints(2, UNKNOWN_TRANSIT_DAYS, 0),
            ints(1, 2, 367),
            MONDAY,
            ints(-1, 366, 367),
        )
    assert [violation.path for violation in caught.value.violations] == [
        "lane_location[1]",
        "lane_location[2]",
        "lane_service[0]",
        "extra_processing_days[0]",
        "extra_processing_days[2]",
        "transit_days[0]",
        "transit_days[1]",
        "transit_days[2]",
    ]


def test_arrays_of_other_lengths_and_a_naive_time_are_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        promise_lanes(
            SCHEDULES,
            SERVICES,
            ints(0, 1),
            ints(0),
            ints(1, 1),
            ints(1, 1, 1),
            MONDAY.replace(tzinfo=None),
            ints(0),
        )
    assert [violation.path for violation in caught.value.violations] == [
        "placed_time",
        "lane_service",
        "transit_max_days",
        "extra_processing_days",
    ]


def test_one_negative_extra_processing_time_for_all_lanes_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="extra_processing_days: -1 is outside"):
        promise_one(SCHEDULES, MONDAY, extra=-1)
