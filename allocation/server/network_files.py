"""Network files: locations, items, rate cards and zone charts as JSON, loaded at start.

A file is one JSON object with any of the fields ``locations``, ``items``, ``cartons``,
``rate_cards``, ``zone_charts`` and ``transit_tables``, each a list of the contract's messages
in protobuf's JSON form (``rate_cards`` and ``rateCards`` mean the same), and
``exchange_rates``, a ``PutExchangeRatesRequest``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from google.protobuf import json_format

from allocation.errors import InvalidRequestError
from allocation.server.counted_items import WithLevels
from allocation.server.network_state import NetworkState
from allocation.server.network_store import NetworkStore
from allocation.server.put_cartons import put_cartons
from allocation.server.put_exchange_rates import put_exchange_rates
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.put_rate_cards import put_rate_cards
from routing.bounded_file import read_text
from routing.v1 import network_service_pb2 as pb

_KEYS: Final = {
    "locations": "locations",
    "items": "items",
    "rate_cards": "rate_cards",
    "rateCards": "rate_cards",
    "zone_charts": "zone_charts",
    "zoneCharts": "zone_charts",
    "transit_tables": "transit_tables",
    "transitTables": "transit_tables",
    "cartons": "cartons",
    "exchange_rates": "exchange_rates",
    "exchangeRates": "exchange_rates",
}


class NetworkFileError(Exception):
    """A network file cannot be read or used; the message names the file and every problem."""


def load_network_files(
    store: NetworkStore, paths: Sequence[Path], counted: WithLevels | None = None
) -> tuple[str, ...]:
    """Put the contents of the files, one after the other, and return the warnings.

    Rate cards and cartons come before locations and items, which may refer to them. What is in the
    store already makes no new version.

    Parameters
    ----------
    counted
        Says which items have levels that must keep their meaning; ``None``: no item has.

    Raises
    ------
    NetworkFileError
        For the first file that cannot be used; what came before it stays.
    """
    warnings: list[str] = []
    for path in paths:
        try:
            warnings += _load(store, _read(path), counted)
        except (InvalidRequestError, json_format.ParseError) as error:
            raise NetworkFileError(f"{path}: {_problems(error)}") from error
    return tuple(f"{warning}" for warning in warnings)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(path))
    except OSError as error:
        raise NetworkFileError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise NetworkFileError(f"{path}: is not JSON: {error}") from error
    if not isinstance(content, dict):
        raise NetworkFileError(f"{path}: is not a JSON object with locations, items or rate_cards")
    unknown = sorted(content.keys() - _KEYS.keys())
    if unknown:
        raise NetworkFileError(f"{path}: unknown fields {', '.join(unknown)}; known: {list(_KEYS)}")
    return {_KEYS[key]: value for key, value in content.items()}


def _load(
    store: NetworkStore, content: dict[str, Any], counted: WithLevels | None
) -> tuple[str, ...]:
    cards = pb.PutRateCardsRequest()
    json_format.ParseDict(_part(content, "rate_cards", "zone_charts", "transit_tables"), cards)
    cartons = pb.PutCartonsRequest()
    json_format.ParseDict(_part(content, "cartons"), cartons)
    exchange = pb.PutExchangeRatesRequest()
    json_format.ParseDict(content.get("exchange_rates", {}), exchange)
    locations = pb.PutLocationsRequest()
    json_format.ParseDict(_part(content, "locations"), locations)
    items = pb.PutItemsRequest()
    json_format.ParseDict(_part(content, "items"), items)

    def change(state: NetworkState, findings: Any) -> NetworkState:
        # What others refer to comes first: currencies, then cards and cartons, then places.
        if "exchange_rates" in content:
            state = put_exchange_rates(state, exchange, findings)
        state = put_rate_cards(
            state, cards.rate_cards, cards.zone_charts, cards.transit_tables, findings
        )
        if "cartons" in content:
            state = put_cartons(state, cartons.cartons, findings)
        state = put_locations(state, locations.locations, findings)
        return put_items(state, items.items, findings, counted)

    return store.put(change, even_if_same=False).warnings


def _part(content: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: content[name] for name in names if name in content}


def _problems(error: InvalidRequestError | json_format.ParseError) -> str:
    if isinstance(error, InvalidRequestError):
        return "; ".join(str(violation) for violation in error.violations)
    return str(error)
