"""Where a destination is, how far it is, and which clock it lives by.

The package answers four questions, offline and without guessing:

- `coordinates`: is this a point on Earth?
- `distance`: how far is each stock location from the destination, and in which order do they rank?
- `postal`: which coordinates and time zone does a postal code of the United States or of 24 other
  countries stand for?
- `zip3`: where is the middle of a three-digit ZIP area, and how many people live there?

What is not known is reported as unknown (`None`, ``NaN``, `UNKNOWN_DISTANCE_M`) and ranks last. It
never becomes the point (0, 0) nor the distance 0.
"""

from __future__ import annotations

from routing.geo.coordinates import Coordinates, coordinate_arrays
from routing.geo.distance import (
    UNKNOWN_DISTANCE_M,
    geodesic_m,
    great_circle_between_m,
    great_circle_m,
    rank_by_distance,
)
from routing.geo.postal import PostalIndex, PostalPlace, PostalPrecision, load_postal_index
from routing.geo.zip3 import Zip3Table, load_zip3_table, zip3_of

__all__ = [
    "UNKNOWN_DISTANCE_M",
    "Coordinates",
    "PostalIndex",
    "PostalPlace",
    "PostalPrecision",
    "Zip3Table",
    "coordinate_arrays",
    "geodesic_m",
    "great_circle_between_m",
    "great_circle_m",
    "load_postal_index",
    "load_zip3_table",
    "rank_by_distance",
    "zip3_of",
]
