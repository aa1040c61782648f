from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.downtime import Downtime
from routing.promise.local_time import time_of_day_s
from routing.promise.ship_date import SHIP_DATE_SEARCH_DAYS, ShipDate, ship_date
from routing.promise.working_hours import (
    FRIDAY,
    MONDAY,
    SATURDAY,
    TUESDAY,
    WEDNESDAY,
    Cutoff,
    WorkingHours,
)

UPS, GROUND, AIR = CarrierCode("UPS"), ServiceCode("Ground"), ServiceCode("Air")
NEW_YORK, BERLIN, SYDNEY = "America/New_York", "Europe/Berlin", "Australia/Sydney"
EVERY_DAY = tuple(WorkingHours(weekday) for weekday in range(7))
OFFICE = tuple(WorkingHours(day, time_of_day_s(9), time_of_day_s(17)) for day in range(5))
UNTIL_TWO = WorkingCalendar(cutoffs=(Cutoff(time_of_day_s(14)),))
MICROSECOND = timedelta(microseconds=1)


def local(tz: str, *parts: int, fold: int = 0) -> datetime:
    year, month, day, hour, minute = parts
    wall = datetime(year, month, day, hour, minute, tzinfo=ZoneInfo(tz), fold=fold)
    return wall.astimezone(UTC)


def leaves(
    calendar: WorkingCalendar,
    tz: str,
    placed_time: datetime,
    *downtimes: Downtime,
    service: ServiceCode = GROUND,
    extra: int = 0,
) -> ShipDate:
    found = ship_date(calendar, tz, placed_time, UPS, service, extra, downtimes)
    assert found is not None
    return found


def test_an_order_at_exactly_the_cutoff_leaves_the_same_day_and_one_after_it_does_not() -> None:
    cutoff = local(NEW_YORK, 2025, 6, 3, 14, 0)
    assert leaves(UNTIL_TWO, NEW_YORK, cutoff) == ShipDate(date(2025, 6, 3), cutoff)
    assert leaves(UNTIL_TWO, NEW_YORK, cutoff + MICROSECOND) == ShipDate(
        date(2025, 6, 4), local(NEW_YORK, 2025, 6, 4, 14, 0)
    )


def test_an_order_on_friday_evening_counts_for_monday() -> None:
    found = leaves(UNTIL_TWO, NEW_YORK, local(NEW_YORK, 2025, 6, 6, 18, 0))
    assert found == ShipDate(date(2025, 6, 9), local(NEW_YORK, 2025, 6, 9, 14, 0))


def test_an_order_before_opening_leaves_the_same_day() -> None:
    early = local(NEW_YORK, 2025, 6, 3, 5, 0)
    assert leaves(WorkingCalendar(OFFICE), NEW_YORK, early).date == date(2025, 6, 3)


def test_a_cutoff_after_closing_time_ends_with_the_working_day() -> None:
    saturday = WorkingHours(SATURDAY, time_of_day_s(9), time_of_day_s(12))
    calendar = WorkingCalendar((*OFFICE, saturday), (Cutoff(time_of_day_s(14)),))
    found = leaves(calendar, NEW_YORK, local(NEW_YORK, 2025, 6, 7, 8, 0))
    assert found == ShipDate(date(2025, 6, 7), local(NEW_YORK, 2025, 6, 7, 12, 0))


def test_each_carrier_service_has_its_own_cutoff() -> None:
    calendar = WorkingCalendar(
        cutoffs=(Cutoff(time_of_day_s(14)), Cutoff(time_of_day_s(17), UPS, AIR))
    )
    at_three = local(NEW_YORK, 2025, 6, 3, 15, 0)
    assert leaves(calendar, NEW_YORK, at_three, service=AIR).date == date(2025, 6, 3)
    assert leaves(calendar, NEW_YORK, at_three, service=GROUND).date == date(2025, 6, 4)


