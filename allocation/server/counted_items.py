"""Items whose stock is counted in the ledger keep the unit that it is counted in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from allocation.ledger.api import Ledger
from allocation.server.codec.findings import Findings, shown
from routing.ids import ItemId
from routing.network import Network
from routing.v1 import item_pb2

WithLevels = Callable[[Sequence[ItemId]], set[ItemId]]
"""Returns those of the items that have levels."""


def with_levels(ledger: Ledger, now: Callable[[], datetime]) -> WithLevels:
    """Return what asks a ledger."""

    def ask(item_ids: Sequence[ItemId]) -> set[ItemId]:
        if not item_ids:
            return set()
        return {row.key.item_id for row in ledger.snapshot(now=now(), item_ids=item_ids).rows}

    return ask


def check_counted(
    network: Network,
    messages: Iterable[item_pb2.InventoryItem],
    path: str,
    findings: Findings,
    ask: WithLevels,
) -> None:
    """Refuse items that would be counted otherwise than their levels are.

    A level is a number of increments: with other decimals, or as a kit, it would mean
    something else from one moment to the next.
    """
    changed = {
        item_id: index
        for index, message in enumerate(messages)
        if (item_id := ItemId(message.id)) in network.items
        and _counts_otherwise(message, network, item_id)
    }
    for item_id in sorted(ask(sorted(changed))):
        scale = network.items[item_id].quantity_scale
        findings.refuse(
            f"{path}[{changed[item_id]}].quantity_scale",
            f"item {shown(item_id)} has levels in the ledger, counted with {scale} decimals; it "
            "keeps them and cannot become a kit: register another item",
        )


def check_inline_items(
    network: Network, messages: Iterable[item_pb2.InventoryItem], path: str, findings: Findings
) -> None:
    """Refuse items of a request that are counted otherwise than the ledger's stock is."""
    for index, message in enumerate(messages):
        item_id = ItemId(message.id)
        if item_id in network.items and _counts_otherwise(message, network, item_id):
            scale = network.items[item_id].quantity_scale
            findings.refuse(
                f"{path}[{index}].quantity_scale",
                f"the ledger counts item {shown(item_id)} with {scale} decimals; send the same, or "
                "inline_stock",
            )


def _counts_otherwise(message: item_pb2.InventoryItem, network: Network, item_id: ItemId) -> bool:
    item = network.items[item_id]
    return message.quantity_scale != item.quantity_scale or bool(message.components) != item.is_kit
