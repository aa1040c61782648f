"""Where an order goes."""

from __future__ import annotations

from allocation.server.codec.findings import Findings
from allocation.server.codec.place import (
    country_at,
    decode_coordinates,
    decode_country_and_code,
    look_up,
)
from allocation.server.codec.text import decode_word
from routing.geo.codeless import has_postal_codes
from routing.geo.po_box import is_po_box
from routing.ids import LocationId
from routing.order import Destination
from routing.v1 import order_pb2


def decode_destination(
    message: order_pb2.Destination, path: str, findings: Findings
) -> Destination:
    """Return a destination with coordinates where they are given or can be looked up.

    An order that is delivered needs coordinates, or country and postal code, where the country
    has such codes; one that is collected needs neither.
    """
    pickup = decode_word(message.pickup_location_id, f"{path}.pickup_location_id", findings)
    coordinates = None
    if message.HasField("coordinates"):
        coordinates = decode_coordinates(message.coordinates, f"{path}.coordinates", findings)
    elif pickup is None:
        _need_address(message, path, findings)
    country, code = decode_country_and_code(message.address, f"{path}.address", findings)
    if coordinates is None:
        place = look_up(country, code)
        coordinates = None if place is None else place.coordinates
    elif country is None:
        country = country_at(coordinates)
    return Destination(
        country=country,
        postal_code=code,
        coordinates=coordinates,
        residential=message.residential,
        po_box=goes_to_po_box(message),
        pickup_location_id=None if pickup is None else LocationId(pickup),
    )


def goes_to_po_box(message: order_pb2.Destination) -> bool:
    """Say whether an order goes to a post office box, as it says or its address lines do."""
    return message.po_box or is_po_box(message.address.address_lines)


def _need_address(message: order_pb2.Destination, path: str, findings: Findings) -> None:
    country = message.address.region_code.strip()
    if not country:
        findings.refuse(f"{path}.address.region_code", "is missing; give it, or coordinates")
    if not message.address.postal_code.strip() and has_postal_codes(country):
        findings.refuse(f"{path}.address.postal_code", "is missing; give it, or coordinates")
