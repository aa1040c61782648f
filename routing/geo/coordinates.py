"""A point on Earth that is known to be one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A point in the WGS-84 reference system.

    There is no value for "unknown": where a point may be missing, the type is
    ``Coordinates | None``.

    Attributes
    ----------
    lat_deg
        Latitude in degrees, in [-90, 90], positive to the north.
    lng_deg
        Longitude in degrees, in [-180, 180], positive to the east.

    Raises
    ------
    InvalidInputError
        If a value is not finite or out of its range; names both if both are wrong.
    """

    lat_deg: float
    lng_deg: float

    def __post_init__(self) -> None:
        raise_if_any(
            [
                *_violations("lat_deg", self.lat_deg, limit_deg=90),
                *_violations("lng_deg", self.lng_deg, limit_deg=180),
            ]
        )


def coordinate_arrays(
    points: Sequence[Coordinates | None],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitudes and longitudes in degrees, ``NaN`` where a point is unknown.

    Returns
    -------
    tuple of NDArray[np.float64]
        Two arrays of shape ``(len(points),)``, in the order of `points`.
    """
    lat_deg = [math.nan if point is None else point.lat_deg for point in points]
    lng_deg = [math.nan if point is None else point.lng_deg for point in points]
    return np.array(lat_deg, dtype=np.float64), np.array(lng_deg, dtype=np.float64)


def _violations(path: str, value_deg: float, limit_deg: int) -> list[Violation]:
    if not math.isfinite(value_deg):
        return [Violation(path, f"{value_deg} is not a finite number; leave unknown points out")]
    if abs(value_deg) > limit_deg:
        return [Violation(path, f"{value_deg} is outside [-{limit_deg}, {limit_deg}] degrees")]
    return []
