from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from routing.errors import InvalidInputError
from routing.promise.local_time import DAY_S, instant_of, occurs, time_of_day_s, zone_of

NEW_YORK = ZoneInfo("America/New_York")
SPRING, AUTUMN = date(2025, 3, 9), date(2025, 11, 2)


def test_a_time_that_never_occurs_moves_forward_by_what_the_clock_skipped() -> None:
    found = instant_of(NEW_YORK, SPRING, time_of_day_s(2, 30))
    assert found == datetime(2025, 3, 9, 7, 30, tzinfo=UTC)
    assert found.astimezone(NEW_YORK).hour == 3


def test_a_time_that_occurs_twice_means_the_first() -> None:
    assert instant_of(NEW_YORK, AUTUMN, time_of_day_s(1, 30)) == datetime(
        2025, 11, 2, 5, 30, tzinfo=UTC
    )


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2025, 6, 1), 24)])
def test_a_day_lasts_as_long_as_its_clock_changes_make_it(day: date, hours: int) -> None:
    lasts = instant_of(NEW_YORK, day, DAY_S) - instant_of(NEW_YORK, day, 0)
    assert lasts.total_seconds() == hours * 3600


def test_samoa_had_no_30_december_2011() -> None:
    apia = ZoneInfo("Pacific/Apia")
    around = [date(2011, 12, 29), date(2011, 12, 30), date(2011, 12, 31)]
    assert [occurs(apia, day) for day in around] == [True, False, True]


@pytest.mark.parametrize("tz", ["Mars/Olympus", "", "America", "../UTC", "/etc/localtime"])
def test_a_name_that_is_no_time_zone_is_refused(tz: str) -> None:
    with pytest.raises(InvalidInputError, match="is not an IANA time zone name"):
        zone_of(tz)
