"""A plan's shipments at live prices, beside the rate card's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from allocation.live_rates.provider import (
    LiveRate,
    LiveRateError,
    Parcel,
    Place,
    RateProvider,
    RateQuestion,
)


@dataclass(frozen=True, slots=True)
class ShipmentToRate:
    """A shipment that a carrier takes.

    Attributes
    ----------
    number
        In its plan.
    carrier, service
        As on the rate card.
    origin, destination
        ``None`` where country or postal code is not known.
    parcels
        Different ones, each with how many there are of it.
    card_minor
        What the rate card says for all of them: postage and surcharges.
    """

    number: int
    carrier: str
    service: str
    origin: Place | None
    destination: Place | None
    residential: bool
    parcels: tuple[tuple[Parcel, int], ...]
    card_minor: int


@dataclass(frozen=True, slots=True)
class Compared:
    """Live price of each shipment that has one, by number; a warning for each that has none."""

    live_minor: dict[int, int]
    warnings: tuple[str, ...]


def compare(
    provider: RateProvider,
    shipments: Sequence[ShipmentToRate],
    currency: str,
    timeout_s: float,
    clock: Callable[[], float],
) -> Compared:
    """Ask for the live price of every shipment.

    Parameters
    ----------
    currency
        ISO 4217 code of the plan.
    timeout_s
        Most seconds for all of it; a shipment that is not reached keeps the card's price.
    clock
        Monotonic seconds.
    """
    end_s = clock() + timeout_s
    live: dict[int, int] = {}
    warnings = []
    for shipment in shipments:
        try:
            live[shipment.number] = _live_minor(
                provider, shipment, currency, lambda: end_s - clock()
            )
        except LiveRateError as error:
            warnings.append(warning_of(provider.name, shipment.number, str(error)))
    return Compared(live, tuple(warnings))


def warning_of(provider: str, number: int, reason: str) -> str:
    """Return what a plan says about a shipment without a live price."""
    return (
        f"shipment {number} has no live rate from {provider}: {reason}; "
        "the rate card's price stands"
    )


def _live_minor(
    provider: RateProvider,
    shipment: ShipmentToRate,
    currency: str,
    left_s: Callable[[], float],
) -> int:
    if shipment.origin is None or shipment.destination is None:
        raise LiveRateError("country and postal code of both ends have to be known")
    total = 0
    for parcel, count in shipment.parcels:
        question = RateQuestion(
            shipment.origin, shipment.destination, shipment.residential, parcel, currency
        )
        seconds = left_s()
        if seconds <= 0:
            raise LiveRateError("the time for live rates was over before it could be asked")
        total += count * _price(provider.rates(question, seconds), shipment)
    return total


def _price(rates: Iterable[LiveRate], shipment: ShipmentToRate) -> int:
    """Return the price of the shipment's service; the least if it is there several times."""
    wanted = (_plain(shipment.service), _plain(shipment.carrier + shipment.service))
    prices = [
        rate.price_minor
        for rate in rates
        if _plain(rate.carrier) == _plain(shipment.carrier) and _plain(rate.service) in wanted
    ]
    if not prices:
        raise LiveRateError(f"it has no {shipment.carrier} {shipment.service}")
    return min(prices)


def _plain(name: str) -> str:
    """Return letters and digits only: providers write ``GroundAdvantage``, cards do not."""
    return "".join(each for each in name.casefold() if each.isalnum())
