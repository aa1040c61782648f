"""Items that are decoded when somebody asks for them: a large catalogue starts at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from allocation.server.codec.findings import Findings
from allocation.server.codec.item import decode_item
from routing.ids import ItemId
from routing.item import InventoryItem
from routing.v1 import item_pb2

LAZY_FROM: Final = 5_000
"""Items from which on it is worth while not to wait for them."""


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
