"""What deserves a look in a planning run: facts that are missing and what that does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.geo.military import is_military_zip3
from routing.network import Network
from routing.order import Order
from routing.rating.address_kind import AddressKind
from routing.sourcing.rate_area import address_kinds, zone_place
from routing.sourcing.resolve import ResolvedLine

Int64 = NDArray[np.int64]


def warnings_of(
    order: Order, network: Network, lines: Sequence[ResolvedLine], distance_m: Int64
) -> tuple[str, ...]:
    """Return a sentence for each thing that makes a plan worse than it could be.

    Parameters
    ----------
    distance_m
        int64 ``[all locations]``.
    """
    return destination_warnings(order, network, distance_m) + weight_warnings(lines)


def destination_warnings(order: Order, network: Network, distance_m: Int64) -> tuple[str, ...]:
    """Return a sentence for each thing about where and on which day an order goes.

    Parameters
    ----------
    distance_m
        int64 ``[all locations]``.
    """
    found = []
    military = _military_zip3(order)
    if military is not None:
        found.append(
            "the destination is military mail (APO, FPO, DPO), which lies nowhere: distances do "
            f"not count, and only services whose zone chart lists area {military} have a price"
        )
    elif order.destination.coordinates is None:
        found.append(
            "destination coordinates are unknown: distances do not count; give coordinates or a "
            "known postal code"
        )
    else:
        far = np.flatnonzero(distance_m >= UNKNOWN_DISTANCE_M)
        if far.size:
            named = ", ".join(network.locations[place].id for place in far[:5])
            found.append(f"{far.size} location(s) with unknown coordinates sort last: {named}")
    found += _refused_by(order, network)
    return tuple(found)


def weight_warnings(lines: Sequence[ResolvedLine]) -> tuple[str, ...]:
    """Return a sentence about lines without a weight, if there are any."""
    weightless = [line.id for line in lines if line.weight_ug == 0]
    if not weightless:
        return ()
    return (
        (
            f"{len(weightless)} line(s) without a weight are priced as weightless: "
            f"{', '.join(weightless[:5])}"
        ),
    )


def _military_zip3(order: Order) -> str | None:
    """Return the ZIP area of an order to a ship, a base abroad or an embassy."""
    zip5 = zone_place(order.destination).zip5
    return zip5[:3] if zip5 is not None and is_military_zip3(zip5[:3]) else None


def _refused_by(order: Order, network: Network) -> Iterator[str]:
    """Yield a sentence about services that do not deliver to such an address."""
    kinds = address_kinds(order.destination)
    on = order.placed_time.date()
    for kind in sorted(kinds, key=lambda each: each.value):
        services = {
            f"{card.carrier} {card.service}"
            for card in network.cards.cards
            if kind in card.not_to and card.in_force(on)
        }
        if services:
            named = ", ".join(sorted(services)[:5])
            yield f"the destination is {_SUCH[kind]}, where {named} cannot deliver"


_SUCH: Final = {
    AddressKind.PO_BOX: "a post office box",
    AddressKind.MILITARY: "military mail",
}


def carton_warnings(homeless: Sequence[ResolvedLine]) -> tuple[str, ...]:
    """Return a sentence about lines with things that no carton holds, if there are any."""
    if not homeless:
        return ()
    named = ", ".join(line.id for line in homeless[:5])
    message = (
        f"{len(homeless)} line(s) hold things that fit into none of the cartons and are sent as "
        f"they are, each by itself: {named}; check their sizes, or add a carton"
    )
    return (message,)
