"""The two ends of a parcel's way as rate zones see them: ZIP, coordinates, domestic or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.coordinates import Coordinates, coordinate_arrays
from routing.geo.normalize import normalize_postal
from routing.geo.zip3 import zip3_rows
from routing.quick import quick

US_POSTAL_COUNTRIES: Final = frozenset({"US", "AS", "FM", "GU", "MH", "MP", "PR", "PW", "UM", "VI"})
"""ISO codes whose addresses have US ZIPs: the states, the territories, the associated states."""

NO_ZIP: Final = -1

# Everything American outside this box is Alaska, Hawaii or an island territory.
_CONTIGUOUS_LAT_DEG: Final = (24.3, 49.5)
_CONTIGUOUS_LNG_DEG: Final = (-125.0, -66.8)


@quick
@dataclass(frozen=True, slots=True)
class ZonePlace:
    """One end of a parcel's way.

    Attributes
    ----------
    country_code
        ISO 3166-1 alpha-2, upper case.
    postal_code
        In any usual spelling; ``None`` if not known.
    coordinates
        ``None`` if not known.
    """

    country_code: str
    postal_code: str | None = None
    coordinates: Coordinates | None = None

    @property
    def is_us(self) -> bool:
        """Whether the place is within the domestic US mail."""
        return self.country_code in US_POSTAL_COUNTRIES

    @property
    def zip5(self) -> str | None:
        """The five-digit ZIP, ``None`` abroad or where there is none."""
        if not self.is_us or self.postal_code is None:
            return None
        key = normalize_postal("US", self.postal_code)
        return None if key is None else key.code


@dataclass(frozen=True, slots=True, eq=False)
class ZoneOrigins:
    """All stock locations as arrays, made once and used for every destination.

    Attributes
    ----------
    lat_deg, lng_deg
        float64[N], ``NaN`` where not known.
    zip5
        int64[N], the ZIP as a number, -1 where there is none.
    zip3
        intp[N], its first three digits, -1 where there is none.
    is_us
        bool[N], whether the location is within the domestic US mail.
    countries
        Distinct country codes.
    country
        intp[N], index into them.
    """

    lat_deg: NDArray[np.float64]
    lng_deg: NDArray[np.float64]
    zip5: NDArray[np.int64]
    zip3: NDArray[np.intp]
    is_us: NDArray[np.bool_]
    countries: tuple[str, ...]
    country: NDArray[np.intp]

    @classmethod
    def of(cls, places: Sequence[ZonePlace]) -> ZoneOrigins:
        """Return the arrays of `places`, in their order."""
        lat_deg, lng_deg = coordinate_arrays([place.coordinates for place in places])
        zips = [place.zip5 for place in places]
        countries = sorted({place.country_code for place in places})
        numbers = {code: number for number, code in enumerate(countries)}
        return cls(
            lat_deg=lat_deg,
            lng_deg=lng_deg,
            zip5=np.array([NO_ZIP if z is None else int(z) for z in zips], dtype=np.int64),
            zip3=zip3_rows([None if z is None else z[:3] for z in zips]),
            is_us=np.array([place.is_us for place in places], dtype=np.bool_),
            countries=tuple(countries),
            country=np.array([numbers[place.country_code] for place in places], dtype=np.intp),
        )

    def __len__(self) -> int:
        return int(self.zip5.size)


def in_contiguous_box(
    lat_deg: NDArray[np.float64], lng_deg: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Say which *American* points are in the contiguous states; unknown points are not."""
    return (
        (lat_deg >= _CONTIGUOUS_LAT_DEG[0])
        & (lat_deg <= _CONTIGUOUS_LAT_DEG[1])
        & (lng_deg >= _CONTIGUOUS_LNG_DEG[0])
        & (lng_deg <= _CONTIGUOUS_LNG_DEG[1])
    )
