"""A row of the project's own table of locations."""

from __future__ import annotations

from allocation.cli.importers.plain_cells import choice, coordinates, money, whole, words
from allocation.cli.importers.postal import cleaned_postal
from allocation.cli.importers.table_file import Row
from routing.v1.location_pb2 import LocationKind, StockLocation


def location_of(row: Row) -> StockLocation:
    """Return a location; check ``row.bad`` before using it."""
    country = row.needed("country").upper()
    location = StockLocation(
        id=row.needed("id"),
        name=row.text("name"),
        kind=LocationKind.Value(choice(row, "kind", LocationKind.DESCRIPTOR)),
        tz=row.text("tz"),
        rank=whole(row, "rank"),
        tags=words(row, "tags"),
        channels=words(row, "channels"),
        currency=row.text("currency").upper(),
    )
    location.address.region_code = country
    location.address.postal_code = cleaned_postal(row.needed("postal_code"), country)
    location.address.administrative_area = row.text("region")
    location.address.locality = row.text("city")
    point = coordinates(row)
    if point is not None:
        location.coordinates.CopyFrom(point)
    for column in ("per_shipment", "per_line", "per_unit", "per_parcel"):
        amount = money(row, column)
        if amount is not None:
            getattr(location.handling_cost, column).CopyFrom(amount)
    return location
