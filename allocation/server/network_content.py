"""From versions of the network in the store to the network in memory, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from google.protobuf.message import Message

from allocation.ledger.network_rows import NetworkRow
from allocation.server.codec.findings import Findings
from allocation.server.lazy_items import LAZY_FROM, LazyItems, LazyMessages, LazySkus
from allocation.server.network_state import NetworkState
from allocation.server.put_cartons import put_cartons
from allocation.server.put_exchange_rates import put_exchange_rates
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.put_rate_cards import put_rate_cards
from routing.v1 import item_pb2, location_pb2, network_service_pb2, rate_card_pb2

KINDS: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        "rate_card": rate_card_pb2.RateCard,
        "zone_chart": rate_card_pb2.ZoneChart,
        "transit_table": rate_card_pb2.TransitTable,
        "exchange_rates": network_service_pb2.PutExchangeRatesRequest,
        "cartons": network_service_pb2.PutCartonsRequest,
        "location": location_pb2.StockLocation,
        "item": item_pb2.InventoryItem,
    }
)
"""Kinds of rows and what their content is."""


def rows_between(before: NetworkState, after: NetworkState) -> list[NetworkRow]:
    """Return what was put between two states."""
    rows: list[NetworkRow] = []
    for kind, old, new in (
        ("rate_card", before.rate_cards, after.rate_cards),
        ("zone_chart", before.zone_charts, after.zone_charts),
        ("transit_table", before.transit_tables, after.transit_tables),
        ("exchange_rates", _named(before.exchange_rates), _named(after.exchange_rates)),
        ("cartons", _named(_carton_list(before)), _named(_carton_list(after))),
        ("location", before.locations, after.locations),
        ("item", before.items, after.items),
    ):
        rows += _changed(kind, old, new)
    return rows


def with_rows(state: NetworkState, rows: Iterable[NetworkRow], version: int) -> NetworkState:
    """Return a state with the content of rows, at a version.

    Raises
    ------
    allocation.errors.InvalidRequestError
        A row cannot be used: it was put by a program that takes what this one does not.
    """
    found: dict[str, list[NetworkRow]] = {kind: [] for kind in KINDS}
    for row in rows:
        found[row.kind].append(row)
    many_items = len(found["item"]) >= LAZY_FROM and not state.items
    messages: dict[str, list[Any]] = {
        kind: [KINDS[kind].FromString(row.content) for row in of_kind]
        for kind, of_kind in found.items()
        if not (many_items and kind == "item")
    }
    findings = Findings()
    for exchange in messages["exchange_rates"]:
        state = put_exchange_rates(state, exchange, findings)
    if any(messages[kind] for kind in ("rate_card", "zone_chart", "transit_table")):
        state = put_rate_cards(
            state,
            messages["rate_card"],
            messages["zone_chart"],
            messages["transit_table"],
            findings,
        )
    for cartons in messages["cartons"]:
        state = put_cartons(state, cartons.cartons, findings)
    if messages["location"]:
        state = put_locations(state, messages["location"], findings)
    if many_items:
        state = _with_many_items(state, found["item"])
    elif messages["item"]:
        state = put_items(state, messages["item"], findings, are_stored=True)
    return replace(state, network=replace(state.network, version=version))


def _named(message: Message | None) -> Mapping[str, Message]:
    """Return something there is at most one of as something with a name."""
    return {} if message is None else {"all": message}


def _carton_list(state: NetworkState) -> Message | None:
    """Return all cartons as one message, since a put replaces them all; ``None`` before any."""
    if state.cartons is None:
        return None
    return network_service_pb2.PutCartonsRequest(
        cartons=[state.cartons[name] for name in sorted(state.cartons)]
    )


def _with_many_items(state: NetworkState, rows: Iterable[NetworkRow]) -> NetworkState:
    """Return a state with items that were checked when they were put."""
    items = LazyMessages({row.id: row.content for row in rows})
    network = replace(
        state.network,
        items=LazyItems(items, state.currencies),
        item_id_by_sku=LazySkus(items),
    )
    return replace(state, network=network, items=items)


def _changed(
    kind: str, old: Mapping[str, Message], new: Mapping[str, Message]
) -> Iterable[NetworkRow]:
    for name, message in new.items():
        known = old.get(name)
        if known is not message:
            content = message.SerializeToString(deterministic=True)
            if known is None or known.SerializeToString(deterministic=True) != content:
                yield NetworkRow(kind, name, content)
