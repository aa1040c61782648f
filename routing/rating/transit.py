"""Transit: how many business days a carrier service takes, by rate zone.

The packaged ranges by rate zone are an ASSUMPTION: carriers publish one range for a
whole service ("2-5 business days"), and the table spreads it over the zones. Each entry
says which of both it is, and so does the packaged file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.rating.zones import RateZone, ZoneArray

UNKNOWN_TRANSIT_DAYS: Final = -1


class TransitBasis(Enum):
    """Where a transit range comes from."""

    PUBLISHED = "PUBLISHED"
    """The carrier says so."""
    ASSUMPTION = "ASSUMPTION"
    """Derived by someone else; not a statement of the carrier."""


@dataclass(frozen=True, slots=True)
class TransitRange:
    """Business days in transit for one rate zone.

    Attributes
    ----------
    zone
        The rate zone.
    min_business_days, max_business_days
        Range, both inclusive, 0 or more.
    basis
        Whether the carrier published the range.
    """

    zone: RateZone
    min_business_days: int
    max_business_days: int
    basis: TransitBasis


@dataclass(frozen=True, slots=True)
class TransitTable:
    """Transit ranges of one carrier service.

    Attributes
    ----------
    carrier, service
        Codes as on the rate cards.
    ranges
        One per rate zone.

    Raises
    ------
    routing.errors.InvalidInputError
        With every repeated zone and every range that is not one.
    """

    carrier: CarrierCode
    service: ServiceCode
    ranges: tuple[TransitRange, ...]

    def __post_init__(self) -> None:
        where = f"transit[{self.carrier}/{self.service}]"
        raise_if_any([problem.under(where) for problem in self._problems()])

    def business_days(self, zones: ZoneArray) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
        """Return least and most business days in transit for each rate zone.

        Parameters
        ----------
        zones
            int16, any shape.

        Returns
        -------
        tuple of NDArray[np.int16]
            Two arrays of the same shape; `UNKNOWN_TRANSIT_DAYS` in both for an unknown rate
            zone and for one the table does not list. Never a promise of 0 days.
        """
        fewest = np.full(zones.shape, UNKNOWN_TRANSIT_DAYS, dtype=np.int16)
        most = fewest.copy()
        for each in self.ranges:
            here = zones == each.zone
            fewest[here] = each.min_business_days
            most[here] = each.max_business_days
        return fewest, most

    def _problems(self) -> Iterator[Violation]:
        zones = [each.zone for each in self.ranges]
        for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
            yield Violation(f"ranges[zone {zone}]", "appears more than once; keep one")
        for each in self.ranges:
            where = f"ranges[zone {each.zone}]"
            if each.zone < 0:
                yield Violation(where, "zone is negative; negative numbers mean an unknown zone")
            if not 0 <= each.min_business_days <= each.max_business_days:
                yield Violation(
                    where,
                    f"{each.min_business_days} to {each.max_business_days} business days is not "
                    "a range from 0 up",
                )
