"""Putting inventory items and kits: all or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from allocation.server.codec.decimal import E6_SCALE
from allocation.server.codec.findings import Findings, shown
from allocation.server.codec.item import check_fields_of_kits, decode_item
from allocation.server.codec.kits import check_kits
from allocation.server.counted_items import WithLevels, check_counted
from allocation.server.network_state import NetworkState
from routing.errors import InvalidInputError, Violation
from routing.ids import ItemId
from routing.item import InventoryItem
from routing.network import Network
from routing.v1 import item_pb2

MOST_ITEMS: Final = 1_000_000


def put_items(
    state: NetworkState,
    messages: Iterable[item_pb2.InventoryItem],
    findings: Findings,
    counted: WithLevels | None = None,
    *,
    are_stored: bool = False,
) -> NetworkState:
    """Return the network with items added or replaced; its version stays.

    Parameters
    ----------
    counted
        Says which items have levels that must keep their meaning; ``None``: no item has.
    are_stored
        Whether they were put before, maybe by a program that asked less of them.

    Raises
    ------
    allocation.errors.InvalidRequestError
        With every problem.
    """
    if not are_stored:
        check_fields_of_kits(messages, "items", findings)
    network = add_items(state.network, messages, "items", findings, state)
    if counted is not None:
        check_counted(state.network, messages, "items", findings, counted)
    findings.raise_if_refused()
    kept = {}
    for message in messages:
        kept[message.id] = item_pb2.InventoryItem()
        kept[message.id].CopyFrom(message)
    return replace(state, network=network, items={**state.items, **kept})


def add_items(
    network: Network,
    messages: Iterable[item_pb2.InventoryItem],
    path: str,
    findings: Findings,
    state: NetworkState,
) -> Network:
    """Return the network with items added or replaced, or as it is when there is a problem."""
    known = len(findings.violations)
    items: dict[str, InventoryItem] = {}
    seen: dict[str, int] = {}
    for index, message in enumerate(messages):
        at = f"{path}[{index}]"
        first = seen.setdefault(message.id, index)
        if first != index and message.id:
            findings.refuse(f"{at}.id", f"{shown(message.id)} is also {path}[{first}]; keep one")
        item = decode_item(message, at, findings, state.currencies)
        if item is not None:
            items[item.id] = item
        elif message.id:
            # What others say of it can be right or wrong all the same.
            items[message.id] = InventoryItem(ItemId(message.id), quantity_scale=E6_SCALE)
    if len(network.items) + len(items) > MOST_ITEMS:
        total = len(network.items.keys() | items.keys())
        if total > MOST_ITEMS:
            findings.refuse(path, f"would make {total} items; at most {MOST_ITEMS}")
    merged = _merge(network, items, path, findings, seen)
    return network if len(findings.violations) > known else merged


def _merge(
    network: Network,
    items: Mapping[str, InventoryItem],
    path: str,
    findings: Findings,
    index_of: Mapping[str, int],
) -> Network:
    """Check what the items say of each other; name problems by their place in the request."""
    merged, whole = network, Findings()
    try:
        merged = network.with_items(items.values())
    except InvalidInputError as error:
        for violation in error.violations:
            whole.refuse(violation.path, violation.message)
    endless = {violation.path for violation in whole.violations}
    known = dict(network.items) | {item.id: item for item in items.values()}
    # A changed item may break a kit that is not part of this request.
    kits = (item for item in known.values() if f"items[{item.id}].components" not in endless)
    check_kits(kits, known, whole)
    for violation in whole.violations:
        placed = _by_index(violation, path, index_of)
        findings.refuse(placed.path, placed.message)
    return merged


def _by_index(violation: Violation, path: str, index_of: Mapping[str, int]) -> Violation:
    """Turn ``items[ID].field`` into the place of that item in the request, if it is there."""
    head, _, field = violation.path.rpartition("].")
    item_id = head.removeprefix("items[")
    if item_id in index_of:
        return Violation(f"{path}[{index_of[item_id]}].{field}", violation.message)
    return Violation(path, f"registered item {shown(item_id)}, {field}: {violation.message}")
