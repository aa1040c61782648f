"""Why no carrier service has a price from some locations to a destination, service by service."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.rating.address_kind import AddressKind
from routing.rating.rate_card import RateCard
from routing.rating.zones import UNKNOWN_ZONE, RateZone
from routing.sourcing.lane_rates import best_card
from routing.sourcing.lanes import fast_enough, zones_and_transit
from routing.sourcing.rate_area import address_kinds, zone_place

_MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Unpriced:
    """One reason, and what would help.

    Attributes
    ----------
    said
        As the end of "no carrier service has a price to the destination: ...".
    remedy
        ``None``: what anybody would think of.
    """

    said: str
    remedy: str | None = None


def unpriced(order: Order, network: Network, places: Sequence[int]) -> tuple[Unpriced, ...]:
    """Return why nothing has a price from any of some locations, a few reasons at most.

    Parameters
    ----------
    places
        Indices of locations.
    """
    offered = network.offers.offered[:, places]
    if not offered.any():
        return (Unpriced("no carrier service of the locations has a rate card"),)
    fast = offered & fast_enough(order, network)[:, places]
    if not fast.any():
        level = order.service_level.value.upper()
        return (
            Unpriced(
                f"no carrier service of the locations is of service level {level} or faster",
                f"a carrier service of level {level}, or a slower service level",
            ),
        )
    zones = zones_and_transit(order, network)[0][:, places]
    reasons = {
        _of_service(order, network, offer, zones[offer][fast[offer]]): None
        for offer in np.flatnonzero(fast.any(axis=1)).tolist()
    }
    return tuple(list(reasons)[:_MOST])


def _of_service(order: Order, network: Network, offer: int, zones: NDArray[np.int16]) -> Unpriced:
    carrier, service = network.offers.services[offer]
    on = order.placed_time.date()
    card = best_card(network, offer, on)
    if card is None:
        return _without_card(network, offer, on)
    kinds = sorted(card.not_to & address_kinds(order.destination), key=lambda kind: kind.value)
    if kinds:
        return Unpriced(f"{carrier} {service} does not deliver to {_SUCH[kinds[0]]}", _STREET)
    known = sorted(set(zones[zones != UNKNOWN_ZONE].tolist()))
    if not known:
        return _without_zone(order, card)
    missing = [str(zone) for zone in known if card.rates_of(RateZone(zone)) is None]
    if missing:
        return Unpriced(
            f"rate card {card.id} has no prices for rate zone {', '.join(missing)}",
            f"prices for rate zone {', '.join(missing)} on rate card {card.id}",
        )
    return Unpriced(f"{carrier} {service} never leaves: no day of work or pickup lies ahead")


def _without_zone(order: Order, card: RateCard) -> Unpriced:
    place = zone_place(order.destination)
    where = f"ZIP area {place.zip5[:3]}" if place.zip5 else f"country {place.country_code or '?'}"
    known = f"a zone chart of {card.zone_scheme} with {where}" if place.country_code else None
    return Unpriced(f"zone scheme {card.zone_scheme} has no rate zone to {where}", known)


def _without_card(network: Network, offer: int, on: date) -> Unpriced:
    carrier, service = network.offers.services[offer]
    return Unpriced(
        f"no rate card of {carrier} {service} is in force on {on}; {_periods(network, offer)}",
        f"a rate card of {carrier} {service} from {on} or earlier",
    )


def _periods(network: Network, offer: int) -> str:
    """Return for which days there are cards."""
    return ", ".join(_period(card) for card in _cards(network, offer))


def _period(card: RateCard) -> str:
    until = "on" if card.effective_to is None else f"to {card.effective_to}"
    return f"{card.id} is for {card.effective_from} {until}"


def _cards(network: Network, offer: int) -> Iterator[RateCard]:
    service = network.offers.services[offer]
    return (card for card in network.cards.cards if (card.carrier, card.service) == service)


_STREET: Final = "a street address"
_SUCH: Final = {
    AddressKind.PO_BOX: "post office boxes",
    AddressKind.MILITARY: "military mail",
}
