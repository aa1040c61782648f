"""Ten stock locations at real places, chosen by where people live.

The rule: walk the three-digit ZIP areas of the contiguous states from the most to the least
populous; take an area unless it is closer than `MIN_APART_M` to one already taken; stop at
`COUNT`. The location bears the name that most ZIPs of the area share, and stands in that one of
them which is closest to the centre of the area's population. Whether a location is a store, and
what handling costs there, is synthetic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from routing.geo import (
    Coordinates,
    PostalIndex,
    PostalPlace,
    Zip3Table,
    great_circle_between_m,
    load_postal_index,
    load_zip3_table,
)

COUNT: Final = 10
MIN_APART_M: Final = 550_000
FULFILLMENT_CENTERS: Final = 4
"""The first so many are fulfillment centers, the others stores."""

_OUTSIDE: Final = frozenset({"AK", "HI", "PR", "VI", "GU", "AS", "MP"})


@dataclass(frozen=True, slots=True)
class DemoLocation:
    """A place that ships; `rank` is its place in the merchant's list, from 0."""

    id: str
    name: str
    region: str
    postal_code: str
    rank: int
    is_store: bool
    coordinates: Coordinates


def demo_locations() -> tuple[DemoLocation, ...]:
    """Return the locations by rank."""
    table, index = load_zip3_table(), load_postal_index()
    taken: list[DemoLocation] = []
    for zip3 in areas_by_population(table):
        centre = Coordinates(float(table.lat_popw_deg[zip3]), float(table.lng_popw_deg[zip3]))
        if any(great_circle_between_m(centre, each.coordinates) < MIN_APART_M for each in taken):
            continue
        postal_code, name, place = _main_zip(index, zip3, centre)
        if place.region in _OUTSIDE:
            continue
        rank = len(taken)
        taken.append(
            DemoLocation(
                id=name.lower().replace(" ", "-"),
                name=name,
                region=place.region or "",
                postal_code=postal_code,
                rank=rank,
                is_store=rank >= FULFILLMENT_CENTERS,
                coordinates=place.coordinates,
            )
        )
        if len(taken) == COUNT:
            return tuple(taken)
    raise ValueError(f"only {len(taken)} areas are {MIN_APART_M} m apart; lower MIN_APART_M")


def areas_by_population(table: Zip3Table) -> list[int]:
    """Return the areas in which people live, most populous first, then by number."""
    rows = [row for row, people in enumerate(table.population) if people > 0]
    return sorted(rows, key=lambda row: (-int(table.population[row]), row))


def zips_of(index: PostalIndex, zip3: int) -> Iterator[str]:
    """Yield the five-digit ZIPs of a three-digit area, ascending."""
    prefix = f"US{zip3:03d}"
    row = index.codes.row_at_or_before(prefix)
    row = 0 if row is None else row
    if index.codes.key_at(row) < prefix:
        row += 1
    while row < len(index.codes) and (key := index.codes.key_at(row)).startswith(prefix):
        yield key[2:]
        row += 1


def _main_zip(index: PostalIndex, zip3: int, centre: Coordinates) -> tuple[str, str, PostalPlace]:
    looked_up = [(code, index.lookup("US", code)) for code in zips_of(index, zip3)]
    named = [(code, at.place, at) for code, at in looked_up if at is not None and at.place]
    counts = Counter(name for _, name, _ in named)
    main = min(counts, key=lambda name: (-counts[name], name))
    return min(
        (each for each in named if each[1] == main),
        key=lambda each: (great_circle_between_m(centre, each[2].coordinates), each[0]),
    )
