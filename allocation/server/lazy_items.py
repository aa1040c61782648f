"""Items that are read when somebody asks for them: a large catalogue starts at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Final

from allocation.server.codec.findings import Findings
from allocation.server.codec.item import decode_item
from routing.ids import ItemId
from routing.item import InventoryItem
from routing.v1 import item_pb2

LAZY_FROM: Final = 5_000
"""Items from which on it is worth while not to wait for them."""


class LazyMessages(Mapping[str, item_pb2.InventoryItem]):
    """Messages that are parsed when somebody asks for them; safe to use from many threads.

    Parameters
    ----------
    contents
        Messages as they were serialized, by id.
    """

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        self._known: dict[str, bytes | item_pb2.InventoryItem] = dict(contents)

    def __getitem__(self, item_id: str) -> item_pb2.InventoryItem:
        found = self._known[item_id]
        if isinstance(found, bytes):
            # Of two threads that parse it at the same time, either may win.
            found = self._known[item_id] = item_pb2.InventoryItem.FromString(found)
        return found

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


class LazySkus(Mapping[str, ItemId]):
    """Ids of items by SKU, read from all of them when somebody asks for the first one.

    Parameters
    ----------
    messages
        By id.
    """

    def __init__(self, messages: Mapping[str, item_pb2.InventoryItem]) -> None:
        self._messages = messages

    @cached_property
    def by_sku(self) -> Mapping[str, ItemId]:
        """Everything, worked out by whoever asks first."""
        return {
            message.sku: ItemId(message.id) for message in self._messages.values() if message.sku
        }

    def __getitem__(self, sku: str) -> ItemId:
        return self.by_sku[sku]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_sku)

    def __len__(self) -> int:
        return len(self.by_sku)


class LazyItems(Mapping[ItemId, InventoryItem]):
    """A mapping of items that were checked when they were put; safe to use from many threads.

    Parameters
    ----------
    messages
        By id.
    currencies
        Of the rate cards.
    """

    def __init__(
        self, messages: Mapping[str, item_pb2.InventoryItem], currencies: frozenset[str]
    ) -> None:
        self._messages = messages
        self._currencies = currencies
        self._decoded: dict[str, InventoryItem] = {}

    def __getitem__(self, item_id: ItemId) -> InventoryItem:
        """Return an item.

        Raises
        ------
        allocation.errors.InvalidRequestError
            It was put by a program that takes what this one does not.
        """
        found = self._decoded.get(item_id)
        return self._decode(item_id) if found is None else found

    def __contains__(self, item_id: object) -> bool:
        return item_id in self._messages

    def __iter__(self) -> Iterator[ItemId]:
        return map(ItemId, self._messages)

    def __len__(self) -> int:
        return len(self._messages)

    def _decode(self, item_id: ItemId) -> InventoryItem:
        findings = Findings()
        path = f"items[{item_id}]"
        item = decode_item(self._messages[item_id], path, findings, self._currencies)
        findings.raise_if_refused()
        if item is None:
            raise KeyError(item_id)
        self._decoded[item_id] = item
        return item
