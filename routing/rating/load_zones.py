"""Load zone bands and zone charts from CSV tables, and the bands that ship with the package."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from routing.bounded_file import read_text
from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode
from routing.rating.csv_rows import CsvRow, grouped, read_rows
from routing.rating.weights import limit_m_from_miles
from routing.rating.zone_bands import ZipException, ZoneBand, ZoneBands
from routing.rating.zone_chart import ChartEntry, CountryEntry, ZoneChart
from routing.rating.zones import UNKNOWN_ZONE, RateZone

BANDS_FILE: Final = "zone_bands.csv"
EXCEPTIONS_FILE: Final = "zone_exceptions.csv"
CHART_COLUMNS: Final = ("carrier", "origin_zip3", "dest_zip3", "zone")
CHART_OPTIONAL: Final = ("origin_country", "dest_country", "vintage")
BAND_COLUMNS: Final = ("scheme", "carrier", "scope", "zone", "miles_over", "miles_up_to")
EXCEPTION_COLUMNS: Final = ("scheme", "zip_from", "zip_to", "zone")
_COUNTRY: Final = re.compile("[A-Z]{2}")
_SCOPES: Final = {"us": False, "contiguous-us": True}


@cache
def shipped_zone_bands() -> Mapping[str, ZoneBands]:
    """Return the zone schemes that ship with the package, by name; read once per process."""
    data = files("routing.rating").joinpath("data")
    bands = parse_zone_bands(
        data.joinpath(BANDS_FILE).read_text(encoding="utf-8"),
        data.joinpath(EXCEPTIONS_FILE).read_text(encoding="utf-8"),
    )
    return MappingProxyType({each.scheme: each for each in bands})


def load_zone_chart(path: Path, carrier: CarrierCode) -> ZoneChart:
    """Load one carrier's zone chart.

    Parameters
    ----------
    path
        CSV with the columns carrier, origin_zip3, dest_zip3, zone (and vintage). Rows
        between countries have origin_country and dest_country instead of the areas; without
        the former, from everywhere. Carrier names are compared without regard to case; rows
        of other carriers are left out.
    carrier
        Whose rows to take.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem, each with file and line; also if no row is of `carrier`.
    OSError
        If the file cannot be read.
    """
    problems: list[Violation] = []
    rows = read_rows(path.name, read_text(path), CHART_COLUMNS, CHART_OPTIONAL, problems)
    raise_if_any(problems)
    own = [row for row in rows if row.text("carrier").casefold() == carrier.casefold()]
    if not own:
        problems.append(Violation(path.name, f"has no row of carrier {carrier}"))
    entries, countries = _entries(own)
    raise_if_any(problems)
    return ZoneChart.of(carrier, entries, countries)


def parse_zone_charts(name: str, content: str) -> Mapping[str, ZoneChart]:
    """Build every zone chart of a table; see `load_zone_chart`.

    Parameters
    ----------
    name
        Of the file, for error messages.
    content
        With the name of a zone scheme in the column carrier.

    Returns
    -------
    Mapping
        By that name, as it is written.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem, each with file and line.
    """
    problems: list[Violation] = []
    rows = read_rows(name, content, CHART_COLUMNS, CHART_OPTIONAL, problems)
    raise_if_any(problems)
    read = {scheme: _entries(own) for (scheme,), own in grouped(rows, "carrier").items()}
    raise_if_any(problems)
    return MappingProxyType(
        {
            scheme: ZoneChart.of(CarrierCode(scheme), entries, countries)
            for scheme, (entries, countries) in read.items()
        }
    )


def _entries(rows: list[CsvRow]) -> tuple[list[ChartEntry], list[CountryEntry]]:
    entries: list[ChartEntry] = []
    countries: list[CountryEntry] = []
    for row in rows:
        if row.text("dest_country") or row.text("origin_country"):
            pair = _country_entry(row)
            countries += [] if pair is None else [pair]
        else:
            entry = _entry(row)
            entries += [] if entry is None else [entry]
    return entries, countries


def parse_zone_bands(bands: str, exceptions: str) -> tuple[ZoneBands, ...]:
    """Build zone schemes from the text of both tables.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem, each with file and line.
    """
    problems: list[Violation] = []
    band_rows = read_rows(BANDS_FILE, bands, BAND_COLUMNS, ("note",), problems)
    exception_rows = read_rows(EXCEPTIONS_FILE, exceptions, EXCEPTION_COLUMNS, ("note",), problems)
    raise_if_any(problems)
    by_scheme = {scheme: own for (scheme,), own in grouped(band_rows, "scheme").items()}
    outside: dict[str, list[ZipException]] = {scheme: [] for scheme in by_scheme}
    for row in exception_rows:
        if row.text("scheme") not in outside:
            row.report(f"scheme {row.text('scheme')!r} is not in {BANDS_FILE}")
        elif (exception := _exception(row)) is not None:
            outside[row.text("scheme")].append(exception)
    built = [_scheme(name, rows, outside[name]) for name, rows in by_scheme.items()]
    raise_if_any(problems)
    return tuple(scheme for scheme in built if scheme is not None)


def _entry(row: CsvRow) -> ChartEntry | None:
    origin = row.needed("origin_zip3", row.integer("origin_zip3"))
    destination = row.needed("dest_zip3", row.integer("dest_zip3"))
    zone = row.needed("zone", row.integer("zone"))
    if origin is None or destination is None or zone is None:
        return None
    return ChartEntry(origin, destination, RateZone(zone), row.where)


def _country_entry(row: CsvRow) -> CountryEntry | None:
    zone = row.needed("zone", row.integer("zone"))
    codes = row.text("origin_country").upper(), row.text("dest_country").upper()
    for column, code in zip(("origin_country", "dest_country"), codes, strict=True):
        if not _COUNTRY.fullmatch(code) and (code or column == "dest_country"):
            row.report(f"{column} {code!r} is not a country code of two letters")
            return None
    if row.text("origin_zip3") or row.text("dest_zip3"):
        row.report("has ZIP areas and countries; give one of the two")
        return None
    return None if zone is None else CountryEntry(*codes, RateZone(zone), row.where)


def _exception(row: CsvRow) -> ZipException | None:
    first = row.needed("zip_from", row.integer("zip_from"))
    last = row.needed("zip_to", row.integer("zip_to"))
    zone = row.integer("zone")
    if first is None or last is None:
        return None
    return ZipException(first, last, UNKNOWN_ZONE if zone is None else RateZone(zone))


def _scheme(name: str, rows: list[CsvRow], exceptions: list[ZipException]) -> ZoneBands | None:
    head, known = rows[0], len(rows[0].problems)
    if head.text("scope") not in _SCOPES:
        head.report(f"scope {head.text('scope')!r} is not one of {', '.join(_SCOPES)}")
    bands: list[ZoneBand] = []
    reached = Decimal(0)
    for row in rows:
        for column in ("carrier", "scope"):
            if row.text(column) != head.text(column):
                row.report(f"{column} differs from {head.where} of the same scheme")
        zone = row.needed("zone", row.integer("zone"))
        over, up_to = row.decimal("miles_over"), row.decimal("miles_up_to")
        if row.needed("miles_over", over) is not None and over != reached:
            row.report(f"miles_over {over} is not {reached}, where the ring before ends")
        if up_to is not None:
            reached = up_to
        if zone is not None:
            end = None if up_to is None else limit_m_from_miles(up_to)
            bands.append(ZoneBand(RateZone(zone), end))
    if len(head.problems) > known:
        return None
    return head.attempt(
        lambda: ZoneBands(
            scheme=name,
            carrier=CarrierCode(head.text("carrier")),
            bands=tuple(bands),
            contiguous_only=_SCOPES[head.text("scope")],
            exceptions=tuple(exceptions),
        )
    )
