"""The lines of a usual order: whole units of plain items, shipped as they are."""

from __future__ import annotations

from typing import Final

from routing.item import BackorderPolicy, InventoryItem, ItemTracking
from routing.network import Network
from routing.order import Order, OrderLine
from routing.quantity import E6
from routing.sourcing.resolve import ItemUse, ResolvedLine

MOST_LINES: Final = 5
"""So many are looked at in every combination."""


def usual_lines(order: Order, network: Network) -> list[ResolvedLine] | None:
    """Return the lines as `resolve_lines` does, sorted by id; ``None`` if any is unusual.

    Each takes units of an item that no other line takes.
    """
    asked = order.lines
    count = len(asked)
    if not 0 < count <= MOST_LINES:
        return None
    found = []
    for line in asked:
        resolved = _resolve(line, network)
        if resolved is None:
            return None
        found.append(resolved)
    if count > 1:
        if len({line.item_id for line in found}) < count:
            return None
        found.sort(key=_by_id)
    return found


def _by_id(line: ResolvedLine) -> str:
    return line.id


def _resolve(asked: OrderLine, network: Network) -> ResolvedLine | None:
    item = None if asked.item_id is None else network.items.get(asked.item_id)
    if item is None or _is_particular(asked) or not _is_plain(item):
        return None
    demand, rest = divmod(asked.quantity_e6, E6)
    if rest or demand <= 0:
        return None
    value_minor = item.unit_value_minor
    # By position, since names take a third more time for so many.
    return ResolvedLine(
        asked.id,  # id
        item.sku or item.id,  # title
        item.id,  # item_id
        item.sku,  # sku
        demand,  # demand
        0,  # scale
        (ItemUse(item, 1),),  # uses
        False,  # is_kit
        item.weight_ug if asked.weight_ug is None else asked.weight_ug,  # weight_ug
        item.dimensions,  # dimensions
        False,  # ship_alone
        item.keep_upright,  # keep_upright
        asked.unit_price_minor if value_minor is None else value_minor,  # value_minor
        item.processing_days,  # processing_days
        asked.tags | item.tags if item.tags else asked.tags,  # tags
        BackorderPolicy.DENY,  # backorder_policy
        asked.allowed_location_ids,  # allowed_location_ids
        asked.excluded_location_ids,  # excluded_location_ids
        None,  # group
        asked.lot_ids,  # lot_ids
        asked.serials,  # serials
        asked.min_shelf_life_days,  # min_shelf_life_days
    )


def _is_particular(asked: OrderLine) -> bool:
    """Say whether a line asks for anything but units of its item."""
    return bool(
        not asked.requires_shipping
        or asked.components
        or asked.backorder_policy is not None
        or asked.group is not None
        or asked.allowed_location_ids
        or asked.excluded_location_ids
        or asked.substitute_ids
        or asked.pickup_location_id is not None
        or asked.lot_ids
        or asked.serials
        or asked.min_shelf_life_days
    )


def _is_plain(item: InventoryItem) -> bool:
    """Say whether an item is counted in whole units of which one is as good as another."""
    return not (
        item.components
        or item.quantity_scale
        or item.ship_alone
        or item.tracking is not ItemTracking.NONE
        or item.backorder_policy is not BackorderPolicy.DENY
        or item.release_time is not None
    )
