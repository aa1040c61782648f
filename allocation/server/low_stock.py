"""What runs low in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.ledger.api import Ledger
from allocation.ledger.positions import positions_of
from allocation.low_stock.demand import WeekDemand
from allocation.low_stock.fact import LowStockFact, StockState
from allocation.low_stock.find import LeadTimes, find_low_stock
from allocation.server.codec.low_stock import encode_fact
from allocation.server.network_store import NetworkStore
from allocation.server.paging import asked_page, encode_token
from allocation.v1 import stock_service_pb2 as pb
from routing.counters import is_counter_item, waiting_item
from routing.ids import ItemId, LocationId

_ITEMS_A_READ: Final = 100
"""Items whose levels are read at a time."""


@dataclass(frozen=True, slots=True)
class LowStock:
    """Reads levels and demand, and says what they come to; its methods block meanwhile.

    Attributes
    ----------
    ledger
        Keeps levels and what has left.
    network
        Says how long supply of items takes.
    now
        Wall clock: aware UTC datetimes.
    """

    ledger: Ledger
    network: NetworkStore
    now: Callable[[], datetime]

    def of_items(self, item_ids: Sequence[ItemId]) -> tuple[LowStockFact, ...]:
        """Return the facts of some items; classes are as if there were no others."""
        now = self.now()
        return self._facts(item_ids, self.ledger.demand(now=now, item_ids=item_ids), now)

    def page(
        self, message: pb.ListLowStockRequest, items: Sequence[ItemId], places: set[LocationId]
    ) -> pb.ListLowStockResponse:
        """Return a page of facts.

        Parameters
        ----------
        items, places
            Those that the request names; none means all.

        Raises
        ------
        InvalidRequestError
            The page is none.
        """
        size, last_id = asked_page(message.page_size, message.page_token)
        facts: list[LowStockFact] = []
        for found in self._by_item(items, ItemId(last_id) if last_id else None):
            facts += [
                fact
                for fact in found
                if (message.with_enough or fact.state is not StockState.ENOUGH)
                and (not places or fact.position.location_id in places)
            ]
            if len(facts) >= size:
                last = found[-1].position.item_id
                return self._response(facts, encode_token(last))
        return self._response(facts, "")

    def _by_item(
        self, items: Sequence[ItemId], after: ItemId | None
    ) -> Iterator[tuple[LowStockFact, ...]]:
        """Yield the facts of one item after the other, in the order of their ids."""
        now = self.now()
        demand = self.ledger.demand(now=now)
        for some in self._some_items(items, after):
            facts = self._facts(some, demand, now)
            for item_id in some:
                own = tuple(fact for fact in facts if fact.position.item_id == item_id)
                if own:
                    yield own

    def _some_items(
        self, items: Sequence[ItemId], after: ItemId | None
    ) -> Iterator[Sequence[ItemId]]:
        if items:
            wanted = sorted({each for each in items if after is None or each > after})
            for start in range(0, len(wanted), _ITEMS_A_READ):
                yield wanted[start : start + _ITEMS_A_READ]
            return
        while some := self.ledger.item_ids(after=after, limit=_ITEMS_A_READ):
            after = some[-1]
            counted = [each for each in some if not is_counter_item(each)]
            if counted:
                yield counted

    def _facts(
        self, items: Sequence[ItemId], demand: Sequence[WeekDemand], now: datetime
    ) -> tuple[LowStockFact, ...]:
        lead_times = self._lead_times(items)
        # With what plans wait for.
        asked = [*items, *map(waiting_item, items)]
        levels = self.ledger.levels(now=now, item_ids=asked).levels
        return find_low_stock(positions_of(levels, now, lead_times), demand, lead_times)

    def _lead_times(self, item_ids: Sequence[ItemId]) -> LeadTimes:
        items = self.network.state.network.items
        return {
            each: days
            for each in item_ids
            if each in items and (days := items[each].lead_time_days) is not None
        }

    def _response(self, facts: Sequence[LowStockFact], token: str) -> pb.ListLowStockResponse:
        items = self.network.state.network.items
        return pb.ListLowStockResponse(
            facts=[encode_fact(fact, items) for fact in facts], next_page_token=token
        )
