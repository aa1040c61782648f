"""Pseudo-items: counters that a ledger keeps beside its stock, as levels of no real item."""

from __future__ import annotations

from typing import Final

from routing.ids import ItemId, LocationId

_WAITING: Final = "~waiting/"
_POOL: Final = "~pool/"
_RECALLED: Final = "~recalled/"
_COUNTERS: Final = ("~capacity/", _WAITING, _POOL, _RECALLED)

EVERYWHERE: Final = LocationId("~everywhere")
"""Stands for the location of what is counted over all locations together."""


def is_counter_item(item_id: str) -> bool:
    """Say whether an id is that of a counter; no item may have such an id."""
    return item_id.startswith(_COUNTERS)


def waiting_item(item_id: str) -> ItemId:
    """Return the pseudo-item that counts units of an item which wait at a location."""
    return ItemId(_WAITING + item_id)


def is_waiting_item(item_id: str) -> bool:
    """Say whether an id is that of such a counter."""
    return item_id.startswith(_WAITING)


def pool_item(item_id: str) -> ItemId:
    """Return the pseudo-item that counts units of an item which wait anywhere."""
    return ItemId(_POOL + item_id)


def is_pool_item(item_id: str) -> bool:
    """Say whether an id is that of such a counter."""
    return item_id.startswith(_POOL)


def recalled_item(item_id: str) -> ItemId:
    """Return the pseudo-item that says which lots of an item are recalled."""
    return ItemId(_RECALLED + item_id)


def counted_item(item_id: str) -> ItemId:
    """Return the item whose waiting units a counter counts; any other item stays itself."""
    return ItemId(item_id.removeprefix(_WAITING).removeprefix(_POOL))
