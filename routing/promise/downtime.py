"""Downtimes: planned stretches of time in which nothing leaves a location."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from routing.errors import Violation, raise_if_any

LONGEST_DOWNTIME: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Downtime:
    """A planned stretch of time in which nothing leaves.

    Attributes
    ----------
    start_time
        Aware UTC datetime, inclusive.
    duration
        More than 0, at most 366 days; the end is exclusive.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value that is not so.
    """

    start_time: datetime
    duration: timedelta

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def meets(self, start: datetime, end: datetime) -> bool:
        """Tell whether it shares a moment with the stretch from `start` up to, not at, `end`."""
        return start - self.start_time < self.duration and self.start_time < end

    def _problems(self) -> Iterator[Violation]:
        if self.start_time.tzinfo is None:
            yield Violation("start_time", f"{self.start_time} has no time zone; give UTC")
        if not timedelta(0) < self.duration <= LONGEST_DOWNTIME:
            yield Violation("duration", f"{self.duration} is outside (0, 366 days]")
