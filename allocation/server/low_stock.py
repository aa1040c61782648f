"""What runs low in the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.errors import InvalidRequestError
from allocation.ledger.api import Ledger
from allocation.ledger.positions import positions_of
from allocation.low_stock.demand import WeekDemand
from allocation.low_stock.fact import LowStockFact, StockState
from allocation.low_stock.find import LeadTimes, find_low_stock
from allocation.server.codec.findings import shown
from allocation.server.codec.low_stock import encode_fact
from allocation.server.network_store import NetworkStore
from allocation.server.paging import DEFAULT_PAGE_SIZE, MOST_PAGE_SIZE, decode_token, encode_token
from allocation.v1 import stock_service_pb2 as pb
from routing.counters import is_counter_item, waiting_item
from routing.errors import Violation
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
        size, after = _page_of(message)
        facts: list[LowStockFact] = []
        for found in self._by_item(items, after):
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


def _page_of(message: pb.ListLowStockRequest) -> tuple[int, ItemId | None]:
    """Return how many facts a page has at least, and after which item it begins."""
    violations = []
    if not 0 <= message.page_size <= MOST_PAGE_SIZE:
        given = f"is {message.page_size}; it must lie in [0, {MOST_PAGE_SIZE}]"
        violations.append(Violation("page_size", given))
    after = decode_token(message.page_token)
    if after is None:
        given = (
            f"is {shown(message.page_token)}; give next_page_token of the page before, or nothing"
        )
        violations.append(Violation("page_token", given))
    if violations:
        raise InvalidRequestError(violations)
    return message.page_size or DEFAULT_PAGE_SIZE, ItemId(after) if after else None
