"""ABC classes: which items make most of what is sold."""

from __future__ import annotations

from collections.abc import Mapping

from allocation.low_stock.fact import AbcClass
from routing.ids import ItemId


def abc_classes(sold: Mapping[ItemId, int]) -> dict[ItemId, AbcClass]:
    """Return the class of each item by the increments sold of it, the most sold first.

    An item belongs to the class in which its first unit falls.
    """
    total, before = sum(sold.values()), 0
    found = {}
    for item_id, increments in sorted(sold.items(), key=lambda each: (-each[1], each[0])):
        found[item_id] = _class(before, total)
        before += increments
    return found


def _class(before: int, total: int) -> AbcClass:
    if before * 100 < 80 * total:
        return AbcClass.A
    return AbcClass.B if before * 100 < 95 * total else AbcClass.C
