"""Orders that shoppers collect, as a whole or in part, and orders that may be merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from routing.errors import InvalidInputError, Violation
from routing.network import Network
from routing.order import Destination, Order
from routing.sourcing.collect import stores_of
from routing.sourcing.resolve import ResolvedLine


def at_store(order: Order, lines: Sequence[ResolvedLine], network: Network) -> Order:
    """Return the order as it goes to the place where all of it is collected, if it does.

    Raises
    ------
    InvalidInputError
        With every place that nobody knows, or where shoppers cannot collect.
    """
    stores = stores_of(lines)
    if not stores:
        return order
    problems = []
    for store in stores:
        place = network.location_index.get(store)
        if place is None or not network.locations[place].pickup:
            why = "is unknown" if place is None else "is no place where shoppers collect"
            message = f"{store!r} {why}; name a location that has `pickup` set"
            problems.append(Violation("order.destination.pickup_location_id", message))
    if problems:
        raise InvalidInputError(problems)
    if len(stores) > 1 or any(line.pickup_location_id is None for line in lines):
        return order
    location = network.locations[network.location_index[stores[0]]]
    destination = Destination(
        country=location.country,
        postal_code=location.postal_code,
        coordinates=location.coordinates,
        pickup_location_id=location.id,
    )
    return replace(order, destination=destination)


def has_several_ways(lines: Sequence[ResolvedLine], network: Network) -> bool:
    """Whether one location may ship more than once, whatever its stock is like."""
    if not network.hubs and all(line.pickup_location_id is None for line in lines):
        return False
    stores = stores_of(lines)
    delivered = any(line.pickup_location_id is None for line in lines)
    return len(stores) + delivered > 1 or may_merge(lines, network)


def may_merge(lines: Sequence[ResolvedLine], network: Network) -> bool:
    """Whether there is something to merge, and a place to do it."""
    delivered = {line.id for line in lines if line.pickup_location_id is None}
    return bool(network.hubs) and len(delivered) > 1
