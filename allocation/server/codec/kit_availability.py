"""How often kits can be built, location by location."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from allocation.server.codec.decimal import encode_decimal
from allocation.server.codec.kits import Parts, parts_of
from allocation.v1 import stock_pb2, stock_service_pb2
from routing.ids import ItemId
from routing.item import InventoryItem


def parts_of_kits(
    item_ids: Iterable[ItemId], items: Mapping[ItemId, InventoryItem]
) -> dict[ItemId, Parts]:
    """Return what one of each kit takes, kits within kits taken apart; other items have none."""
    memo: dict[ItemId, Parts] = {}
    return {
        item_id: parts_of(items[item_id].components, items, memo)
        for item_id in item_ids
        if items[item_id].is_kit
    }


def encode_kits(
    kits: Mapping[ItemId, Parts], levels: Iterable[stock_pb2.Level]
) -> list[stock_service_pb2.KitAvailability]:
    """Return how often each kit can be built where every part of it is stocked.

    Parameters
    ----------
    levels
        Of all parts, with what is available of each lot; a lot below zero takes from no other.
    """
    units: dict[str, dict[str, Fraction]] = {}
    for level in levels:
        at_place = units.setdefault(level.location_id, {})
        there = max(Fraction(0), Fraction(Decimal(level.available.value)))
        item_id = level.inventory_item_id
        at_place[item_id] = at_place.get(item_id, Fraction(0)) + there
    return [
        _encode(kit, place, parts, units[place])
        for kit, parts in sorted(kits.items())
        for place in sorted(units)
        if parts.keys() <= units[place].keys()
    ]


def _encode(
    kit: ItemId, place: str, parts: Parts, units: Mapping[str, Fraction]
) -> stock_service_pb2.KitAvailability:
    available, scarcest = min((units[part] // wanted, part) for part, wanted in parts.items())
    return stock_service_pb2.KitAvailability(
        inventory_item_id=kit,
        location_id=place,
        available=encode_decimal(available, 0),
        scarcest_inventory_item_id=scarcest,
    )
