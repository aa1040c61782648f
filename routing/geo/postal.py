"""Postal codes to coordinates and time zones, offline."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from routing.geo.archive import read_packaged
from routing.geo.coordinates import Coordinates
from routing.geo.military import is_military_zip3
from routing.geo.normalize import PostalKey, normalize_postal
from routing.geo.postal_table import PostalTable
from routing.geo.prefixes import fallback_prefixes

POSTAL_FILE: Final = "postal.npz"


class PostalPrecision(Enum):
    """How far the coordinates stand for the very code that was asked for."""

    EXACT = "exact"
    """The index holds the whole code."""

    PREFIX = "prefix"
    """The coordinates are those of a wider area that the code belongs to."""


@dataclass(frozen=True, slots=True)
class PostalPlace:
    """What a postal code stands for.

    Attributes
    ----------
    coordinates
        Centre of the area the code covers.
    tz
        IANA time zone name, valid for `zoneinfo.ZoneInfo`.
    place
        Name of the place; `None` where the code covers several or the name is not known.
    region
        State, province or region in the data's own words: two letters in the United States, a
        name elsewhere. `None` where it is not known.
    precision
        Whether the code itself was found or only a wider area.
    """

    coordinates: Coordinates
    tz: str
    place: str | None
    region: str | None
    precision: PostalPrecision


class PostalIndex:
    """All postal codes of the United States and 24 other countries.

    Parameters
    ----------
    codes
        One row per postal code, keyed by country and normalised code.
    areas
        One row per prefix that may stand in for unknown codes.
    """

    __slots__ = ("areas", "codes")

    def __init__(self, codes: PostalTable, areas: PostalTable) -> None:
        self.codes = codes
        self.areas = areas

    def __len__(self) -> int:
        return len(self.codes)

    def lookup(self, country: str, postal_code: str) -> PostalPlace | None:
        """Return where a postal code is, `None` if that is not known.

        Military codes (APO, FPO, DPO) are never known: see `routing.geo.military`.

        Parameters
        ----------
        country
            ISO 3166-1 alpha-2 code in any case.
        postal_code
            The code as written; see `routing.geo.normalize` for what is understood.
        """
        key = normalize_postal(country, postal_code)
        if key is None or (key.country == "US" and is_military_zip3(key.code[:3])):
            return None
        row = self.codes.row_of(key.country + key.code)
        if row is not None:
            precision = PostalPrecision.EXACT if key.is_whole else PostalPrecision.PREFIX
            return _place(self.codes, row, self.codes.place[row], precision)
        if key.country == "BR":
            return self._range_before(key)
        return self._wider_area(key)

    def _wider_area(self, key: PostalKey) -> PostalPlace | None:
        for prefix in fallback_prefixes(key):
            row = self.areas.row_of(key.country + prefix)
            if row is not None:
                return _place(self.areas, row, None, PostalPrecision.PREFIX)
        return None

    def _range_before(self, key: PostalKey) -> PostalPlace | None:
        """Return the town whose range of codes starts last before `key`.

        The first digit names a part of the country, so a range never reaches into the next. The
        data gives only the start of a town's first range: a code of a later one (the east of São
        Paulo) is placed at its neighbour. So the name is left out; the point is tens of
        kilometres off there.
        """
        row = self.codes.row_at_or_before(key.country + key.code)
        same_part = key.country + key.code[0]
        if row is None or not self.codes.key_at(row).startswith(same_part):
            return None
        return _place(self.codes, row, None, PostalPrecision.PREFIX)


@cache
def load_postal_index() -> PostalIndex:
    """Return the index that ships with the package; read once per process."""
    arrays = read_packaged(POSTAL_FILE)
    return PostalIndex(
        codes=PostalTable.from_arrays(arrays, "code_"),
        areas=PostalTable.from_arrays(arrays, "area_"),
    )


def _place(
    table: PostalTable, row: int, place: str | None, precision: PostalPrecision
) -> PostalPlace:
    return PostalPlace(
        coordinates=table.coordinates_at(row),
        tz=table.tz_at(row),
        place=place,
        region=table.region_at(row),
        precision=precision,
    )
