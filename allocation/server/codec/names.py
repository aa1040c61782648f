"""The items and locations that a request names, and those nobody knows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from allocation.errors import UnknownItemError, UnknownLocationError
from allocation.server.codec.findings import shown
from routing.ids import ItemId, LocationId
from routing.network import Network

_MOST_LISTED: Final = 50


class Names:
    """Looks names up in a network and remembers those it does not have.

    Parameters
    ----------
    network
        The registered network, with what the request added to it.
    """

    __slots__ = ("_items", "_locations", "network")

    def __init__(self, network: Network) -> None:
        self.network = network
        self._items: dict[str, str] = {}
        self._locations: dict[str, None] = {}

    def item(self, item_id: ItemId) -> None:
        """Take note that the request names an item."""
        if item_id not in self.network.items:
            self._items[item_id] = "inventory_item_id"

    def item_of_sku(self, sku: str) -> ItemId | None:
        """Return the item with that SKU, ``None`` if there is none."""
        item_id = self.network.item_id_by_sku.get(sku)
        if item_id is None:
            self._items[sku] = "sku"
        return item_id

    def locations(self, ids: Iterable[str]) -> frozenset[LocationId]:
        """Return the ids, and take note that the request names these locations."""
        named = frozenset(LocationId(each) for each in ids)
        for location_id in sorted(named - self.network.location_index.keys()):
            self._locations[location_id] = None
        return named

    def location(self, location_id: LocationId) -> None:
        """Take note that the request names a location."""
        if location_id not in self.network.location_index:
            self._locations[location_id] = None

    def raise_if_unknown(self) -> None:
        """Raise for everything that is unknown: items first.

        Raises
        ------
        UnknownItemError, UnknownLocationError
            With all unknown ids, comma-separated in the metadata.
        """
        if self._items:
            names = [f"{shown(name)} ({kind})" for name, kind in self._items.items()]
            raise UnknownItemError(
                f"{len(names)} unknown item(s): {_listed(names)}. Put them with PutItems or send "
                "them in network.items",
                {"items": ",".join(self._items), "count": str(len(names))},
            )
        if self._locations:
            names = [shown(name) for name in self._locations]
            raise UnknownLocationError(
                f"{len(names)} unknown location(s): {_listed(names)}. Put them with PutLocations "
                "or send them in network.locations",
                {"locations": ",".join(self._locations), "count": str(len(names))},
            )


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
