"""Kits as a whole: what one unit takes once kits within kits are taken apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Final

from allocation.server.codec.findings import Findings, shown
from routing.ids import ItemId
from routing.item import InventoryItem, KitComponent
from routing.quantity import E6

MOST_PARTS: Final = 1_000
"""Most different items that one kit may take."""

MOST_REQUIRED: Final = 1_000_000
"""Most units of one item that one kit may take."""

Parts = dict[ItemId, Fraction]


def check_kits(
    kits: Iterable[InventoryItem], items: Mapping[ItemId, InventoryItem], findings: Findings
) -> None:
    """Refuse kits that take too much, or fractions of increments.

    Parameters
    ----------
    kits
        Items to check; those without components are passed over.
    items
        All items, in which kits are known not to contain themselves.
    """
    memo: dict[ItemId, Parts] = {}
    for kit in kits:
        if kit.is_kit:
            path = f"items[{kit.id}].components"
            check_parts(parts_of(kit.components, items, memo), path, items, findings)


def check_parts(
    parts: Parts, path: str, items: Mapping[ItemId, InventoryItem], findings: Findings
) -> None:
    """Refuse parts that are too many, or no whole increments of their items."""
    if len(parts) > MOST_PARTS:
        findings.refuse(path, f"come to {len(parts)} different items; at most {MOST_PARTS}")
    for item_id, units in parts.items():
        item = items.get(item_id)
        if item is None:
            continue
        if units > MOST_REQUIRED:
            findings.refuse(
                path, f"come to {_written(units)} of {shown(item_id)}; at most {MOST_REQUIRED}"
            )
        elif (units * item.increments_per_unit).denominator != 1:
            scale = item.quantity_scale
            allowed = f"{scale} decimals" if scale else "whole units only"
            findings.refuse(
                path, f"come to {_written(units)} of {shown(item_id)}, which allows {allowed}"
            )


def parts_of(
    components: Iterable[KitComponent],
    items: Mapping[ItemId, InventoryItem],
    memo: dict[ItemId, Parts],
) -> Parts:
    """Return the units of every item that is no kit; unknown items count as no kit.

    Each kit is taken apart once, whatever contains it: `memo` remembers.
    """
    parts: Parts = {}
    for component in components:
        units = Fraction(component.required_e6, E6)
        item = items.get(component.item_id)
        if item is None or not item.is_kit:
            parts[component.item_id] = parts.get(component.item_id, Fraction(0)) + units
            continue
        if item.id not in memo:
            memo[item.id] = parts_of(item.components, items, memo)
        for part_id, each in memo[item.id].items():
            parts[part_id] = parts.get(part_id, Fraction(0)) + units * each
    return parts


def _written(units: Fraction) -> str:
    return str(units.numerator) if units.denominator == 1 else f"{float(units):.12g}"
