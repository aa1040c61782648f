"""Load transit ranges from a CSV table, and those that ship with the package.

The shipped ranges by rate zone are assumptions, marked so in the column ``basis``.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.promise.delivery_days import MONDAY_TO_FRIDAY_DAYS, DeliveryDays
from routing.rating.csv_rows import CsvRow, grouped, read_rows
from routing.rating.transit import AreaPair, TransitBasis, TransitRange, TransitTable
from routing.rating.zones import RateZone

TRANSIT_FILE: Final = "transit_days.csv"
TRANSIT_COLUMNS: Final = (
    "carrier",
    "service",
    "zone",
    "min_business_days",
    "max_business_days",
    "basis",
)
TRANSIT_OPTIONAL: Final = (
    "origin_zip3",
    "dest_zip3",
    "on_time_percent",
    "delivery_weekdays",
    "holiday_country",
    "holiday_subdivision",
    "source",
)
_WEEK: Final = re.compile(r"[01]{7}")


@cache
def shipped_transit() -> tuple[TransitTable, ...]:
    """Return the transit tables that ship with the package; read once per process."""
    path = files("routing.rating").joinpath("data", TRANSIT_FILE)
    return parse_transit(path.read_text(encoding="utf-8"))


def parse_transit(content: str) -> tuple[TransitTable, ...]:
    """Build one table per carrier service from the text of a CSV table.

    Raises
    ------
    routing.errors.InvalidInputError
        With every problem, each with file and line.
    """
    problems: list[Violation] = []
    rows = read_rows(TRANSIT_FILE, content, TRANSIT_COLUMNS, TRANSIT_OPTIONAL, problems)
    raise_if_any(problems)
    by_service = grouped(rows, "carrier", "service")
    tables = [_table(carrier, service, own) for (carrier, service), own in by_service.items()]
    raise_if_any(problems)
    return tuple(table for table in tables if table is not None)


def _table(carrier: str, service: str, rows: list[CsvRow]) -> TransitTable | None:
    ranges, pairs = [], {}
    for row in rows:
        pair = _pair(row)
        found = _range(row, is_pair=pair is not None)
        if found is None:
            continue
        if pair is None:
            ranges.append(found)
        elif pair in pairs:
            row.report(f"repeats {pair.origin_zip3:03d} to {pair.dest_zip3:03d}; keep one")
        else:
            pairs[pair] = found
    delivers = _delivery_days(rows)
    if delivers is None:
        return None
    return rows[0].attempt(
        lambda: TransitTable(
            CarrierCode(carrier), ServiceCode(service), tuple(ranges), pairs, delivers
        )
    )


def _pair(row: CsvRow) -> AreaPair | None:
    origin, dest = row.text("origin_zip3"), row.text("dest_zip3")
    if not origin and not dest:
        return None
    if not (origin.isdecimal() and dest.isdecimal() and len(origin) == len(dest) == 3):
        row.report(f"origin_zip3 {origin!r} and dest_zip3 {dest!r} must both be three digits")
        return None
    return AreaPair(int(origin), int(dest))


def _range(row: CsvRow, *, is_pair: bool) -> TransitRange | None:
    zone = row.integer("zone") if is_pair else row.needed("zone", row.integer("zone"))
    fewest = row.needed("min_business_days", row.integer("min_business_days"))
    most = row.needed("max_business_days", row.integer("max_business_days"))
    basis = row.needed("basis", row.choice("basis", TransitBasis))
    percent = row.integer("on_time_percent")
    if (zone is None and not is_pair) or fewest is None or most is None or basis is None:
        return None
    return TransitRange(RateZone(zone or 0), fewest, most, basis, percent)


def _delivery_days(rows: list[CsvRow]) -> DeliveryDays | None:
    """Return what the rows of a service say of its delivery days; they must not differ."""
    columns = ("delivery_weekdays", "holiday_country", "holiday_subdivision")
    said = {column: {row.text(column) for row in rows} - {""} for column in columns}
    for column, values in said.items():
        if len(values) > 1:
            rows[0].report(f"{column} is {' and '.join(sorted(values))} for one service; keep one")
            return None
    week, country, subdivision = (next(iter(said[column]), "") for column in columns)
    if week and not _WEEK.fullmatch(week):
        rows[0].report(f"delivery_weekdays {week!r} is not seven digits 0 or 1 from Monday on")
        return None
    days = frozenset(day for day, digit in enumerate(week) if digit == "1")
    return rows[0].attempt(
        lambda: DeliveryDays(
            days if week else MONDAY_TO_FRIDAY_DAYS, country or None, subdivision or None
        )
    )
