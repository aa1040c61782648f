from __future__ import annotations

from datetime import date

import pytest

from routing.errors import InvalidInputError
from routing.promise.calendar import WorkingCalendar
from routing.promise.holidays import NO_HOLIDAYS, HolidayTable, holidays_of, with_holidays

NEW_YEAR_25, NEW_YEAR_26, CHAVEZ = date(2025, 1, 1), date(2026, 1, 1), date(2025, 3, 31)
TABLE = HolidayTable(
    {
        ("US", None, 2025): frozenset({NEW_YEAR_25}),
        ("US", None, 2026): frozenset({NEW_YEAR_26}),
        ("US", "CA", 2025): frozenset({NEW_YEAR_25, CHAVEZ}),
    }
)


def test_holidays_of_several_years_are_joined() -> None:
    assert holidays_of("US", None, [2025, 2026], TABLE) == {NEW_YEAR_25, NEW_YEAR_26}


def test_a_subdivision_has_its_own_holidays() -> None:
    assert holidays_of("US", "CA", [2025], TABLE) == {NEW_YEAR_25, CHAVEZ}


def test_every_unknown_year_is_named_and_none_is_taken_for_free_of_holidays() -> None:
    with pytest.raises(InvalidInputError) as caught:
        holidays_of("US", "CA", [2025, 2026, 2027], TABLE)
    assert [violation.message for violation in caught.value.violations] == [
        "holidays of US-CA in 2026 are not known; load them",
        "holidays of US-CA in 2027 are not known; load them",
    ]


def test_the_default_source_knows_no_country_and_says_so() -> None:
    assert not NO_HOLIDAYS.by_year
    with pytest.raises(InvalidInputError, match="holidays of US in 2025 are not known"):
        holidays_of("US", None, [2025])


def test_no_country_means_no_holidays() -> None:
    assert holidays_of(None, None, [2025]) == frozenset()
    assert with_holidays(WorkingCalendar(), [2025]) == WorkingCalendar()


def test_a_calendar_gets_the_holidays_of_the_country_it_names() -> None:
    calendar = with_holidays(WorkingCalendar(holiday_country="US"), [2025], TABLE)
    assert calendar.holidays == {NEW_YEAR_25}
    assert not calendar.is_open(NEW_YEAR_25)
