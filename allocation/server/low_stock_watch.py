"""Crossings: levels that reach their reorder point, run out or come back, told to a watcher."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from allocation.ledger.level import LevelKey
from allocation.low_stock.fact import LowStockFact, StockState
from allocation.server.codec.low_stock import STATES, encode_fact
from allocation.server.low_stock import LowStock
from allocation.v1 import low_stock_pb2 as pb
from routing.counters import is_counter_item
from routing.ids import ItemId, LocationId

Place = tuple[ItemId, LocationId]
Facts = dict[Place, LowStockFact]


class Crossings:
    """What one watcher was told of.

    Remembers only what is low: a watcher that resumes hears once more of what is, and never
    misses what came to be meanwhile.

    Parameters
    ----------
    low_stock
        Says what runs low.
    """

    def __init__(self, low_stock: LowStock) -> None:
        self._low_stock = low_stock
        self._told: dict[Place, StockState] = {}

    def facts(self, keys: Iterable[LevelKey]) -> Facts:
        """Return the facts of the items of these levels; blocks while the store works."""
        items = sorted({key.item_id for key in keys if not is_counter_item(key.item_id)})
        found: Sequence[LowStockFact] = self._low_stock.of_items(items) if items else ()
        return {(fact.position.item_id, fact.position.location_id): fact for fact in found}

    def crossed(self, key: LevelKey, facts: Facts) -> pb.LowStockEvent | None:
        """Return what to say of a level that has changed; ``None`` if it has not crossed."""
        place = key.item_id, key.location_id
        fact = facts.get(place)
        before = self._told.get(place)
        if fact is None or fact.state is (before or StockState.ENOUGH):
            return None
        if fact.state is StockState.ENOUGH:
            del self._told[place]
        else:
            self._told[place] = fact.state
        items = self._low_stock.network.state.network.items
        return pb.LowStockEvent(
            previous_state=pb.LOW_STOCK_STATE_UNSPECIFIED
            if before is None
            else STATES.encode(before),
            fact=encode_fact(fact, items, with_class=False),
        )
