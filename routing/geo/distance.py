"""Distances: fast ones to rank by, exact ones where exactness shows.

`great_circle_m` takes the Earth for a sphere (haversine formula) and handles a whole network in
one sweep. Against the WGS-84 ellipsoid it is off by at most `GREAT_CIRCLE_ERROR` of the distance:
the worst case is a short north-south way at the equator, where the ellipsoid curves with a radius
of 6 335 439 m. `geodesic_m` has no such error and costs some hundred microseconds a pair.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.coordinates import Coordinates

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth (2a + b) / 3 of WGS-84, as the IUGG defines it, in metres."""

GREAT_CIRCLE_ERROR: Final = 0.00562
"""Largest relative difference between `great_circle_m` and the WGS-84 geodesic."""

UNKNOWN_DISTANCE_M: Final = int(np.iinfo(np.int64).max // 4)
"""Distance of a point whose coordinates are unknown: above any real one, and safe to add up."""


def great_circle_m(
    origin_lat_deg: NDArray[np.float64],
    origin_lng_deg: NDArray[np.float64],
    destination: Coordinates,
) -> NDArray[np.int64]:
    """Return the great-circle distance of every origin to one destination.

    Parameters
    ----------
    origin_lat_deg, origin_lng_deg
        Origins in degrees, of one shape; ``NaN`` in either where the origin is unknown.
    destination
        The point all distances lead to.

    Returns
    -------
    NDArray[np.int64]
        Metres, rounded to the nearest, of the shape of the origins; `UNKNOWN_DISTANCE_M` where
        the origin is unknown, so that it ranks last.
    """
    lat = np.radians(np.asarray(origin_lat_deg, dtype=np.float64))
    lng = np.radians(np.asarray(origin_lng_deg, dtype=np.float64))
    to_lat, to_lng = np.radians(destination.lat_deg), np.radians(destination.lng_deg)
    # The product of cosines is taken first: it is then the same from either end.
    haversine = np.sin((to_lat - lat) / 2) ** 2 + (np.cos(lat) * np.cos(to_lat)) * (
        np.sin((to_lng - lng) / 2) ** 2
    )
    # Rounding can lift the haversine of antipodes a hair above 1.
    distance = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))
    known = np.isfinite(distance)
    metres = np.rint(np.where(known, distance, 0.0)).astype(np.int64)
    return np.where(known, metres, np.int64(UNKNOWN_DISTANCE_M))


def great_circle_between_m(a: Coordinates, b: Coordinates) -> int:
    """Return the great-circle distance between two points in whole metres."""
    return int(great_circle_m(np.array([a.lat_deg]), np.array([a.lng_deg]), b)[0])


def geodesic_m(a: Coordinates, b: Coordinates) -> int:
    """Return the shortest way over the WGS-84 ellipsoid in whole metres (Karney 2013)."""
    # It loads geocoders and their web clients, too, and planning ranks by great circle.
    from geopy.distance import geodesic  # noqa: PLC0415

    return round(float(geodesic((a.lat_deg, a.lng_deg), (b.lat_deg, b.lng_deg)).meters))


def rank_by_distance(
    distance_m: NDArray[np.int64], *tie_keys: NDArray[np.generic]
) -> NDArray[np.intp]:
    """Return the indices that order origins from near to far, unknown ones last.

    Parameters
    ----------
    distance_m
        Metres, of shape ``(n,)``, as `great_circle_m` gives them.
    *tie_keys
        Arrays of shape ``(n,)`` that decide between equal distances, most important first:
        usually the rank of the location, then its id.

    Returns
    -------
    NDArray[np.intp]
        A permutation of ``range(n)``. What ties in every key keeps its order.
    """
    # lexsort takes its most important key last.
    return np.lexsort((*reversed(tie_keys), distance_m))