def test_processing_days_skip_weekends_holidays_and_closed_dates() -> None:
    calendar = WorkingCalendar(
        processing_days=2,
        holidays=frozenset({date(2025, 6, 9)}),
        closed_dates=frozenset({date(2025, 6, 10)}),
    )
    friday = local(NEW_YORK, 2025, 6, 6, 10, 0)
    assert leaves(calendar, NEW_YORK, friday).date == date(2025, 6, 12)
    assert leaves(calendar, NEW_YORK, friday, extra=1).date == date(2025, 6, 13)


def test_a_ready_order_waits_for_the_next_pickup_day_on_which_the_location_works() -> None:
    calendar = WorkingCalendar(
        closed_dates=frozenset({date(2025, 6, 3)}),
        pickup_weekdays=frozenset({TUESDAY, FRIDAY, SATURDAY}),
    )
    monday = local(NEW_YORK, 2025, 6, 2, 10, 0)
    found = leaves(calendar, NEW_YORK, monday)
    assert found == ShipDate(date(2025, 6, 6), local(NEW_YORK, 2025, 6, 3, 0, 0))


def test_the_local_date_decides_not_the_date_in_utc() -> None:
    moment = datetime(2025, 6, 3, 2, 0, tzinfo=UTC)
    assert leaves(UNTIL_TWO, "America/Los_Angeles", moment).date == date(2025, 6, 3)
    assert leaves(UNTIL_TWO, "UTC", moment).date == date(2025, 6, 3)
    assert leaves(WorkingCalendar(), "America/Los_Angeles", moment).date == date(2025, 6, 2)


def test_east_of_the_date_line_it_is_already_the_next_day() -> None:
    moment = datetime(2024, 12, 31, 10, 30, tzinfo=UTC)
    kiritimati = leaves(WorkingCalendar(EVERY_DAY), "Pacific/Kiritimati", moment)
    assert kiritimati.date == date(2025, 1, 1)
    assert leaves(WorkingCalendar(EVERY_DAY), "Pacific/Pago_Pago", moment).date == date(
        2024, 12, 30
    )


def test_nothing_leaves_on_a_date_that_samoa_left_out() -> None:
    calendar = WorkingCalendar(EVERY_DAY, (Cutoff(time_of_day_s(14)),))
    after_cutoff = local("Pacific/Apia", 2011, 12, 29, 15, 0)
    assert leaves(calendar, "Pacific/Apia", after_cutoff).date == date(2011, 12, 31)


def test_a_cutoff_that_spring_leaves_out_comes_an_hour_later_by_the_clock() -> None:
    calendar = WorkingCalendar(EVERY_DAY, (Cutoff(time_of_day_s(2, 30)),))
    cutoff = local(NEW_YORK, 2025, 3, 9, 3, 30)
    assert leaves(calendar, NEW_YORK, cutoff) == ShipDate(date(2025, 3, 9), cutoff)
    assert leaves(calendar, NEW_YORK, cutoff + MICROSECOND).date == date(2025, 3, 10)


def test_a_left_out_cutoff_still_never_outlasts_the_working_day() -> None:
    hours = tuple(WorkingHours(weekday, 0, time_of_day_s(3)) for weekday in range(7))
    calendar = WorkingCalendar(hours, (Cutoff(time_of_day_s(2, 30)),))
    closes = local(NEW_YORK, 2025, 3, 9, 3, 0)
    assert leaves(calendar, NEW_YORK, closes).cutoff_time == closes
    assert leaves(calendar, NEW_YORK, closes + MICROSECOND).date == date(2025, 3, 10)


def test_a_cutoff_that_autumn_repeats_is_the_first_of_the_two() -> None:
    calendar = WorkingCalendar(EVERY_DAY, (Cutoff(time_of_day_s(1, 30)),))
    first = local(NEW_YORK, 2025, 11, 2, 1, 30)
    assert leaves(calendar, NEW_YORK, first) == ShipDate(date(2025, 11, 2), first)
    second_quarter_past_one = local(NEW_YORK, 2025, 11, 2, 1, 15, fold=1)
    assert leaves(calendar, NEW_YORK, second_quarter_past_one).date == date(2025, 11, 3)


