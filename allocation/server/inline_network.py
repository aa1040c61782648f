"""Locations and items that come with a request, for this request only."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

from allocation.server.codec.findings import Findings
from allocation.server.codec.item import check_fields_of_kits
from allocation.server.limits import RequestLimits
from allocation.server.network_state import NetworkState
from allocation.server.put_cartons import decode_cartons, with_cartons
from allocation.server.put_items import add_items
from allocation.server.put_locations import decode_locations, warn_of_services, with_locations
from allocation.v1 import allocation_service_pb2
from routing.network import Network

MOST_KEPT: Final = 32
MOST_KEPT_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class InlineResult:
    """A network for one request, and what deserves a look in it."""

    network: Network
    warnings: tuple[str, ...]


class InlineNetworks:
    """Builds networks from requests and keeps the last few.

    A backend that sends its locations along sends the same ones with every cart. The
    key is the message's bytes and the version of the registered network, so nothing
    stale is ever used.

    Parameters
    ----------
    limits
        Most locations and items.
    """

    def __init__(self, limits: RequestLimits) -> None:
        self._limits = limits
        self._kept: OrderedDict[tuple[int, bytes], InlineResult] = OrderedDict()
        self._lock = Lock()

    def network(
        self,
        message: allocation_service_pb2.InlineNetwork,
        path: str,
        findings: Findings,
        state: NetworkState,
    ) -> Network:
        """Return the registered network with what the request adds.

        Inline locations replace all registered ones; without any, the registered ones
        stay. Inline items are added to the registered ones or take their place.

        Raises
        ------
        allocation.errors.RequestTooLargeError
            If there are more locations or items than the limits allow.
        """
        key = state.version, message.SerializeToString(deterministic=True)
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None:
                self._kept.move_to_end(key)
        if kept is None:
            known = len(findings.violations)
            kept = self._build(message, path, findings, state)
            if len(findings.violations) == known and len(key[1]) <= MOST_KEPT_BYTES:
                self._keep(key, kept)
        for warning in kept.warnings:
            findings.warn(warning)
        return kept.network

    def _build(
        self,
        message: allocation_service_pb2.InlineNetwork,
        path: str,
        findings: Findings,
        state: NetworkState,
    ) -> InlineResult:
        self._limits.check("locations", len(message.locations))
        self._limits.check("items", len(message.items))
        own = Findings()
        network = state.network
        if message.cartons:
            cartons = decode_cartons(message.cartons, f"{path}.cartons", own, state)
            if message.locations:
                # Registered locations give way to the inline ones, whatever cartons they have.
                network = network.with_locations(())
            network = with_cartons(network, cartons, f"{path}.cartons", own)
        if message.locations:
            locations = decode_locations(message.locations, f"{path}.locations", own)
            warn_of_services(locations.values(), state, own)
            network = with_locations(network, locations.values(), f"{path}.locations", own)
        if message.items:
            check_fields_of_kits(message.items, f"{path}.items", own)
            network = add_items(network, message.items, f"{path}.items", own, state)
        for violation in own.violations:
            findings.refuse(violation.path, violation.message)
        return InlineResult(network, own.all_warnings())

    def _keep(self, key: tuple[int, bytes], result: InlineResult) -> None:
        with self._lock:
            self._kept[key] = result
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
