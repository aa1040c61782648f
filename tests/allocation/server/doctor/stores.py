"""Stores with something in them, for a doctor to find."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from allocation.ledger.feed import LevelRow
from allocation.ledger.hold import HoldRow
from allocation.ledger.level import LevelKey
from allocation.store.api import Store
from allocation.store.open import open_store
from routing.ids import ItemId, LineId, LocationId

MUGS = LevelKey(ItemId("mug"), LocationId("reno"))
TEA = LevelKey(ItemId("tea"), LocationId("dallas"))


@contextmanager
def opened(address: str) -> Iterator[Store]:
    """Open a store and close it again."""
    store = open_store(address)
    try:
        yield store
    finally:
        store.close()


def with_stock(address: str, now: datetime) -> None:
    """Give a store ten mugs and ten boxes of tea, reported at an instant."""
    with opened(address) as store:
        rows = [LevelRow(MUGS, 10), LevelRow(TEA, 10)]
        store.ledger.set_levels(rows, now=now, observed_time=now)


def with_hold(address: str, plan_id: str, now: datetime, *, commit: bool = False) -> None:
    """Hold one mug for a minute; commit it, if so."""
    with opened(address) as store:
        rows = [HoldRow(LineId("line-1"), 0, MUGS, 1)]
        expire_time = now + timedelta(minutes=1)
        store.ledger.hold(plan_id, rows, expire_time=expire_time, now=now)
        if commit:
            store.ledger.commit(plan_id, now=now)