def test_an_afternoon_cutoff_moves_in_utc_with_the_clocks() -> None:
    calendar = WorkingCalendar(EVERY_DAY, (Cutoff(time_of_day_s(14)),))
    cutoffs = [
        leaves(calendar, tz, local(tz, *day, 8, 0)).cutoff_time.hour
        for tz, day in [
            (NEW_YORK, (2025, 3, 8)),
            (NEW_YORK, (2025, 3, 9)),
            (SYDNEY, (2025, 10, 4)),
            (SYDNEY, (2025, 10, 5)),
            (SYDNEY, (2025, 4, 5)),
            (SYDNEY, (2025, 4, 6)),
        ]
    ]
    assert cutoffs == [19, 18, 4, 3, 3, 4]


def test_a_midnight_that_spring_leaves_out_still_ends_the_day() -> None:
    # Santiago goes from 24:00 on 7 September 2024 straight to 01:00.
    calendar = WorkingCalendar(EVERY_DAY)
    midnight = datetime(2024, 9, 8, 4, 0, tzinfo=UTC)
    found = leaves(calendar, "America/Santiago", midnight - MICROSECOND)
    assert found == ShipDate(date(2024, 9, 7), midnight)
    assert leaves(calendar, "America/Santiago", midnight).date == date(2024, 9, 8)


def test_a_closing_time_that_spring_leaves_out_stays_within_the_day() -> None:
    # Nuuk goes from 23:00 on 30 March 2024 straight to midnight.
    hours = tuple(WorkingHours(weekday, 0, time_of_day_s(23, 30)) for weekday in range(7))
    midnight = datetime(2024, 3, 31, 1, 0, tzinfo=UTC)
    found = leaves(WorkingCalendar(hours), "America/Nuuk", midnight - MICROSECOND)
    assert found == ShipDate(date(2024, 3, 30), midnight)
    assert leaves(WorkingCalendar(hours), "America/Nuuk", midnight).date == date(2024, 3, 31)


def test_processing_runs_across_the_end_of_a_year_and_a_leap_day() -> None:
    over_new_year = WorkingCalendar(
        processing_days=1, holidays=frozenset({date(2024, 12, 25), date(2025, 1, 1)})
    )
    tuesday = local(BERLIN, 2024, 12, 31, 9, 0)
    assert leaves(over_new_year, BERLIN, tuesday).date == date(2025, 1, 2)
    one_day = WorkingCalendar(processing_days=1)
    assert leaves(one_day, BERLIN, local(BERLIN, 2024, 2, 28, 9, 0)).date == date(2024, 2, 29)
    assert leaves(one_day, BERLIN, local(BERLIN, 2024, 2, 29, 9, 0)).date == date(2024, 3, 1)
    assert leaves(one_day, BERLIN, local(BERLIN, 2025, 2, 27, 9, 0)).date == date(2025, 2, 28)


def test_closed_weeks_are_waited_out() -> None:
    summer = frozenset(date(2025, 7, 14) + timedelta(days=offset) for offset in range(21))
    calendar = WorkingCalendar(closed_dates=summer)
    found = leaves(calendar, BERLIN, local(BERLIN, 2025, 7, 15, 9, 0))
    assert found == ShipDate(date(2025, 8, 4), local(BERLIN, 2025, 8, 5, 0, 0))


def closed_for(days: int) -> WorkingCalendar:
    shut = frozenset(date(2025, 6, 2) + timedelta(days=offset) for offset in range(days))
    return WorkingCalendar(EVERY_DAY, closed_dates=shut)


