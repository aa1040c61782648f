"""How locations lie towards one order's destination, for rules that ask for it."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.rules.schema.towards import Towards
from routing.sourcing.distances import distances
from routing.sourcing.objectives import METRES_PER_KM

Bool = NDArray[np.bool_]


class Relations:
    """What rules can ask about locations seen from a destination; made for one order."""

    def __init__(self, order: Order, network: Network) -> None:
        self._order = order
        self._network = network
        self._known: dict[str, Bool] = {}

    def where(self, rule: Towards) -> Bool:
        """Return bool ``[l]``: where the rule's relations hold; everywhere without any."""
        held: Bool = np.ones(len(self._network.locations), dtype=np.bool_)
        if rule.destination is not None:
            held &= self._relation(rule.destination)
        if rule.within_km is not None:
            held &= distances(self._order, self._network) <= rule.within_km * METRES_PER_KM
        return held

    def _relation(self, name: str) -> Bool:
        if name not in self._known:
            self._known[name] = _RELATIONS[name](self._network, self._order.destination.country)
        return self._known[name]


def is_related(rule: Towards) -> bool:
    """Tell whether a rule asks for more than the location itself."""
    return rule.destination is not None or rule.within_km is not None


def _same_country(network: Network, country: str | None) -> Bool:
    return network.facts.in_country(country)


def _same_market(network: Network, country: str | None) -> Bool:
    return network.facts.in_market(country)


_RELATIONS: Final = MappingProxyType({"same_country": _same_country, "same_market": _same_market})
