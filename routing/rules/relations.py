"""How locations lie towards one order's destination, for rules that ask for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.normalize import normalize_country
from routing.network import Network
from routing.order import Order
from routing.rules.schema.towards import Towards
from routing.sourcing.distances import distances
from routing.sourcing.objectives import METRES_PER_KM
from routing.sourcing.resolve import ResolvedLine

Bool = NDArray[np.bool_]


class Relations:
    """What rules can ask about locations seen from a destination; made for one order."""

    def __init__(self, order: Order, network: Network) -> None:
        self._order = order
        self._network = network

    def where(self, rule: Towards, line: ResolvedLine) -> Bool:
        """Return bool ``[l]``: where a rule's relations hold for a line; all without any."""
        held: Bool = np.ones(len(self._network.locations), dtype=np.bool_)
        if rule.destination is not None:
            held &= _RELATIONS[rule.destination](self._network, self._order, line)
        if rule.within_km is not None:
            held &= distances(self._order, self._network) <= rule.within_km * METRES_PER_KM
        return held


def is_related(rule: Towards) -> bool:
    """Tell whether a rule asks for more than the location itself."""
    return rule.destination is not None or rule.within_km is not None


def is_by_line(rule: Towards) -> bool:
    """Tell whether what a rule asks of locations differs from line to line."""
    return rule.destination == "pickup_location"


def _same_country(network: Network, order: Order, _: ResolvedLine) -> Bool:
    return network.facts.in_country(order.destination.country)


def _crosses_border(network: Network, order: Order, _: ResolvedLine) -> Bool:
    """Hold only where both countries are known; who shares a postal system has no border."""
    abroad: Bool = np.zeros(len(network.locations), dtype=np.bool_)
    if order.destination.country is None:
        return abroad
    home = normalize_country(order.destination.country)
    for own in set(network.facts.countries):
        if own is not None and normalize_country(own) != home:
            abroad |= network.facts.in_country(own)
    return abroad


def _same_market(network: Network, order: Order, _: ResolvedLine) -> Bool:
    return network.facts.in_market(order.destination.country)


def _pickup_location(network: Network, _: Order, line: ResolvedLine) -> Bool:
    if line.pickup_location_id is None:
        return np.ones(len(network.locations), dtype=np.bool_)
    return np.array([each.id == line.pickup_location_id for each in network.locations])


_RELATIONS: Final[Mapping[str, Callable[[Network, Order, ResolvedLine], Bool]]] = MappingProxyType(
    {
        "same_country": _same_country,
        "crosses_border": _crosses_border,
        "same_market": _same_market,
        "pickup_location": _pickup_location,
    }
)
