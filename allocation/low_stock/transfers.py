"""Transfers between locations that would spare an order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocation.low_stock.fact import LowStockFact, Transfer
from routing.ids import LocationId


def suggest(facts: Sequence[LowStockFact]) -> dict[LocationId, tuple[Transfer, ...]]:
    """Return where an item's locations could get what they lack, each unit once.

    Those that lack most come first, and take from those that can spare most.

    Parameters
    ----------
    facts
        Of one item.
    """
    lacking = _ranges((each.position.location_id, each.wanted) for each in facts)
    spare = _ranges((each.position.location_id, each.spare) for each in facts)
    found: dict[LocationId, tuple[Transfer, ...]] = {}
    for to, start, stop in lacking:
        shares = [
            Transfer(origin, min(stop, until) - max(start, since))
            for origin, since, until in spare
            if since < stop and until > start
        ]
        if shares:
            found[to] = tuple(shares)
    return found


def _ranges(amounts: Iterable[tuple[LocationId, int]]) -> list[tuple[LocationId, int, int]]:
    """Lay amounts end to end, the greatest first: where each begins and ends."""
    ranges, end = [], 0
    for location_id, amount in sorted(amounts, key=lambda each: (-each[1], each[0])):
        if amount:
            ranges.append((location_id, end, end + amount))
            end += amount
    return ranges
