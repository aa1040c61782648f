from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from routing.errors import InvalidInputError
from routing.promise.downtime import Downtime

START = datetime(2025, 6, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("start", "end", "meets"),
    [
        (START - HOUR, START, False),
        (START - HOUR, START + timedelta(microseconds=1), True),
        (START + HOUR - timedelta(microseconds=1), START + 2 * HOUR, True),
        (START + HOUR, START + 2 * HOUR, False),
    ],
)
def test_a_downtime_includes_its_start_and_not_its_end(
    start: datetime, end: datetime, meets: bool
) -> None:
    assert Downtime(START, HOUR).meets(start, end) is meets


def test_366_days_are_the_longest_downtime() -> None:
    Downtime(START, timedelta(days=366))
    with pytest.raises(InvalidInputError, match="duration"):
        Downtime(START, timedelta(days=366, microseconds=1))


def test_every_problem_of_a_downtime_is_named_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        Downtime(START.replace(tzinfo=None), timedelta(0))
    assert [violation.path for violation in caught.value.violations] == ["start_time", "duration"]
