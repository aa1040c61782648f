"""Putting stock locations: all or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.location import decode_location
from allocation.server.codec.named_once import named_once
from allocation.server.network_state import NetworkState
from routing.errors import InvalidInputError
from routing.location import StockLocation
from routing.network import Network
from routing.v1 import location_pb2

MOST_LOCATIONS: Final = 10_000


def put_locations(
    state: NetworkState, messages: Iterable[location_pb2.StockLocation], findings: Findings
) -> NetworkState:
    """Return the network with locations added or replaced; its version stays.

    Raises
    ------
    allocation.errors.InvalidRequestError
        With every problem.
    """
    put = decode_locations(messages, "locations", findings)
    merged = {location.id: location for location in state.network.locations} | put
    if len(merged) > MOST_LOCATIONS:
        findings.refuse("locations", f"would make {len(merged)}; at most {MOST_LOCATIONS}")
    warn_of_services(put.values(), state, findings)
    network = with_locations(state.network, merged.values(), "locations", findings)
    findings.raise_if_refused()
    kept = {message.id: _copy(message) for message in messages}
    return replace(state, network=network, locations={**state.locations, **kept})


def with_locations(
    network: Network, locations: Iterable[StockLocation], path: str, findings: Findings
) -> Network:
    """Return the network with these locations, or as it is where one does not fit in.

    A location may name a carton or have a currency that the network does not know.
    """
    try:
        return network.with_locations(locations)
    except InvalidInputError as error:
        for violation in error.violations:
            findings.refuse(path, f"{violation.path}: {violation.message}")
        return network


def decode_locations(
    messages: Iterable[location_pb2.StockLocation], path: str, findings: Findings
) -> dict[str, StockLocation]:
    """Return locations by id, each id once."""
    found = [
        decode_location(message, at, findings)
        for at, message, _ in named_once(messages, path, findings)
    ]
    return {location.id: location for location in found if location is not None}


def warn_of_services(
    locations: Iterable[StockLocation], state: NetworkState, findings: Findings
) -> None:
    """Warn of carrier services that no rate card prices."""
    priced = {(card.carrier, card.service) for card in state.network.cards.cards}
    for location in locations:
        for service in location.carrier_services:
            if (service.carrier, service.service) not in priced:
                findings.warn(
                    f"location {shown(location.id)} ships with {service.carrier} "
                    f"{service.service}, which no rate card prices"
                )


def _copy(message: location_pb2.StockLocation) -> location_pb2.StockLocation:
    """Return a copy that no one else holds."""
    kept = location_pb2.StockLocation()
    kept.CopyFrom(message)
    return kept
