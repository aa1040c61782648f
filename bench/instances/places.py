"""Where the benchmark ships from and to.

With the field data beside the repository, stock locations are real sites under neutral
names; without it they are drawn from the packaged ZIPs, where people live. Destinations
are always drawn from the packaged ZIPs.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from routing.geo.coordinates import Coordinates
from routing.geo.postal import load_postal_index
from routing.geo.zip3 import load_zip3_table
from routing.ids import LocationId
from routing.location import HandlingCost, LocationKind, StockLocation

FIELD_NETWORKS: Final = Path(__file__).resolve().parents[3] / "shared" / "data" / "network"
HANDLING: Final = {
    LocationKind.FULFILLMENT_CENTER: HandlingCost(120, 15, 25, 20),
    LocationKind.STORE: HandlingCost(190, 30, 60, 30),
}
"""Assumed costs in cents: people in a store pick slower than those in a fulfillment centre."""

_CENTRES_IN_TEN: Final = 1
_CONTIGUOUS_LATITUDE_DEG: Final = 24.0, 50.0


@dataclass(frozen=True, slots=True)
class Zip:
    """A US ZIP."""

    code: str
    coordinates: Coordinates
    tz: str
    place: str


@dataclass(frozen=True, slots=True)
class Places:
    """Stock locations and how they were come by."""

    locations: tuple[StockLocation, ...]
    are_real: bool


@cache
def places(size: int) -> Places:
    """Return a network of the given size: real sites if a file of that size is there.

    A size without a file of its own takes every so many-th site of the next larger one.
    """
    files = {count: FIELD_NETWORKS / f"network_{count}.csv" for count in (10, 100, 1000)}
    known = [count for count, file in files.items() if count >= size and file.is_file()]
    if not known:
        return Places(tuple(_synthetic(size)), are_real=False)
    found = tuple(_real(files[min(known)]))
    if len(found) < size:
        raise ValueError(f"{files[min(known)].name} has {len(found)} sites, {size} are wanted")
    step = len(found) / size
    return Places(tuple(found[int(index * step)] for index in range(size)), are_real=True)


def draw_destination(random_: random.Random) -> Zip:
    """Draw a ZIP of the contiguous states: an area by its population, then any of its ZIPs."""
    by_area = _zips_by_area()
    areas = sorted(by_area)
    table = load_zip3_table()
    weights = [int(table.population[area]) for area in areas]
    return random_.choice(by_area[random_.choices(areas, weights)[0]])


@cache
def _zips_by_area() -> dict[int, list[Zip]]:
    codes = load_postal_index().codes
    population = load_zip3_table().population
    found: dict[int, list[Zip]] = {}
    start, stop = np.searchsorted(codes.keys, [b"US", b"UT"]).tolist()
    low_deg, high_deg = _CONTIGUOUS_LATITUDE_DEG
    for row in range(start, stop):
        code = codes.key_at(row)[2:]
        at = codes.coordinates_at(row)
        if population[int(code[:3])] and low_deg < at.lat_deg < high_deg:
            name = codes.place[row] or code
            found.setdefault(int(code[:3]), []).append(Zip(code, at, codes.tz_at(row), name))
    return found


def _real(file: Path) -> Iterator[StockLocation]:
    with file.open(encoding="utf-8", newline="") as stream:
        for number, row in enumerate(csv.DictReader(stream), start=1):
            coordinates = Coordinates(float(row["lat"]), float(row["lng"]))
            place = Zip(row["postal_code"], coordinates, row["tz"], row["city"])
            yield _location(number, place, LocationKind(row["kind"]))


def _synthetic(size: int) -> Iterator[StockLocation]:
    random_ = random.Random(f"stock locations:{size}")
    centres = max(2, size * _CENTRES_IN_TEN // 10)
    for number in range(1, size + 1):
        kind = LocationKind.FULFILLMENT_CENTER if number <= centres else LocationKind.STORE
        yield _location(number, draw_destination(random_), kind)


def _location(number: int, place: Zip, kind: LocationKind) -> StockLocation:
    return StockLocation(
        LocationId(f"location-{number:04d}"),
        place.place,
        kind=kind,
        country="US",
        postal_code=place.code,
        coordinates=place.coordinates,
        tz=place.tz,
        rank=0 if kind is LocationKind.FULFILLMENT_CENTER else 1,
        handling=HANDLING[kind],
    )
