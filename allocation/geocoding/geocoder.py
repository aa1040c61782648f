"""What a geocoder is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from routing.geo.coordinates import Coordinates


@dataclass(frozen=True, slots=True)
class PostalQuestion:
    """A country (ISO 3166-1 alpha-2, upper case) and a postal code as written."""

    country: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Located:
    """An answer; without coordinates, there is no such place."""

    coordinates: Coordinates | None


class GeocodingError(Exception):
    """There is no answer; the message says why, for people, without addresses."""


class Geocoder(Protocol):
    """Knows where postal codes are."""

    @property
    def name(self) -> str:
        """What it is called in records and logs."""

    def locate(self, question: PostalQuestion, timeout_s: float) -> Coordinates | None:
        """Return the middle of a postal code's area; ``None`` if it knows of no such code.

        Parameters
        ----------
        timeout_s
            Most seconds it may take, more than 0.

        Raises
        ------
        GeocodingError
            If there is no answer in time, or one that cannot be relied on.
        """
