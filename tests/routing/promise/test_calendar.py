from __future__ import annotations

from datetime import date, datetime

import pytest

from routing.errors import InvalidInputError
from routing.ids import CarrierCode, ServiceCode
from routing.promise.calendar import WorkingCalendar
from routing.promise.local_time import DAY_S, time_of_day_s
from routing.promise.working_hours import FRIDAY, MONDAY, SATURDAY, SUNDAY, Cutoff, WorkingHours

UPS, GROUND, AIR = CarrierCode("UPS"), ServiceCode("Ground"), ServiceCode("Air")
TWO_PM, FOUR_PM = time_of_day_s(14), time_of_day_s(16)


def paths_of(caught: pytest.ExceptionInfo[InvalidInputError]) -> list[str]:
    return [violation.path for violation in caught.value.violations]


def test_a_calendar_that_says_nothing_works_monday_to_friday_all_day() -> None:
    calendar = WorkingCalendar()
    assert [calendar.close_s(weekday) for weekday in range(7)] == [DAY_S] * 5 + [None] * 2


def test_a_carrier_service_keeps_its_own_cutoff_and_others_take_the_default() -> None:
    calendar = WorkingCalendar(cutoffs=(Cutoff(FOUR_PM, UPS, AIR), Cutoff(TWO_PM)))
    assert calendar.cutoff_s(UPS, AIR) == FOUR_PM
    assert calendar.cutoff_s(UPS, GROUND) == TWO_PM


def test_without_a_default_cutoff_other_services_have_until_the_end_of_the_day() -> None:
    assert WorkingCalendar(cutoffs=(Cutoff(FOUR_PM, UPS, AIR),)).cutoff_s(UPS, GROUND) is None


def test_a_day_ends_with_its_last_stretch_in_whatever_order_they_are_given() -> None:
    afternoon = WorkingHours(MONDAY, time_of_day_s(13), time_of_day_s(17))
    morning = WorkingHours(MONDAY, time_of_day_s(8), time_of_day_s(12))
    assert WorkingCalendar((afternoon, morning)).close_s(MONDAY) == time_of_day_s(17)


def test_holidays_and_closed_dates_are_not_open() -> None:
    holiday, closed, plain = date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)
    calendar = WorkingCalendar(holidays=frozenset({holiday}), closed_dates=frozenset({closed}))
    assert [calendar.is_open(day) for day in (holiday, closed, plain)] == [False, False, True]


def test_equal_calendars_hash_alike_and_other_ones_differ() -> None:
    def build(processing_days: int) -> WorkingCalendar:
        return WorkingCalendar(
            tuple(WorkingHours(day) for day in range(5)), (Cutoff(TWO_PM),), processing_days
        )

    assert {build(1), build(1), build(2)} == {build(1), build(2)}
    assert len({build(1), build(1), build(2)}) == 2


def test_every_problem_of_a_calendar_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        WorkingCalendar(
            working_hours=(WorkingHours(FRIDAY, 0, 3600), WorkingHours(FRIDAY, 1800, 7200)),
            cutoffs=(Cutoff(TWO_PM), Cutoff(FOUR_PM), Cutoff(0, UPS, AIR), Cutoff(1, UPS, AIR)),
            processing_days=61,
            holiday_country="US",
            holiday_subdivision="California",
            holidays=frozenset({datetime(2025, 7, 4)}),  # noqa: DTZ001
            closed_dates=frozenset({datetime(2025, 7, 5)}),  # noqa: DTZ001
            pickup_weekdays=frozenset({7}),
        )
    assert paths_of(caught) == [
        "working_hours",
        "cutoffs",
        "cutoffs",
        "processing_days",
        "holiday_subdivision",
        "holidays",
        "closed_dates",
        "pickup_days",
    ]


@pytest.mark.parametrize("processing_days", [0, 60])
def test_zero_and_sixty_processing_days_are_in_range(processing_days: int) -> None:
    assert WorkingCalendar(processing_days=processing_days).processing_days == processing_days


def test_minus_one_processing_days_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="processing_days: -1"):
        WorkingCalendar(processing_days=-1)


def test_a_calendar_without_any_hours_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="working_hours: is empty"):
        WorkingCalendar(working_hours=())


def test_stretches_that_touch_do_not_overlap() -> None:
    noon = time_of_day_s(12)
    WorkingCalendar((WorkingHours(MONDAY, 0, noon), WorkingHours(MONDAY, noon, DAY_S)))


def test_pickup_days_that_are_all_free_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="pickup_days: none is a working day"):
        WorkingCalendar(pickup_weekdays=frozenset({SATURDAY, SUNDAY}))


def test_a_subdivision_needs_its_country() -> None:
    with pytest.raises(InvalidInputError, match="without holiday_country"):
        WorkingCalendar(holiday_subdivision="CA")


@pytest.mark.parametrize(
    ("weekday", "open_s", "close_s", "paths"),
    [
        (7, 0, DAY_S, ["day"]),
        (-1, -1, DAY_S + 1, ["day", "open_time", "close_time"]),
        (0, 3600, 3600, ["close_time"]),
        (0, time_of_day_s(22), time_of_day_s(6), ["close_time"]),
        (0, DAY_S, DAY_S, ["open_time", "close_time"]),
    ],
)
def test_hours_that_cannot_be_are_refused(
    weekday: int, open_s: int, close_s: int, paths: list[str]
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        WorkingHours(weekday, open_s, close_s)
    assert paths_of(caught) == paths


@pytest.mark.parametrize("time_s", [-1, DAY_S + 1])
def test_a_cutoff_outside_the_day_is_refused(time_s: int) -> None:
    with pytest.raises(InvalidInputError, match=r"time: .* is outside 00:00 to 24:00"):
        Cutoff(time_s)


def test_a_cutoff_with_half_a_carrier_service_names_the_missing_half() -> None:
    with pytest.raises(InvalidInputError, match=r"carrier_service\.service: is missing"):
        Cutoff(0, carrier=UPS)
    with pytest.raises(InvalidInputError, match=r"carrier_service\.carrier: is missing"):
        Cutoff(0, service=AIR)
