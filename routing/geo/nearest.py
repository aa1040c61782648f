"""Which country a point lies in, as far as postal codes tell."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from routing.geo.coordinates import Coordinates
from routing.geo.postal import PostalPlace, PostalPrecision, load_postal_index

FARTHEST_KM: Final = 100.0
"""A point farther than this from every known postal code is nowhere in particular."""

_KM_PER_DEGREE: Final = 111.195


@lru_cache(maxsize=4096)
def nearest_place(point: Coordinates) -> tuple[str, PostalPlace] | None:
    """Return the country and place of the nearest postal code.

    Distances are taken on a plane around the point, which is exact enough to tell
    neighbours apart except within a few kilometres of a border.

    Returns
    -------
    tuple or None
        ISO 3166-1 alpha-2 code and place; ``None`` where no code is within `FARTHEST_KM`.
    """
    codes = load_postal_index().codes
    north = codes.lat_udeg / 1e6 - point.lat_deg
    east = (codes.lng_udeg / 1e6 - point.lng_deg + 180.0) % 360.0 - 180.0
    east *= np.cos(np.radians(point.lat_deg))
    squared = north * north + east * east
    row = int(np.argmin(squared))
    if float(np.sqrt(squared[row])) * _KM_PER_DEGREE > FARTHEST_KM:
        return None
    place = PostalPlace(
        coordinates=codes.coordinates_at(row),
        tz=codes.tz_at(row),
        place=None,
        region=codes.region_at(row),
        precision=PostalPrecision.PREFIX,
    )
    return codes.key_at(row)[:2], place
