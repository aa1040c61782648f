"""From places to rate zones, for all stock locations at once."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from routing.errors import InvalidInputError, Violation
from routing.geo.coordinates import Coordinates
from routing.geo.distance import UNKNOWN_DISTANCE_M, great_circle_m
from routing.geo.military import MILITARY_ZIP3
from routing.geo.zip3 import Zip3Table, load_zip3_table
from routing.rating.zone_bands import ZoneBands
from routing.rating.zone_chart import ZoneChart
from routing.rating.zone_place import ZoneOrigins, ZonePlace, in_contiguous_box
from routing.rating.zones import UNKNOWN_ZONE, ZoneArray

_MILITARY_ROWS = np.array(sorted(int(zip3) for zip3 in MILITARY_ZIP3), dtype=np.intp)


@dataclass(frozen=True, slots=True)
class ZoneResolver:
    """Rate zones of one scheme: the official chart where it has the pair, else distance bands.

    Where neither knows the way, the chart's rate zone between the two countries holds, if it
    has one: abroad there is nothing else.

    Carriers draw zones between three-digit ZIP areas, so distance is the great circle
    between the means of both areas when both ends have one, and between coordinates
    otherwise. Against the 915 areas of a published USPS chart that have a place, 97.5 % of
    the zones so found are exact and none is off by more than one. What cannot be placed (abroad,
    military mail, no ZIP and no coordinates, outside the scheme) is `UNKNOWN_ZONE`.

    Attributes
    ----------
    bands
        The scheme.
    chart
        An official chart of the same carrier, if one is loaded.
    zip3_table
        Means of the three-digit areas.

    Raises
    ------
    routing.errors.InvalidInputError
        If the chart is another carrier's.
    """

    bands: ZoneBands
    chart: ZoneChart | None = None
    zip3_table: Zip3Table = field(default_factory=load_zip3_table)

    def __post_init__(self) -> None:
        if self.chart is not None and self.chart.carrier != self.bands.carrier:
            message = f"is of {self.chart.carrier}, the bands are of {self.bands.carrier}"
            raise InvalidInputError([Violation("chart", message)])

    def zones(self, origins: ZoneOrigins, destination: ZonePlace) -> ZoneArray:
        """Return the rate zone from each stock location to one destination.

        Parameters
        ----------
        origins
            N stock locations.
        destination
            Where the parcel goes.

        Returns
        -------
        NDArray[np.int16]
            Shape (N,); `UNKNOWN_ZONE` where the rate zone is not known.
        """
        by_country = self._by_country(origins, destination)
        if not destination.is_us:
            return by_country
        zip5 = destination.zip5
        zones = np.where(origins.is_us, self._by_bands(origins, destination, zip5), UNKNOWN_ZONE)
        if self.chart is not None:
            charted = self.chart.zones(origins.zip3, None if zip5 is None else int(zip5[:3]))
            zones = np.where(charted == UNKNOWN_ZONE, zones, charted)
        return np.where(zones == UNKNOWN_ZONE, by_country, zones).astype(np.int16)

    def _by_country(self, origins: ZoneOrigins, destination: ZonePlace) -> ZoneArray:
        if self.chart is None or not self.chart.by_country:
            return np.full(len(origins), UNKNOWN_ZONE, dtype=np.int16)
        to = destination.country_code
        zones = [self.chart.country_zone(origin, to) for origin in origins.countries]
        return np.array([*zones, UNKNOWN_ZONE], dtype=np.int16)[origins.country]

    def _by_bands(
        self, origins: ZoneOrigins, destination: ZonePlace, zip5: str | None
    ) -> ZoneArray:
        outside = self._origins_outside(origins)
        exception = self.bands.exception_for(zip5)
        if exception is not None:
            return np.where(outside, UNKNOWN_ZONE, exception.zone).astype(np.int16)
        if self._destination_outside(destination, zip5):
            return np.full(len(origins), UNKNOWN_ZONE, dtype=np.int16)
        distance_m = self._distance_m(origins, destination, zip5)
        return self.bands.zones_at(np.where(outside, UNKNOWN_DISTANCE_M, distance_m))

    def _origins_outside(self, origins: ZoneOrigins) -> NDArray[np.bool_]:
        outside = self.bands.are_exceptions(origins.zip5) | np.isin(origins.zip3, _MILITARY_ROWS)
        if self.bands.contiguous_only:
            placed = in_contiguous_box(origins.lat_deg, origins.lng_deg)
            outside |= (origins.zip3 < 0) & ~placed
        return outside

    def _destination_outside(self, destination: ZonePlace, zip5: str | None) -> bool:
        if zip5 is not None:
            return zip5[:3] in MILITARY_ZIP3
        point = destination.coordinates
        if point is None:
            return True
        if not self.bands.contiguous_only:
            return False
        return not in_contiguous_box(np.array([point.lat_deg]), np.array([point.lng_deg]))[0]

    def _distance_m(
        self, origins: ZoneOrigins, destination: ZonePlace, zip5: str | None
    ) -> NDArray[np.int64]:
        by_point = np.full(len(origins), UNKNOWN_DISTANCE_M, dtype=np.int64)
        if destination.coordinates is not None:
            by_point = great_circle_m(origins.lat_deg, origins.lng_deg, destination.coordinates)
        mean = None if zip5 is None else self._mean_of(int(zip5[:3]))
        if mean is None:
            return by_point
        has_zip = origins.zip3 >= 0
        lat_deg = np.where(has_zip, self.zip3_table.lat_mean_deg[origins.zip3], np.nan)
        lng_deg = np.where(has_zip, self.zip3_table.lng_mean_deg[origins.zip3], np.nan)
        by_mean = great_circle_m(lat_deg, lng_deg, mean)
        return np.where(by_mean < UNKNOWN_DISTANCE_M, by_mean, by_point)

    def _mean_of(self, zip3: int) -> Coordinates | None:
        lat_deg = float(self.zip3_table.lat_mean_deg[zip3])
        lng_deg = float(self.zip3_table.lng_mean_deg[zip3])
        return None if math.isnan(lat_deg) else Coordinates(lat_deg, lng_deg)
