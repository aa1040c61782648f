"""Reads the field data of the policy benchmark: baskets, sites and ZIPs.

The data lie beside the repository and are not part of it. Sites get neutral names.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from routing.geo.coordinates import Coordinates
from routing.ids import LocationId
from routing.location import HandlingCost, LocationKind, StockLocation

FIELD_DATA: Final = Path(__file__).resolve().parents[2] / "shared" / "data"
HANDLING: Final = HandlingCost(
    per_shipment_minor=150, per_line_minor=20, per_unit_minor=10, per_parcel_minor=35
)
"""Assumed, the same everywhere."""

_BASKETS = "orders/uci_small_baskets.csv.gz"
_ZIPS = "postal/us_zip.csv.gz"


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A line of a real basket; the price is in minor units."""

    sku: str
    quantity: int
    unit_price_minor: int


@dataclass(frozen=True, slots=True)
class Basket:
    """A real basket."""

    id: str
    lines: tuple[BasketLine, ...]


@dataclass(frozen=True, slots=True)
class Zip:
    """A US ZIP with residents (census of 2010)."""

    code: str
    coordinates: Coordinates
    residents: int


def missing_files(root: Path, networks: tuple[int, ...]) -> tuple[str, ...]:
    """Return the files that a run over these network sizes needs and does not find."""
    wanted = [_BASKETS, _ZIPS, *map(_network_file, networks)]
    return tuple(name for name in wanted if not (root / name).is_file())


def read_baskets(root: Path) -> tuple[Basket, ...]:
    """Return all baskets in the sequence of the file."""
    lines: dict[str, list[BasketLine]] = {}
    for row in _rows(root / _BASKETS):
        line = BasketLine(row["sku"], int(row["qty"]), round(float(row["unit_price"]) * 100))
        lines.setdefault(row["order_id"], []).append(line)
    return tuple(Basket(order_id, tuple(each)) for order_id, each in lines.items())


def read_zips(root: Path) -> tuple[Zip, ...]:
    """Return the ZIPs in which anybody lives."""
    return tuple(
        Zip(row["zip"], Coordinates(float(row["lat"]), float(row["lng"])), int(row["pop_2010"]))
        for row in _rows(root / _ZIPS)
        if row["pop_2010"] and int(row["pop_2010"]) > 0
    )


def read_locations(root: Path, size: int, seed: int) -> tuple[StockLocation, ...]:
    """Return the sites of a network, in the sequence of their neutral ids.

    Ids are dealt out by a seeded shuffle, because the database order that "first location"
    stands for has no meaning. The rank is the merchant's: fulfillment centres before stores,
    larger floor first, then id.
    """
    rows = list(_rows(root / _network_file(size)))
    random.Random(f"{seed}:ids:{size}").shuffle(rows)
    ids = [LocationId(f"loc-{number:04d}") for number in range(1, len(rows) + 1)]
    by_rank = sorted(range(len(rows)), key=lambda index: (*_preference(rows[index]), ids[index]))
    rank = {index: number for number, index in enumerate(by_rank)}
    return tuple(
        StockLocation(
            ids[index],
            row["city"],
            kind=LocationKind(row["kind"]),
            country=row["country"],
            postal_code=row["postal_code"],
            region=row["state"],
            coordinates=Coordinates(float(row["lat"]), float(row["lng"])),
            tz=row["tz"],
            rank=rank[index],
            handling=HANDLING,
        )
        for index, row in enumerate(rows)
    )


def _preference(row: Mapping[str, str]) -> tuple[bool, int]:
    return row["kind"] != LocationKind.FULFILLMENT_CENTER.value, -int(row["sqft"] or 0)


def _network_file(size: int) -> str:
    return f"network/network_{size}.csv"


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
    else:
        with path.open(encoding="utf-8", newline="") as stream:
            yield from csv.DictReader(stream)
