"""Medusa v2: JSON as its admin API answers, and its product CSV.

The JSON may be in one file or many, each with some of the lists ``products`` (with ``variants``
and their ``inventory_items``), ``inventory_items`` (with or without ``location_levels``),
``inventory_levels`` and ``stock_locations``. The product CSV has neither locations nor levels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from allocation.cli.failure import CommandError
from allocation.cli.friendly import read_document
from allocation.cli.importers.build import Levels
from allocation.cli.importers.json_file import JsonObject
from allocation.cli.importers.medusa_items import MedusaItems
from allocation.cli.importers.medusa_product_csv import import_product_csv
from allocation.cli.importers.reading import Imported, Reading
from routing.v1.location_pb2 import StockLocation

LISTS: Final = ("products", "inventory_items", "inventory_levels", "stock_locations")


def import_medusa(
    paths: Iterable[Path], reading: Reading, length_unit: str | None = None
) -> Imported:
    """Read items, kits, locations and levels.

    Parameters
    ----------
    paths
        Files, or directories whose ``.json`` and ``.csv`` files are read.
    reading
        Where problems and notes go.
    length_unit
        The store's unit of length, which Medusa's data does not say: mm, cm, m or in. Needed
        only when something has dimensions.

    Raises
    ------
    CommandError
        If a file cannot be read or holds none of the lists.
    """
    imported, levels = Imported(), Levels(reading)
    items = MedusaItems(reading, length_unit)
    files = [file for path in paths for file in _files(path)]
    documents = [_document(file, reading) for file in files if file.suffix != ".csv"]
    for document in documents:
        for item in document.objects("inventory_items"):
            items.add_inventory_item(item)
            for level in item.objects("location_levels"):
                _add_level(level, items.ids, levels, item.text("id"))
            reading.on_row(1)
        imported.locations += _locations(document.objects("stock_locations"))
    for document in documents:
        for level in document.objects("inventory_levels"):
            _add_level(level, items.ids, levels)
            reading.on_row(1)
        # Variants last: a kit refers to inventory items of any file.
        for product in document.objects("products"):
            for variant in product.objects("variants"):
                items.add_variant(variant, product)
            reading.on_row(1)
    for file in files:
        if file.suffix == ".csv":
            import_product_csv(file, reading, length_unit, items.made)
    imported.items = items.finished(levels)
    imported.stock = levels.message()
    return imported


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix in {".json", ".csv"})
    if not found:
        raise CommandError(f"{path}: holds no .json or .csv file")
    return found


def _document(file: Path, reading: Reading) -> JsonObject:
    values = read_document(file)
    if not isinstance(values, dict) or not any(name in values for name in LISTS):
        raise CommandError(f"{file}: has none of the lists {', '.join(LISTS)}")
    document = JsonObject(f"{file}: ", values, reading)
    for name in LISTS:
        held, count = values.get(name), values.get("count")
        if isinstance(held, list) and isinstance(count, int) and count > len(held):
            document.report(name, f"holds {len(held)} of {count}; export the other pages too")
    return document


def _locations(entries: Iterable[JsonObject]) -> Iterator[StockLocation]:
    for entry in entries:
        location = StockLocation(id=entry.needed("id"), name=entry.text("name"))
        address = entry.object("address")
        location.address.region_code = address.text("country_code").upper()
        location.address.postal_code = address.text("postal_code")
        location.address.locality = address.text("city")
        location.address.administrative_area = address.text("province")
        if not location.address.postal_code:
            entry.reading.note(f"location {location.name or location.id} has no postal code")
        if not (entry.bad or address.bad):
            yield location


def _add_level(
    level: JsonObject, known: Iterable[str], levels: Levels, item_id: str | None = None
) -> None:
    item_id = level.text("inventory_item_id") or item_id or level.needed("inventory_item_id")
    location_id = level.needed("location_id")
    stocked = level.decimal("stocked_quantity")
    reserved = level.decimal("reserved_quantity")
    if stocked is None:
        level.report("stocked_quantity", "is missing")
    if level.decimal("incoming_quantity"):
        level.reading.note("incoming quantities are left out: Medusa has no date for them")
    if item_id and item_id not in known:
        level.report("inventory_item_id", f"{item_id!r} is not among the inventory items")
    if stocked is not None and not level.bad:
        levels.add(item_id, location_id, stocked - (reserved or 0), level.place)
