"""What a transaction need not look after while nobody else can write."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from allocation.ledger.level import LevelKey
from routing.ids import ItemId, LotId


class OnlyWriter:
    """Part of a `core.transaction.Transaction` of a store with one writer at a time."""

    def lock_plans(self, keys: Collection[LevelKey], now: datetime) -> None:
        """Do nothing: nobody else can write."""
        del keys, now

    def confirm_waiting(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Do nothing: nobody else can have written."""
        del keys, known

    def confirm_lot(self, keys: Collection[LevelKey], known: Collection[str]) -> None:
        """Do nothing: nobody else can have written."""
        del keys, known

    def take_turns_with_recalls(self, lots: Collection[tuple[ItemId, LotId]]) -> None:
        """Do nothing: nobody else can write."""
        del lots

    def lock_lot(self, item_id: ItemId, lot_id: LotId) -> None:
        """Do nothing: nobody else can write."""
        del item_id, lot_id
