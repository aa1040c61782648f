"""Public holidays: from a country to the dates that a working calendar observes.

No holiday data comes with this package: the default source, `NO_HOLIDAYS`, is an empty
table and knows no country. Asking it for one is an error, never an empty answer, so a
calendar that names a country is not quietly treated as one without holidays. Pass a
`HolidaySource` of your own, for instance a filled `HolidayTable`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Protocol

from routing.errors import Violation, raise_if_any
from routing.promise.calendar import WorkingCalendar


class HolidaySource(Protocol):
    """Something that knows public holidays."""

    def holidays_in(
        self, country: str, subdivision: str | None, year: int
    ) -> frozenset[date] | None:
        """Return the public holidays of one year, or ``None`` if they are not known.

        Parameters
        ----------
        country
            ISO 3166-1 alpha-2.
        subdivision
            ISO 3166-2 subdivision part, or ``None`` for national holidays only. With a
            subdivision, national holidays are part of the answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class HolidayTable:
    """Holidays that the caller lists, by country, subdivision and year."""

    by_year: Mapping[tuple[str, str | None, int], frozenset[date]] = field(default_factory=dict)

    def holidays_in(
        self, country: str, subdivision: str | None, year: int
    ) -> frozenset[date] | None:
        """Return what the table lists, or ``None`` where it lists nothing."""
        return self.by_year.get((country, subdivision, year))


NO_HOLIDAYS: Final = HolidayTable()
"""Knows no country."""


def holidays_of(
    country: str | None,
    subdivision: str | None,
    years: Iterable[int],
    source: HolidaySource = NO_HOLIDAYS,
) -> frozenset[date]:
    """Return the public holidays of a country, or of a part of it, in some years.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2; ``None`` observes no holidays and asks `source` for nothing.
    subdivision
        ISO 3166-2 subdivision part, or ``None`` for national holidays only.
    years
        Calendar years; give every year that a ship date may fall into.

    Raises
    ------
    routing.errors.InvalidInputError
        With every year that `source` does not know.
    """
    if country is None:
        return frozenset()
    found = {year: source.holidays_in(country, subdivision, year) for year in years}
    place = country if subdivision is None else f"{country}-{subdivision}"
    raise_if_any(
        [
            Violation("holiday_country", f"holidays of {place} in {year} are not known; load them")
            for year, days in found.items()
            if days is None
        ]
    )
    return frozenset().union(*(days for days in found.values() if days is not None))


def with_holidays(
    calendar: WorkingCalendar, years: Iterable[int], source: HolidaySource = NO_HOLIDAYS
) -> WorkingCalendar:
    """Return `calendar` with the holidays of the country that it names.

    Raises
    ------
    routing.errors.InvalidInputError
        As `holidays_of`; never for a calendar that names no country.
    """
    country, subdivision = calendar.holiday_country, calendar.holiday_subdivision
    if country is None:
        return calendar
    return replace(calendar, holidays=holidays_of(country, subdivision, years, source))
