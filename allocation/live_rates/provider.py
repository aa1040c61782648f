"""What a live rating provider is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """Where a parcel leaves or arrives: country (ISO 3166-1 alpha-2) and postal code.

    There is no more to it on purpose: names and streets do not leave the merchant.
    """

    country: str
    postal_code: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """Micrograms, and the outer sides in micrometres where they are known."""

    weight_ug: int
    sides_um: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True)
class RateQuestion:
    """What one parcel costs, in ISO 4217 `currency`, with every carrier and service."""

    origin: Place
    destination: Place
    residential: bool
    parcel: Parcel
    currency: str


@dataclass(frozen=True, slots=True)
class LiveRate:
    """A carrier's product, spelt as the provider spells it, and its price: more than 0."""

    carrier: str
    service: str
    price_minor: int


class LiveRateError(Exception):
    """There is no live price; the message says why, for people, without keys or addresses."""


class RateProvider(Protocol):
    """Knows today's prices."""

    @property
    def name(self) -> str:
        """What it is called in settings and warnings."""

    def rates(self, question: RateQuestion, timeout_s: float) -> tuple[LiveRate, ...]:
        """Return today's prices, all in the currency asked for, at least one.

        Parameters
        ----------
        timeout_s
            Most seconds it may take, more than 0.

        Raises
        ------
        LiveRateError
            If there is no answer in time, or any part of it cannot be relied on.
        """
