"""Load transit ranges from a CSV table, and those that ship with the package.

The shipped ranges by rate zone are assumptions, marked so in the column ``basis``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

from routing.errors import Violation, raise_if_any
from routing.ids import CarrierCode, ServiceCode
from routing.rating.csv_rows import CsvRow, read_rows
from routing.rating.transit import TransitBasis, TransitRange, TransitTable
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
    rows = read_rows(TRANSIT_FILE, content, TRANSIT_COLUMNS, ("source",), problems)
    raise_if_any(problems)
    by_service: dict[tuple[str, str], list[CsvRow]] = {}
    for row in rows:
        key = (row.need("carrier") or "", row.need("service") or "")
        by_service.setdefault(key, []).append(row)
    tables = [_table(carrier, service, own) for (carrier, service), own in by_service.items()]
    raise_if_any(problems)
    return tuple(table for table in tables if table is not None)


def _table(carrier: str, service: str, rows: list[CsvRow]) -> TransitTable | None:
    ranges = tuple(found for row in rows if (found := _range(row)) is not None)
    return rows[0].attempt(lambda: TransitTable(CarrierCode(carrier), ServiceCode(service), ranges))


def _range(row: CsvRow) -> TransitRange | None:
    zone = row.needed("zone", row.integer("zone"))
    fewest = row.needed("min_business_days", row.integer("min_business_days"))
    most = row.needed("max_business_days", row.integer("max_business_days"))
    basis = row.needed("basis", row.choice("basis", TransitBasis))
    if zone is None or fewest is None or most is None or basis is None:
        return None
    return TransitRange(RateZone(zone), fewest, most, basis)
