"""From versions of the network in the store to the network in memory, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from google.protobuf.message import Message

from allocation.ledger.network_rows import NetworkRow
from allocation.server.codec.findings import Findings
from allocation.server.network_state import NetworkState
from allocation.server.put_items import put_items
from allocation.server.put_locations import put_locations
from allocation.server.put_rate_cards import put_rate_cards
from routing.v1 import item_pb2, location_pb2, rate_card_pb2

KINDS: Final[Mapping[str, type[Message]]] = MappingProxyType(
    {
        "rate_card": rate_card_pb2.RateCard,
        "zone_chart": rate_card_pb2.ZoneChart,
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
    messages: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    for row in rows:
        messages[row.kind].append(KINDS[row.kind].FromString(row.content))
    findings = Findings()
    if messages["rate_card"] or messages["zone_chart"]:
        state = put_rate_cards(state, messages["rate_card"], messages["zone_chart"], findings)
    if messages["location"]:
        state = put_locations(state, messages["location"], findings)
    if messages["item"]:
        state = put_items(state, messages["item"], findings)
    return replace(state, network=replace(state.network, version=version))


def _changed(
    kind: str, old: Mapping[str, Message], new: Mapping[str, Message]
) -> Iterable[NetworkRow]:
    for name, message in new.items():
        known = old.get(name)
        if known is not message:
            content = message.SerializeToString(deterministic=True)
            if known is None or known.SerializeToString(deterministic=True) != content:
                yield NetworkRow(kind, name, content)