def test_a_location_that_opens_on_the_last_day_looked_at_still_ships() -> None:
    placed_time = local(BERLIN, 2025, 6, 2, 9, 0)
    last = date(2025, 6, 2) + timedelta(days=SHIP_DATE_SEARCH_DAYS)
    assert leaves(closed_for(SHIP_DATE_SEARCH_DAYS), BERLIN, placed_time).date == last


def test_a_location_that_stays_closed_longer_never_ships() -> None:
    placed_time = local(BERLIN, 2025, 6, 2, 9, 0)
    shut = closed_for(SHIP_DATE_SEARCH_DAYS + 1)
    assert ship_date(shut, BERLIN, placed_time, UPS, GROUND) is None


def test_processing_that_outlasts_the_search_never_ships() -> None:
    one_day_a_week = WorkingCalendar((WorkingHours(WEDNESDAY),), processing_days=60)
    placed_time = local(BERLIN, 2025, 6, 2, 9, 0)
    assert ship_date(one_day_a_week, BERLIN, placed_time, UPS, GROUND, 43) is not None
    assert ship_date(one_day_a_week, BERLIN, placed_time, UPS, GROUND, 45) is None


def downtime(start: datetime, hours: int) -> Downtime:
    return Downtime(start, timedelta(hours=hours))


def test_a_downtime_over_the_end_of_the_day_costs_the_day() -> None:
    calendar = WorkingCalendar(OFFICE, (Cutoff(time_of_day_s(14)),))
    morning = local(BERLIN, 2025, 6, 3, 9, 0)
    pause = downtime(local(BERLIN, 2025, 6, 3, 16, 0), 1)
    assert leaves(calendar, BERLIN, morning, pause).date == date(2025, 6, 4)


def test_a_downtime_that_is_over_by_the_cutoff_costs_nothing() -> None:
    calendar = WorkingCalendar(OFFICE, (Cutoff(time_of_day_s(14)),))
    morning = local(BERLIN, 2025, 6, 3, 9, 0)
    pause = downtime(local(BERLIN, 2025, 6, 3, 9, 0), 5)
    assert leaves(calendar, BERLIN, morning, pause).date == date(2025, 6, 3)


def test_a_downtime_of_one_whole_local_day_costs_that_day_only() -> None:
    pause = downtime(local(BERLIN, 2025, 6, 3, 0, 0), 24)
    placed = [local(BERLIN, 2025, 6, day, 9, 0) for day in (2, 3, 4)]
    shipped = [leaves(WorkingCalendar(), BERLIN, each, pause).date.day for each in placed]
    assert shipped == [2, 4, 4]


def test_days_lost_to_a_downtime_are_no_processing_days() -> None:
    calendar = WorkingCalendar(processing_days=1)
    pause = downtime(local(BERLIN, 2025, 6, 3, 0, 0), 24)
    monday = local(BERLIN, 2025, 6, 2, 9, 0)
    assert leaves(calendar, BERLIN, monday, pause).date == date(2025, 6, 4)


def test_a_placed_time_may_be_given_in_any_time_zone() -> None:
    utc = local(BERLIN, 2025, 6, 3, 14, 0)
    for tz in (NEW_YORK, SYDNEY, BERLIN):
        assert leaves(UNTIL_TWO, BERLIN, utc.astimezone(ZoneInfo(tz))).cutoff_time == utc


def test_every_argument_that_cannot_be_is_named_at_once() -> None:
    naive = datetime(1899, 12, 31)  # noqa: DTZ001
    with pytest.raises(InvalidInputError) as caught:
        ship_date(WorkingCalendar(), "UTC", naive, UPS, GROUND, extra_processing_days=-1)
    assert [violation.path for violation in caught.value.violations] == [
        "placed_time",
        "placed_time",
        "extra_processing_days",
    ]


def test_a_single_weekday_of_work_is_enough() -> None:
    calendar = WorkingCalendar((WorkingHours(MONDAY),))
    tuesday = local(BERLIN, 2025, 6, 3, 0, 0)
    assert leaves(calendar, BERLIN, tuesday).date == date(2025, 6, 9)
