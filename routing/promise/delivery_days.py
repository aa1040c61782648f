"""Delivery days: on which days a carrier service delivers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from routing.errors import Violation, raise_if_any
from routing.promise.public_holidays import holiday_problems, public_holidays
from routing.promise.working_hours import FRIDAY, SUNDAY, WEEKDAYS

MONDAY_TO_FRIDAY_DAYS: Final = frozenset(range(FRIDAY + 1))
EVERY_DAY: Final = frozenset(range(SUNDAY + 1))


@dataclass(frozen=True, slots=True)
class DeliveryDays:
    """When a carrier service delivers. Hashable.

    Attributes
    ----------
    weekdays
        Weekdays (0 is Monday), at least one; default Monday to Friday.
    holiday_country, holiday_subdivision
        Whose public holidays are no delivery days; ``None``: none are.
    holidays
        Further dates on which nothing is delivered.

    Raises
    ------
    routing.errors.InvalidInputError
        With every value that is not so.
    """

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY_DAYS
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        raise_if_any(list(self._problems()))

    def calendar(self, first_year: int, last_year: int) -> np.busdaycalendar:
        """Return the calendar of some years; outside of them only weekdays are known."""
        return _calendar(self, first_year, last_year)

    def _problems(self) -> Iterator[Violation]:
        unknown = sorted(day for day in self.weekdays if not 0 <= day < len(WEEKDAYS))
        for day in unknown:
            message = f"{day} is not a weekday from 0 (Monday) to 6 (Sunday)"
            yield Violation("delivery_weekdays", message)
        if not self.weekdays:
            yield Violation("delivery_weekdays", "is empty, so nothing could ever arrive")
        yield from holiday_problems(self.holiday_country, self.holiday_subdivision)


@lru_cache(maxsize=512)
def _calendar(days: DeliveryDays, first_year: int, last_year: int) -> np.busdaycalendar:
    free = set(days.holidays)
    if days.holiday_country is not None:
        for year in range(first_year, last_year + 1):
            free |= public_holidays(days.holiday_country, days.holiday_subdivision, year)
    return np.busdaycalendar(
        weekmask=[day in days.weekdays for day in range(len(WEEKDAYS))],
        holidays=np.array(sorted(free), dtype="datetime64[D]"),
    )
