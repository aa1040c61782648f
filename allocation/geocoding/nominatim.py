"""Nominatim, or anything that answers like it, through geopy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from geopy.adapters import BaseSyncAdapter
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim

from allocation.geocoding.geocoder import GeocodingError, PostalQuestion
from allocation.outside.http import OutsideError, get
from routing.geo.coordinates import Coordinates
from routing.geo.normalize import normalize_country

USER_AGENT: Final = "shipfrom"
"""Public servers ask for a name; where theirs are used, their policy applies."""


class _Bounded(BaseSyncAdapter):  # type: ignore[misc]  # geopy has no types
    """Lets geopy ask with an end: bounded in time as a whole, and in bytes."""

    def get_json(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> Any:
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            answer = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise GeocodingError("its answer is not JSON") from error
        for place in answer if isinstance(answer, list) else []:
            _coordinates(place)  # Before geopy, which makes other points of what is none.
        return answer

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> str:
        try:
            return get(url, headers, timeout).decode()
        except OutsideError as error:
            raise GeocodingError(str(error)) from error
        except UnicodeDecodeError as error:
            raise GeocodingError("its answer is not UTF-8") from error


@dataclass(frozen=True, slots=True)
class NominatimGeocoder:
    """Asks ``GET url/search`` for a postal code within a country.

    Attributes
    ----------
    url
        Without a slash at the end.
    """

    url: str

    @property
    def name(self) -> str:
        """The host: what a record may say without secrets."""
        return urlsplit(self.url).hostname or "geocoder"

    def locate(self, question: PostalQuestion, timeout_s: float) -> Coordinates | None:
        """Return the middle of a postal code's area; see `Geocoder`."""
        parts = urlsplit(self.url)
        service = Nominatim(
            user_agent=USER_AGENT,
            domain=f"{parts.netloc}{parts.path}",
            scheme=parts.scheme,
            timeout=timeout_s,
            adapter_factory=partial(_adapter),
        )
        # Territories with the codes of another country are found under either.
        countries = sorted({question.country, normalize_country(question.country)})
        try:
            found = service.geocode(
                {"postalcode": question.postal_code},
                country_codes=[country.lower() for country in countries],
                addressdetails=True,
                language="en",
            )
        except GeopyError as error:
            raise GeocodingError(f"it refuses to answer ({type(error).__name__})") from error
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise GeocodingError("its answer is no list of places") from error
        return None if found is None else _point(found.raw, countries)


def _adapter(*, proxies: object, ssl_context: object) -> _Bounded:
    return _Bounded(proxies=proxies, ssl_context=ssl_context)


def _point(place: Any, countries: list[str]) -> Coordinates:
    """Return the point of a place, if it lies in one of the countries."""
    address = place.get("address") if isinstance(place, dict) else None
    country = address.get("country_code") if isinstance(address, dict) else None
    if not isinstance(country, str) or country.upper() not in countries:
        told = repr(country[:8]) if isinstance(country, str) else "no country"
        raise GeocodingError(f"its answer is a place in {told}, not in {' or '.join(countries)}")
    return _coordinates(place)


def _coordinates(place: Any) -> Coordinates:
    """Return the coordinates of a place."""
    try:
        lat_deg, lng_deg = float(place["lat"]), float(place["lon"])
    except (KeyError, TypeError, ValueError) as error:
        raise GeocodingError("its answer has no coordinates") from error
    if not (abs(lat_deg) <= 90 and abs(lng_deg) <= 180):  # Nor is NaN at most anything.
        raise GeocodingError("its answer is no point on Earth")
    if lat_deg == lng_deg == 0:
        raise GeocodingError("its answer is the point (0, 0), which stands for nowhere")
    return Coordinates(lat_deg, lng_deg)
