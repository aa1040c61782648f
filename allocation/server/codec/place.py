"""Addresses and coordinates: from what the caller knows to a point on Earth."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

from google.type import latlng_pb2, postal_address_pb2

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.text import decode_country
from routing.geo.coordinates import Coordinates
from routing.geo.nearest import nearest_place
from routing.geo.postal import PostalPlace, load_postal_index

MOST_POSTAL_CHARS: Final = 32


def decode_coordinates(
    point: latlng_pb2.LatLng, path: str, findings: Findings
) -> Coordinates | None:
    """Return a point; refuses what is not finite or not on Earth."""
    fits = True
    for name, value, limit in (
        ("latitude", point.latitude, 90),
        ("longitude", point.longitude, 180),
    ):
        if not math.isfinite(value) or abs(value) > limit:
            findings.refuse(f"{path}.{name}", f"is {value}; it must lie in [-{limit}, {limit}]")
            fits = False
    return Coordinates(point.latitude, point.longitude) if fits else None


def decode_country_and_code(
    address: postal_address_pb2.PostalAddress, path: str, findings: Findings
) -> tuple[str | None, str | None]:
    """Return country and postal code as written, ``None`` for what is absent.

    Names, streets and recipients are not looked at.
    """
    country = decode_country(address.region_code, f"{path}.region_code", findings)
    code = address.postal_code.strip()
    if len(code) > MOST_POSTAL_CHARS or not code.isprintable():
        findings.refuse(f"{path}.postal_code", f"is {shown(code)}; that is no postal code")
        return country, None
    return country, code or None


def country_at(point: Coordinates) -> str | None:
    """Return the country that a point lies in, for callers who give coordinates only."""
    found = nearest_place(point)
    return None if found is None else found[0]


@lru_cache(maxsize=1 << 14)
def look_up(country: str | None, postal_code: str | None) -> PostalPlace | None:
    """Return what a postal code stands for, ``None`` if that is not known."""
    if country is None or postal_code is None:
        return None
    return load_postal_index().lookup(country, postal_code)
