"""The three-digit ZIP areas of the United States: what carriers' rate zones are drawn between.

Great circles between the means of these areas reproduce 97 % of a published zone chart. The
population and its centre serve to sample demand that looks like the country's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.archive import read_packaged
from routing.geo.normalize import normalize_postal

ZIP3_FILE: Final = "zip3.npz"
ZIP3_COUNT: Final = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Zip3Table:
    """Every three-digit area at the row of its own number; shapes ``(1000,)``.

    Attributes
    ----------
    lat_mean_deg, lng_mean_deg
        Mean of the area's ZIPs in degrees, ``NaN`` where the area is unknown or military.
    lat_popw_deg, lng_popw_deg
        Centre of its population in degrees, ``NaN`` likewise.
    population
        Residents in the census of 2010, int64; 0 where the area is unknown, military, or holds
        only post-office boxes and large recipients. The census table leaves out Puerto Rico and
        the other territories, which therefore count 0.
    """

    lat_mean_deg: NDArray[np.float64]
    lng_mean_deg: NDArray[np.float64]
    lat_popw_deg: NDArray[np.float64]
    lng_popw_deg: NDArray[np.float64]
    population: NDArray[np.int64]

    def means_deg(
        self, zip3: Sequence[str | None]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean latitudes and longitudes of areas given as three digits each.

        Parameters
        ----------
        zip3
            What `zip3_of` returned, `None` included.

        Returns
        -------
        tuple of NDArray[np.float64]
            Degrees, of shape ``(len(zip3),)``; ``NaN`` where the area is not known.
        """
        rows = zip3_rows(zip3)
        unknown = rows < 0
        lat_deg = np.where(unknown, np.nan, self.lat_mean_deg[rows])
        lng_deg = np.where(unknown, np.nan, self.lng_mean_deg[rows])
        return lat_deg, lng_deg


def zip3_of(postal_code: str) -> str | None:
    """Return the first three digits of a US ZIP in any usual spelling, `None` if it is not one."""
    key = normalize_postal("US", postal_code)
    return None if key is None else key.code[:3]


def zip3_rows(zip3: Sequence[str | None]) -> NDArray[np.intp]:
    """Return the rows of a `Zip3Table` for areas given as three digits each, -1 for `None`."""
    return np.array([-1 if area is None else _row(area) for area in zip3], dtype=np.intp)


@cache
def load_zip3_table() -> Zip3Table:
    """Return the table that ships with the package; read once per process."""
    arrays = read_packaged(ZIP3_FILE)
    rows = arrays["zip3"].astype(np.intp)
    population = np.zeros(ZIP3_COUNT, dtype=np.int64)
    population[rows] = arrays["population"]
    return Zip3Table(
        lat_mean_deg=_degrees(rows, arrays["lat_mean_udeg"]),
        lng_mean_deg=_degrees(rows, arrays["lng_mean_udeg"]),
        lat_popw_deg=_degrees(rows, arrays["lat_popw_udeg"]),
        lng_popw_deg=_degrees(rows, arrays["lng_popw_udeg"]),
        population=population,
    )


def _row(zip3: str) -> int:
    if len(zip3) == 3 and zip3.isascii() and zip3.isdigit():
        return int(zip3)
    raise ValueError(f"{zip3!r} is not three digits; take them from a ZIP with zip3_of")


def _degrees(rows: NDArray[np.intp], udeg: NDArray[np.generic]) -> NDArray[np.float64]:
    degrees = np.full(ZIP3_COUNT, np.nan)
    degrees[rows] = udeg.astype(np.float64) / 1e6
    return degrees
