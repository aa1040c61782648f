"""Shopify's inventory export: how much of each variant is available at each location.

Reads the layout of 2024, the one before it, and the old one with a column per location.
Available is on hand less committed less unavailable; ``not stocked`` is no level at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Final

from allocation.cli.importers.build import Levels, slug
from allocation.cli.importers.reading import Imported, Reading
from allocation.cli.importers.shopify_names import variant_id
from allocation.cli.importers.table_file import Row, TableFile, read_table
from routing.v1.location_pb2 import StockLocation

NOT_STOCKED: Final = "not stocked"

_FIXED: Final = frozenset(
    {"handle", "title", "sku", "hs code", "coo", "location", "bin name", "incoming"}
    | {"unavailable", "committed", "available", "on hand"}
    | {f"option{number} {part}" for number in (1, 2, 3) for part in ("name", "value")}
)


def import_shopify_inventory(
    file: Path, reading: Reading, known_locations: Mapping[str, str] | None = None
) -> Imported:
    """Read levels, and the locations they name.

    Parameters
    ----------
    file
        The export.
    reading
        Where problems and notes go.
    known_locations
        Location ids by the names that the export uses; other names are then problems. When it
        is ``None``, every name becomes a location without an address.
    """
    table = read_table(file, reading, _canonical)
    if not table.has("sku", "handle"):
        return Imported()
    names = _Locations(known_locations)
    levels = Levels(reading)
    if "location" in table.headers:
        if table.has("on hand"):
            _read_long(table, names, levels)
    else:
        _read_wide(table, names, levels)
    if names.made:
        reading.note(
            f"{len(names.made)} location(s) have no address in this export; "
            "add country and postal code to locations.json, or give --locations"
        )
    return Imported(locations=list(names.made.values()), stock=levels.message())


class _Locations:
    """From names to ids, known or made up."""

    def __init__(self, known: Mapping[str, str] | None) -> None:
        self._known = known
        self.made: dict[str, StockLocation] = {}

    def id_of(self, name: str, row: Row, column: str) -> str:
        """Return the id; an unknown name is reported and gives an empty one."""
        if self._known is None:
            location = StockLocation(id=slug(name), name=name)
            return self.made.setdefault(name, location).id
        if name not in self._known:
            row.report(column, f"{name!r} is not among the given locations; add it there")
        return self._known.get(name, "")


def _canonical(header: str) -> str | None:
    """Match on what stands before a suffix: ``On hand (current)`` is ``on hand``.

    ``On hand (new)`` is an instruction to Shopify and never a count.
    """
    name, _, suffix = header.strip().partition(" (")
    if suffix.casefold().startswith("new"):
        return None
    return name.casefold() if name.casefold() in _FIXED else header.strip()


def _read_long(table: TableFile, names: _Locations, levels: Levels) -> None:
    for row in table.rows():
        item_id = _item_id(row)
        location_id = names.id_of(row.needed("location"), row, "location")
        if row.text("on hand").casefold() == NOT_STOCKED:
            continue
        row.needed("on hand")
        available = _available(row)
        if available is not None and not row.bad:
            levels.add(item_id, location_id, available, f"{row.file}:{row.line}:Location")


def _available(row: Row) -> Decimal | None:
    counts = {name: row.decimal(name) for name in ("on hand", "committed", "unavailable")}
    on_hand = counts["on hand"]
    if row.bad or on_hand is None:
        return None
    available = on_hand - (counts["committed"] or 0) - (counts["unavailable"] or 0)
    stated = row.decimal("available")
    if stated is not None and stated != available:
        row.reading.note(
            f"{row.file}:{row.line}:Available: says {stated}, but on hand less committed less "
            f"unavailable is {available}; {available} is used"
        )
    return available


def _read_wide(table: TableFile, names: _Locations, levels: Levels) -> None:
    columns = _location_columns(table.headers)
    if not columns:
        table.reading.report(f"{table.name}:1", "has no column Location, nor one per location")
    for row in table.rows():
        overfull, item_id = row.bad, _item_id(row)
        for column in columns:
            location_id = names.id_of(column, row, column)
            if row.text(column).casefold() == NOT_STOCKED:
                continue
            row.needed(column)
            available = row.decimal(column)
            if available is not None and item_id and location_id and not overfull:
                levels.add(item_id, location_id, available, f"{row.file}:{row.line}:{column}")


def _location_columns(headers: Iterable[str]) -> list[str]:
    return [name for name in headers if name not in _FIXED and not name.startswith("\0")]


def _item_id(row: Row) -> str:
    item_id = variant_id(row.text("sku"), row.text("handle"), row)
    if not item_id:
        row.report("sku", "and Handle are both empty; one of them must name the variant")
    return item_id
