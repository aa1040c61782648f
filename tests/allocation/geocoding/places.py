"""Answers of a geocoder on this machine."""

from __future__ import annotations

import json
from typing import Any

from tests.allocation.live_rates.bad_server import Behave, send


def places(*found: dict[str, Any]) -> Behave:
    return send(json.dumps(list(found)).encode())


def place(country: str | None, lat: Any, lon: Any) -> dict[str, Any]:
    """Return a place as Nominatim tells it."""
    address = {} if country is None else {"country_code": country}
    return {"lat": lat, "lon": lon, "display_name": "Somewhere", "address": address}


SEOUL = places(place("kr", "37.5636", "126.9976"))
