"""Zone bands: a carrier's rate zones as rings of distance, and the ZIPs outside the rings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.ids import CarrierCode
from routing.rating.zones import UNKNOWN_ZONE, RateZone, ZoneArray


@dataclass(frozen=True, slots=True)
class ZoneBand:
    """One ring: above the ring before it, up to and including `up_to_m`.

    Attributes
    ----------
    zone
        The rate zone of the ring.
    up_to_m
        Greatest distance in whole metres; ``None`` for the last ring, which has no end.
    """

    zone: RateZone
    up_to_m: int | None


@dataclass(frozen=True, slots=True)
class ZipException:
    """ZIPs whose rate zone does not depend on distance.

    Attributes
    ----------
    first_zip5, last_zip5
        Five-digit ZIPs as numbers, both inclusive.
    zone
        What they are as a destination; `UNKNOWN_ZONE` if the scheme does not say.
    """

    first_zip5: int
    last_zip5: int
    zone: RateZone


@dataclass(frozen=True, slots=True)
class ZoneBands:
    """A zone scheme by distance.

    Attributes
    ----------
    scheme
        Name that rate cards refer to.
    carrier
        Whose scheme it is.
    bands
        Rings from near to far; the last one has no end.
    contiguous_only
        Whether the rings only hold within the contiguous states. The ZIPs outside them
        must then be among `exceptions`; places without a ZIP are told by coordinates.
    exceptions
        ZIPs to which the rings do not apply. As an *origin* such a ZIP has no known rate
        zone, because carriers publish its zones apart.

    Raises
    ------
    routing.errors.InvalidInputError
        With every gap or disorder of the rings and exceptions.
    """

    scheme: str
    carrier: CarrierCode
    bands: tuple[ZoneBand, ...]
    contiguous_only: bool = False
    exceptions: tuple[ZipException, ...] = ()

    def __post_init__(self) -> None:
        problems = [*self._problems_of_the_bands(), *self._problems_of_the_exceptions()]
        raise_if_any([problem.under(f"zone_bands[{self.scheme}]") for problem in problems])

    def zones_at(self, distance_m: NDArray[np.int64]) -> ZoneArray:
        """Return the zone of each distance, `UNKNOWN_ZONE` where the distance is not known.

        Parameters
        ----------
        distance_m
            int64, any shape, metres, 0 or more.
        """
        ends = np.array(
            [band.up_to_m for band in self.bands if band.up_to_m is not None], dtype=np.int64
        )
        zones = np.array([band.zone for band in self.bands], dtype=np.int16)
        found = zones[np.searchsorted(ends, distance_m, side="left")]
        return np.where(distance_m >= UNKNOWN_DISTANCE_M, np.int16(UNKNOWN_ZONE), found)

    def exception_for(self, zip5: str | None) -> ZipException | None:
        """Return the exception a ZIP falls under, ``None`` if the rings apply to it."""
        if zip5 is None:
            return None
        number = int(zip5)
        return next(
            (each for each in self.exceptions if each.first_zip5 <= number <= each.last_zip5), None
        )

    def are_exceptions(self, zip5: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say which ZIPs (as numbers, -1 for none) fall under an exception."""
        under = np.zeros(zip5.shape, dtype=np.bool_)
        for each in self.exceptions:
            under |= (each.first_zip5 <= zip5) & (zip5 <= each.last_zip5)
        return under

    def _problems_of_the_bands(self) -> Iterator[Violation]:
        if not self.bands:
            yield Violation("bands", "is empty; give at least one ring")
            return
        for index, band in enumerate(self.bands):
            if band.zone < 0:
                yield Violation(f"bands[{index}].zone", f"{band.zone} is negative")
        if self.bands[-1].up_to_m is not None:
            yield Violation("bands", "the last ring must have no end, or far places have no zone")
        for index, (near, far) in enumerate(pairwise(self.bands)):
            if near.up_to_m is None:
                yield Violation(f"bands[{index}]", "only the last ring may have no end")
            elif far.up_to_m is not None and far.up_to_m <= near.up_to_m:
                yield Violation(
                    f"bands[{index + 1}].up_to_m",
                    f"{far.up_to_m} is not above {near.up_to_m} of the ring before",
                )

    def _problems_of_the_exceptions(self) -> Iterator[Violation]:
        for index, each in enumerate(self.exceptions):
            if not 0 <= each.first_zip5 <= each.last_zip5 <= 99_999:
                yield Violation(
                    f"exceptions[{index}]",
                    f"{each.first_zip5} to {each.last_zip5} is not a range of five-digit ZIPs",
                )
        for near, far in pairwise(sorted(self.exceptions, key=lambda each: each.first_zip5)):
            if far.first_zip5 <= near.last_zip5:
                yield Violation("exceptions", f"two ranges contain ZIP {far.first_zip5:05d}")
