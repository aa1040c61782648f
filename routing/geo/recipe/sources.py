"""Reads the published tables into rows, refusing what does not fit."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from routing.geo.military import is_military_zip3
from routing.geo.normalize import PostalKey, normalize_postal


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One postal code of the sources, or one area made from several.

    Attributes
    ----------
    key
        Its key; `PostalKey.code` is a prefix where the row is an area.
    lat_udeg, lng_udeg
        Millionths of a degree.
    tz
        IANA time zone name.
    place, region
        Names, empty where not known or not unique.
    """

    key: PostalKey
    lat_udeg: int
    lng_udeg: int
    tz: str
    place: str
    region: str


@dataclass(frozen=True, slots=True)
class Zip3Row:
    """One three-digit ZIP area: its mean and its centre of population (millionths of a degree)."""

    area: SourceRow
    lat_popw_udeg: int
    lng_popw_udeg: int
    population: int


def read_us_zips(directory: Path) -> list[SourceRow]:
    """Return the ZIPs of ``us_zip.csv.gz`` without military ones, whose points mean nothing."""
    return [
        _row("US", row["zip"], row, place=row["city"], region=row["state"])
        for row in _records(directory / "us_zip.csv.gz")
        if not is_military_zip3(row["zip"][:3])
    ]


def read_world_codes(directory: Path) -> list[SourceRow]:
    """Return the codes of ``world_postal_core24.csv.gz``.

    Where a code covers several places the table names one of them; a name that holds for a part
    only is left out.
    """
    return [
        _row(
            row["country"],
            row["postal_code"],
            row,
            place=row["place"] if row["places"] == "1" else "",
            region=row["admin1"],
        )
        for row in _records(directory / "world_postal_core24.csv.gz")
    ]


def read_zip3(directory: Path) -> list[Zip3Row]:
    """Return the areas of ``us_zip3.csv`` without military ones."""
    return [
        Zip3Row(
            area=SourceRow(
                key=PostalKey("US", row["zip3"], is_whole=False),
                lat_udeg=_udeg(row["lat_mean"]),
                lng_udeg=_udeg(row["lng_mean"]),
                tz=row["tz"],
                place="",
                region=row["state"],
            ),
            lat_popw_udeg=_udeg(row["lat_popw"]),
            lng_popw_udeg=_udeg(row["lng_popw"]),
            population=int(row["pop_2010"]),
        )
        for row in _records(directory / "us_zip3.csv")
        if not is_military_zip3(row["zip3"])
    ]


def _row(country: str, code: str, row: dict[str, str], place: str, region: str) -> SourceRow:
    key = normalize_postal(country, code)
    if key is None or not key.is_whole or key.country != country:
        raise ValueError(f"{country} {code!r} does not fit its rule in routing/geo/normalize.py")
    return SourceRow(key, _udeg(row["lat"]), _udeg(row["lng"]), row["tz"], place, region)


def _records(path: Path) -> Iterator[dict[str, str]]:
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = gzip.decompress(content)
    return csv.DictReader(content.decode("utf-8").splitlines())


def _udeg(degrees: str) -> int:
    """Return millionths of a degree, exactly."""
    udeg = Decimal(degrees) * 1_000_000
    if udeg != int(udeg):
        raise ValueError(f"{degrees} degrees has more than six decimals")
    return int(udeg)
