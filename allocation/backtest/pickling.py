"""A case as bytes, so that other processes can have it.

Networks and rule sets hold functions and read-only mappings, which do not travel; they go as what
they were made from and are made anew on the other side.
"""

from __future__ import annotations

import copyreg
import io
import pickle
from collections.abc import Callable
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from allocation.backtest.case import BacktestCase
from routing.network import Network, make_network
from routing.rules import RuleSet, parse_rule_set

MADE_FROM: Final[dict[str, Callable[[Network], object]]] = {
    "locations": lambda network: network.locations,
    "items": lambda network: tuple(network.items.values()),
    "cards": lambda network: network.listed_cards,
    "zone_resolvers": lambda network: dict(network.zone_resolvers),
    "transit": lambda network: tuple(network.transit.values()),
    "version": lambda network: network.version,
    "cartons": lambda network: network.carton_sets.cartons,
    "exchange": lambda network: network.exchange,
}
"""The parameters of `make_network`, in its sequence, and where a network keeps them."""


Reduced = tuple[Callable[..., Any], tuple[Any, ...]]


class _Pickler(pickle.Pickler):
    dispatch_table = copyreg.dispatch_table.copy()


def _reduce_network(network: Network) -> Reduced:
    return make_network, tuple(part(network) for part in MADE_FROM.values())


def _reduce_rules(rules: RuleSet) -> Reduced:
    return partial(parse_rule_set, file_name=rules.name, name=rules.name), (rules.text,)


def _reduce_mapping(mapping: MappingProxyType[Any, Any]) -> Reduced:
    return MappingProxyType, (dict(mapping),)


_Pickler.dispatch_table[Network] = _reduce_network
_Pickler.dispatch_table[RuleSet] = _reduce_rules
_Pickler.dispatch_table[MappingProxyType] = _reduce_mapping


def pack(case: BacktestCase) -> bytes:
    """Return a case as bytes for `unpack`."""
    stream = io.BytesIO()
    _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL).dump(case)
    return stream.getvalue()


def unpack(packed: bytes) -> BacktestCase:
    """Return the case of `pack`, which this very program must have made."""
    case = pickle.loads(packed)  # noqa: S301  # our own bytes, from the parent process
    if not isinstance(case, BacktestCase):
        raise TypeError(f"{type(case).__name__} came where a case was expected")
    return case
