"""Transit: how many business days a carrier service takes, by rate zone or pair of areas.

The packaged ranges by rate zone are an ASSUMPTION where carriers publish one range for a
whole service ("2-5 business days") and the table spreads it over the zones. Each entry says
which of both it is, and so does the packaged file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.enums import KeyEnum
from routing.errors import Violation, raise_if_any
from routing.geo.zip3 import ZIP3_COUNT
from routing.ids import CarrierCode, ServiceCode
from routing.promise.delivery_days import DeliveryDays
from routing.rating.zones import RateZone, ZoneArray

UNKNOWN_TRANSIT_DAYS: Final = -1
UNKNOWN_PERCENT: Final = -1
MOST_BUSINESS_DAYS: Final = 366

Int16 = NDArray[np.int16]


class TransitBasis(KeyEnum):
    """Where a transit range comes from."""

    PUBLISHED = "PUBLISHED"
    """The carrier says so."""
    ASSUMPTION = "ASSUMPTION"
    """Derived by someone else; not a statement of the carrier."""
    MEASURED = "MEASURED"
    """Counted from parcels that were delivered."""


BASES: Final = tuple(TransitBasis)
NO_BASIS: Final = -1


@dataclass(frozen=True, slots=True)
class TransitRange:
    """Business days in transit for one rate zone.

    Attributes
    ----------
    zone
        The rate zone.
    min_business_days, max_business_days
        Range, both inclusive, 0 to 366.
    basis
        Where the range comes from.
    on_time_percent
        Share of parcels that arrive within the range, 1 to 100; ``None``: not known.
    """

    zone: RateZone
    min_business_days: int
    max_business_days: int
    basis: TransitBasis
    on_time_percent: int | None = None


class AreaPair(NamedTuple):
    """Three-digit ZIP areas as numbers, 0 to 999."""

    origin_zip3: int
    dest_zip3: int


@dataclass(frozen=True, slots=True, eq=False)
class TransitDays:
    """What a table says for many lanes; all int16 of one shape.

    Attributes
    ----------
    fewest, most
        Business days; `UNKNOWN_TRANSIT_DAYS` in both where the table says nothing.
    basis
        Index into `BASES`; `NO_BASIS` where the table says nothing.
    on_time_percent
        `UNKNOWN_PERCENT` where not known.
    """

    fewest: Int16
    most: Int16
    basis: Int16
    on_time_percent: Int16

    @classmethod
    def unknown(cls, shape: tuple[int, ...]) -> TransitDays:
        """Return days of which nothing is known."""
        return cls(
            np.full(shape, UNKNOWN_TRANSIT_DAYS, dtype=np.int16),
            np.full(shape, UNKNOWN_TRANSIT_DAYS, dtype=np.int16),
            np.full(shape, NO_BASIS, dtype=np.int16),
            np.full(shape, UNKNOWN_PERCENT, dtype=np.int16),
        )

    def put(self, where: NDArray[np.bool_] | int, found: TransitRange) -> None:
        """Write what a range says at some places."""
        self.fewest[where] = found.min_business_days
        self.most[where] = found.max_business_days
        self.basis[where] = BASES.index(found.basis)
        percent = found.on_time_percent
        self.on_time_percent[where] = UNKNOWN_PERCENT if percent is None else percent

    def put_row(self, row: int, other: TransitDays) -> None:
        """Write the days of one carrier service into a row."""
        self.fewest[row], self.most[row] = other.fewest, other.most
        self.basis[row], self.on_time_percent[row] = other.basis, other.on_time_percent


@dataclass(frozen=True, slots=True)
class TransitTable:
    """Transit ranges of one carrier service.

    Attributes
    ----------
    carrier, service
        Codes as on the rate cards.
    ranges
        One per rate zone.
    pairs
        Ranges from one three-digit ZIP area to another, which win over those by zone; their
        own zone does not matter. Directed: nothing is inferred for the way back.
    delivers
        On which days the service delivers.

    Raises
    ------
    routing.errors.InvalidInputError
        With every repeated zone and every range that is not one.
    """

    carrier: CarrierCode
    service: ServiceCode
    ranges: tuple[TransitRange, ...]
    pairs: Mapping[AreaPair, TransitRange] = field(default_factory=dict)
    delivers: DeliveryDays = field(default_factory=DeliveryDays)

    def __post_init__(self) -> None:
        where = f"transit[{self.carrier}/{self.service}]"
        raise_if_any([problem.under(where) for problem in self._problems()])

    def business_days(
        self,
        zones: ZoneArray,
        origin_zip3: NDArray[np.intp] | None = None,
        dest_zip3: int | None = None,
    ) -> TransitDays:
        """Return business days in transit from each origin.

        Parameters
        ----------
        zones
            int16 ``[l]``: rate zone from each origin.
        origin_zip3
            intp ``[l]``, 0 to 999, or -1 where the origin has no ZIP; ``None``: not known.
        dest_zip3
            0 to 999, or ``None``.

        Returns
        -------
        TransitDays
            Nothing for an unknown rate zone and for one the table does not list. Never a
            promise of 0 days for want of data.
        """
        days = TransitDays.unknown(zones.shape)
        for each in self.ranges:
            days.put(zones == each.zone, each)
        if self.pairs and origin_zip3 is not None and dest_zip3 is not None:
            for at, origin in enumerate(origin_zip3.tolist()):
                found = self.pairs.get(AreaPair(origin, dest_zip3))
                if found is not None:
                    days.put(at, found)
        return days

    def _problems(self) -> Iterator[Violation]:
        zones = [each.zone for each in self.ranges]
        for zone in sorted({zone for zone in zones if zones.count(zone) > 1}):
            yield Violation(f"ranges[zone {zone}]", "appears more than once; keep one")
        for each in self.ranges:
            where = f"ranges[zone {each.zone}]"
            if each.zone < 0:
                yield Violation(where, "zone is negative; negative numbers mean an unknown zone")
            yield from _range_problems(each, where)
        for pair, each in self.pairs.items():
            where = f"pairs[{pair.origin_zip3:03d} to {pair.dest_zip3:03d}]"
            if not all(0 <= zip3 < ZIP3_COUNT for zip3 in pair):
                yield Violation(where, "a ZIP3 is outside 000 to 999")
            yield from _range_problems(each, where)


def _range_problems(each: TransitRange, where: str) -> Iterator[Violation]:
    if not 0 <= each.min_business_days <= each.max_business_days <= MOST_BUSINESS_DAYS:
        yield Violation(
            where,
            f"{each.min_business_days} to {each.max_business_days} business days is not "
            f"a range within 0 to {MOST_BUSINESS_DAYS}",
        )
    if each.on_time_percent is not None and not 0 < each.on_time_percent <= 100:
        yield Violation(where, f"{each.on_time_percent} % on time is outside 1 to 100")
