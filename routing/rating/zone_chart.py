"""Zone charts: a carrier's official rate zones, between ZIP areas and between countries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.errors import Violation, raise_if_any
from routing.geo.zip3 import ZIP3_COUNT
from routing.ids import CarrierCode
from routing.rating.zones import UNKNOWN_ZONE, RateZone, ZoneArray


class CountryEntry(NamedTuple):
    """The rate zone from one country to another.

    Attributes
    ----------
    origin, destination
        ISO 3166-1 alpha-2, upper case; an empty origin stands for every country.
    zone
        The rate zone, 0 or more.
    where
        Where the entry stands, for error messages.
    """

    origin: str
    destination: str
    zone: RateZone
    where: str


class ChartEntry(NamedTuple):
    """The rate zone from one three-digit area to another.

    Attributes
    ----------
    origin_zip3, dest_zip3
        Areas as numbers, 0 to 999.
    zone
        The rate zone, 0 or more.
    where
        Where the entry stands, for error messages: ``chart.csv:17``.
    """

    origin_zip3: int
    dest_zip3: int
    zone: RateZone
    where: str


@dataclass(frozen=True, slots=True, eq=False)
class ZoneChart:
    """Rate zones by pair of three-digit areas, or of countries; not every pair need be there.

    A chart is directed: carriers publish one page per origin, and nothing is inferred
    for the way back.

    Attributes
    ----------
    carrier
        Whose chart it is.
    by_destination
        For each destination area, int16[1000] over origin areas, `UNKNOWN_ZONE` where the
        chart has no such pair.
    by_country
        Rate zones by country of origin, empty for any, and of destination.
    """

    carrier: CarrierCode
    by_destination: dict[int, ZoneArray]
    by_country: Mapping[tuple[str, str], RateZone] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        carrier: CarrierCode,
        entries: Iterable[ChartEntry],
        countries: Iterable[CountryEntry] = (),
    ) -> ZoneChart:
        """Build a chart.

        Raises
        ------
        routing.errors.InvalidInputError
            With every entry that is out of range or contradicts an earlier one.
        """
        problems: list[Violation] = []
        by_destination: dict[int, ZoneArray] = {}
        for entry in entries:
            if not (0 <= entry.origin_zip3 < ZIP3_COUNT and 0 <= entry.dest_zip3 < ZIP3_COUNT):
                problems.append(Violation(entry.where, "a ZIP3 is outside 000 to 999"))
                continue
            if entry.zone < 0:
                problems.append(Violation(entry.where, f"zone {entry.zone} is negative"))
                continue
            column = by_destination.setdefault(
                entry.dest_zip3, np.full(ZIP3_COUNT, UNKNOWN_ZONE, dtype=np.int16)
            )
            before = int(column[entry.origin_zip3])
            if before not in (UNKNOWN_ZONE, entry.zone):
                problems.append(
                    Violation(
                        entry.where,
                        f"zone {entry.zone} from {entry.origin_zip3:03d} to "
                        f"{entry.dest_zip3:03d} contradicts zone {before} above; keep one",
                    )
                )
            column[entry.origin_zip3] = entry.zone
        by_country = _by_country(countries, problems)
        raise_if_any(problems)
        return cls(carrier, by_destination, by_country)

    def zones(self, origin_zip3: NDArray[np.intp], dest_zip3: int | None) -> ZoneArray:
        """Return the charted zone from each origin area, `UNKNOWN_ZONE` where there is none.

        Parameters
        ----------
        origin_zip3
            intp[N], 0 to 999, or -1 where the origin has no ZIP.
        dest_zip3
            0 to 999, or ``None``.
        """
        column = None if dest_zip3 is None else self.by_destination.get(dest_zip3)
        if column is None:
            return np.full(origin_zip3.shape, UNKNOWN_ZONE, dtype=np.int16)
        return np.where(origin_zip3 < 0, np.int16(UNKNOWN_ZONE), column[origin_zip3])

    def country_zone(self, origin: str, destination: str) -> RateZone:
        """Return the zone from one country to another: of the pair, else from anywhere."""
        anywhere = self.by_country.get(("", destination), UNKNOWN_ZONE)
        return self.by_country.get((origin, destination), anywhere)


def _by_country(
    entries: Iterable[CountryEntry], problems: list[Violation]
) -> dict[tuple[str, str], RateZone]:
    found: dict[tuple[str, str], RateZone] = {}
    for entry in entries:
        if entry.zone < 0:
            problems.append(Violation(entry.where, f"zone {entry.zone} is negative"))
            continue
        before = found.setdefault((entry.origin, entry.destination), entry.zone)
        if before != entry.zone:
            message = (
                f"zone {entry.zone} from {entry.origin or 'anywhere'} to {entry.destination} "
                f"contradicts zone {before} above; keep one"
            )
            problems.append(Violation(entry.where, message))
    return found
