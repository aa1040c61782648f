"""The items and locations that a request names, and those nobody knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from allocation.errors import UnknownItemError, UnknownLocationError
from allocation.server.codec.findings import shown
from routing.errors import Violation
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
        self._items: dict[tuple[str, str], list[str]] = {}
        self._locations: dict[str, list[str]] = {}

    def item(self, item_id: ItemId, path: str) -> None:
        """Take note that the request names an item, and where."""
        if item_id not in self.network.items:
            self._items.setdefault((item_id, "inventory_item_id"), []).append(path)

    def item_of_sku(self, sku: str, path: str) -> ItemId | None:
        """Return the item with that SKU, ``None`` if there is none."""
        item_id = self.network.item_id_by_sku.get(sku)
        if item_id is None:
            self._items.setdefault((sku, "sku"), []).append(path)
        return item_id

    def locations(self, ids: Iterable[str], path: str) -> frozenset[LocationId]:
        """Return the ids, and take note that the request names these locations."""
        named = frozenset(LocationId(each) for each in ids)
        for location_id in sorted(named - self.network.location_index.keys()):
            self._locations.setdefault(location_id, []).append(path)
        return named

    def location(self, location_id: LocationId, path: str) -> None:
        """Take note that the request names a location, and where."""
        if location_id not in self.network.location_index:
            self._locations.setdefault(location_id, []).append(path)

    def raise_if_unknown(self) -> None:
        """Raise for everything that is unknown: about items if any item is.

        Raises
        ------
        UnknownItemError, UnknownLocationError
            With all unknown ids, comma-separated in the metadata, and the place of each.
        """
        items = [f"{shown(name)} ({kind})" for name, kind in self._items]
        places = [shown(name) for name in self._locations]
        said = [
            f"{len(names)} unknown {what}: {_listed(names)}. Put them with {call} or send them in "
            f"network.{field}"
            for names, what, call, field in (
                (items, "item(s)", "PutItems", "items"),
                (places, "location(s)", "PutLocations", "locations"),
            )
            if names
        ]
        violations = [*self._violations()]
        if items:
            ids = ",".join(name for name, _ in self._items)
            metadata = {"items": ids, "count": str(len(items))}
            raise UnknownItemError(". ".join(said), metadata, violations)
        if places:
            metadata = {"locations": ",".join(self._locations), "count": str(len(places))}
            raise UnknownLocationError(". ".join(said), metadata, violations)

    def _violations(self) -> Iterator[Violation]:
        for (name, kind), paths in self._items.items():
            what = "such item" if kind == "inventory_item_id" else "item with this SKU"
            for path in paths:
                yield Violation(path, f"is {shown(name)}; no {what} is known")
        for name, paths in self._locations.items():
            for path in paths:
                yield Violation(path, f"names {shown(name)}; no such location is known")


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_LISTED
    return ", ".join(names[:_MOST_LISTED]) + (f" and {more} more" if more > 0 else "")
