from __future__ import annotations

from datetime import date, timedelta

import pytest

from routing.errors import InvalidInputError
from routing.promise.calendar import WorkingCalendar
from routing.promise.public_holidays import public_holidays


def test_national_holidays_hold_in_every_subdivision_and_some_have_more() -> None:
    germany, bavaria = public_holidays("DE", None, 2026), public_holidays("DE", "BY", 2026)
    assert germany < bavaria
    assert date(2026, 10, 3) in germany
    assert date(2026, 1, 6) in bavaria - germany


def test_a_holiday_on_a_weekend_is_observed_beside_it() -> None:
    # Independence Day of 2026 is a Saturday.
    assert {date(2026, 7, 3), date(2026, 7, 4)} <= public_holidays("US", None, 2026)


def test_new_year_observed_in_the_old_year_belongs_to_the_old_year() -> None:
    # 1 January 2028 is a Saturday, so that it is observed on 31 December 2027.
    assert date(2027, 12, 31) in public_holidays("US", None, 2027)
    assert all(day.year == 2028 for day in public_holidays("US", None, 2028))


def test_years_far_away_have_no_holidays() -> None:
    assert public_holidays("US", None, 1969) == public_holidays("US", None, 2101) == frozenset()


def test_a_calendar_is_closed_on_the_holidays_of_the_place_it_names_in_every_year() -> None:
    calendar = WorkingCalendar(holiday_country="US", holiday_subdivision="CA")
    for year in (2024, 2026, 2031):
        assert not calendar.is_open(date(year, 12, 25))
    assert calendar.is_open(date(2026, 12, 24))
    thanksgiving = date(2026, 11, 26)
    assert not calendar.is_open(thanksgiving)
    assert calendar.is_open(thanksgiving - timedelta(days=1))


@pytest.mark.parametrize(
    ("country", "subdivision", "message"),
    [
        ("XX", None, "'XX' is not a country whose public holidays are known"),
        ("us", None, "'us' is not a country"),
        ("DE", "CA", "'CA' is not a subdivision of DE"),
        (None, "CA", "is given without holiday_country"),
    ],
)
def test_an_unknown_place_is_refused_and_never_free_of_holidays(
    country: str | None, subdivision: str | None, message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        WorkingCalendar(holiday_country=country, holiday_subdivision=subdivision)
