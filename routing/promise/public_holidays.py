"""Public holidays by country and subdivision, from the tables of the package `holidays`.

The tables come with the package, so an answer depends on its arguments and on the version of
the package. Holidays that are observed on another day count on both days. Some tables know
fewer years than others (India: 2001 to 2035), and moon-dated holidays far ahead are estimates.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Final

import holidays
from holidays.registry import EntityLoader

from routing.errors import Violation

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2100
"""Years that calendars ask for; outside of them no holiday is known."""

_FILTERS_ARE_GLOBAL: Final = Lock()


@lru_cache(maxsize=8_192)
def public_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Return the public holidays of one year; none outside 1970 to 2100.

    Parameters
    ----------
    country
        ISO 3166-1 alpha-2, known; see `holiday_problems`.
    subdivision
        ISO 3166-2 subdivision part, known, or ``None`` for national holidays only. With a
        subdivision, national holidays are part of the answer.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return frozenset()
    with _FILTERS_ARE_GLOBAL, warnings.catch_warnings():
        # Years of which a table knows only a part make it warn: what it knows still counts.
        warnings.simplefilter("ignore")
        # Asked for one year, a table also lists what is observed in the next one.
        found = holidays.country_holidays(country, subdiv=subdivision, years=[year - 1, year])
    return frozenset(day for day in found if day.year == year)


def holiday_problems(country: str | None, subdivision: str | None) -> Iterator[Violation]:
    """Yield why no holidays are known of a place, if none are."""
    if country is None:
        if subdivision is not None:
            yield Violation("holiday_subdivision", "is given without holiday_country; add that")
        return
    if country not in _known_countries():
        message = (
            f"{country!r} is not a country whose public holidays are known; give an ISO 3166-1 "
            "alpha-2 code like 'US', or list the days in closed_dates"
        )
        yield Violation("holiday_country", message)
    elif subdivision is not None and subdivision not in (known := _known_subdivisions()[country]):
        some = ", ".join(sorted(known)[:12]) or "none"
        message = (
            f"{subdivision!r} is not a subdivision of {country} with holidays of its own; known "
            f"are {some}{' and more' if len(known) > 12 else ''}"
        )
        yield Violation("holiday_subdivision", message)


@lru_cache(maxsize=1)
def _known_countries() -> frozenset[str]:
    # Without the tables of every country, which take a tenth of a second to load.
    return frozenset(EntityLoader.get_country_codes(include_aliases=False))


@lru_cache(maxsize=1)
def _known_subdivisions() -> dict[str, frozenset[str]]:
    countries = holidays.list_supported_countries(include_aliases=False)
    return {country: frozenset(parts) for country, parts in countries.items()}
