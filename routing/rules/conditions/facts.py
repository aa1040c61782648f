"""The facts about orders, lines, locations and items that conditions ask about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from routing.item import InventoryItem
from routing.location import StockLocation
from routing.order import Order
from routing.rules.conditions.situation import Facts
from routing.sourcing.resolve import ResolvedLine

UG_PER_G: Final = 1_000_000


def order_facts(order: Order, lines: Sequence[ResolvedLine]) -> Facts:
    """Return the fields of ``order``."""
    return {
        "channel": order.channel or "",
        "tags": _sorted(order.tags),
        "service_level": order.service_level.value,
        "value_minor": sum(line.value_minor * line.demand for line in lines),
        "units": sum(_units(line) for line in lines),
        "line_count": len(lines),
        "weight_g": -(-sum(line.weight_ug * line.demand for line in lines) // UG_PER_G),
        "country": order.destination.country or "",
        "postal_code": order.destination.postal_code or "",
        "residential": order.destination.residential,
        "has_deliver_by": order.deliver_by is not None,
    }


def line_facts(line: ResolvedLine) -> Facts:
    """Return the fields of ``line``."""
    increments = int(10**line.scale)
    return {
        "item_id": line.item_id or "",
        "sku": line.sku or "",
        "tags": _sorted(line.tags),
        "units": _units(line),
        "value_minor": line.value_minor * line.demand,
        "unit_value_minor": line.value_minor * increments,
        "weight_g": -(-line.weight_ug * increments // UG_PER_G),
        "is_kit": line.is_kit,
        "ship_alone": line.ship_alone,
        "picked_up": line.pickup_location_id is not None,
    }


def location_facts(location: StockLocation) -> Facts:
    """Return the fields of ``location``."""
    return {
        "id": location.id,
        "name": location.name,
        "kind": location.kind.value,
        "country": location.country or "",
        "region": location.region or "",
        "postal_code": location.postal_code or "",
        "tags": _sorted(location.tags),
        "channels": _sorted(location.channels),
        "markets": _sorted(location.markets),
        "rank": location.rank,
        "tz": location.tz,
        "pickup": location.pickup,
    }


def item_facts(item: InventoryItem) -> Facts:
    """Return the fields of ``item``."""
    return {
        "id": item.id,
        "sku": item.sku or "",
        "tags": _sorted(item.tags),
        "weight_g": -(-item.weight_ug // UG_PER_G),
        "unit_value_minor": item.unit_value_minor or 0,
    }


def _sorted(texts: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(texts))


def _units(line: ResolvedLine) -> int:
    return -(-line.demand // int(10**line.scale))
