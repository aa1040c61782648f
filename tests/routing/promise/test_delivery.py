from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.promise.delivery import delivery_range
from routing.promise.delivery_days import EVERY_DAY, MONDAY_TO_FRIDAY_DAYS, DeliveryDays
from routing.promise.public_holidays import public_holidays

THURSDAY, FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2025, 6, day) for day in range(5, 10))
ONE_DAY = timedelta(days=1)


def walked(shipped: date, transit: int, days: DeliveryDays) -> date:
    """Day by day: sit still until all delivery days have gone by."""
    day, left = shipped, transit
    while True:
        delivers = day.weekday() in days.weekdays and day not in days.holidays
        if days.holiday_country is not None:
            free = public_holidays(days.holiday_country, days.holiday_subdivision, day.year)
            delivers = delivers and day not in free
        if delivers and day > shipped:
            left -= 1
        if delivers and left <= 0:
            return day
        day += ONE_DAY


@pytest.mark.parametrize(
    ("shipped", "transit", "weekends", "arrives"),
    [
        (THURSDAY, 1, False, FRIDAY),
        (FRIDAY, 1, False, MONDAY),
        (FRIDAY, 1, True, SATURDAY),
        (SATURDAY, 1, False, MONDAY),
        (SATURDAY, 0, False, MONDAY),
        (SATURDAY, 0, True, SATURDAY),
        (FRIDAY, 0, False, FRIDAY),
    ],
)
def test_transit_counts_delivery_days_after_the_ship_date(
    shipped: date, transit: int, weekends: bool, arrives: date
) -> None:
    days = DeliveryDays(EVERY_DAY if weekends else MONDAY_TO_FRIDAY_DAYS)
    assert delivery_range(shipped, transit, transit, days) == (arrives, arrives)


def test_a_holiday_at_the_destination_is_no_delivery_day() -> None:
    found = delivery_range(FRIDAY, 1, 2, DeliveryDays(holidays=frozenset({MONDAY})))
    assert found == (MONDAY + ONE_DAY, MONDAY + 2 * ONE_DAY)


def test_transit_runs_across_a_leap_day_and_a_new_year() -> None:
    assert delivery_range(date(2024, 2, 28), 1, 2) == (date(2024, 2, 29), date(2024, 3, 1))
    assert delivery_range(date(2024, 12, 31), 1, 4) == (date(2025, 1, 1), date(2025, 1, 6))


@given(
    st.dates(date(1969, 12, 1), date(2030, 1, 1)),
    st.integers(0, 30),
    st.integers(0, 30),
    st.sets(st.integers(0, 6), min_size=1),
    st.sampled_from([None, "US", "DE", "IN", "JP", "BR"]),
    st.sets(st.integers(-3, 40)),
)
def test_delivery_ranges_agree_with_walking_day_by_day(
    shipped: date,
    least: int,
    more: int,
    weekdays: set[int],
    country: str | None,
    offsets: set[int],
) -> None:
    holidays = frozenset(shipped + offset * ONE_DAY for offset in offsets)
    days = DeliveryDays(frozenset(weekdays), country, holidays=holidays)
    assert delivery_range(shipped, least, least + more, days) == (
        walked(shipped, least, days),
        walked(shipped, least + more, days),
    )


@pytest.mark.parametrize(
    ("days", "message"),
    [
        ({"weekdays": frozenset[int]()}, "is empty, so nothing could ever arrive"),
        ({"weekdays": frozenset({7})}, "7 is not a weekday"),
        ({"holiday_country": "XX"}, "'XX' is not a country"),
    ],
)
def test_delivery_days_that_are_none_are_refused(days: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        DeliveryDays(**days)  # type: ignore[arg-type]


@pytest.mark.parametrize(("least", "most"), [(-1, 2), (3, 2), (0, 367)])
def test_transit_that_is_no_range_is_refused(least: int, most: int) -> None:
    with pytest.raises(InvalidInputError, match="transit_days"):
        delivery_range(FRIDAY, least, most)
