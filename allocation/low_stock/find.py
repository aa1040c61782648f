"""Find what runs low."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from allocation.low_stock.classes import abc_classes
from allocation.low_stock.demand import (
    DEFAULT_LEAD_TIME_DAYS,
    WINDOW_DAYS,
    LeadTimeDemand,
    WeekDemand,
)
from allocation.low_stock.fact import AbcClass, LowStockFact, Position, StockState
from allocation.low_stock.risk import stockout_risk_percent
from allocation.low_stock.transfers import suggest
from routing.ids import ItemId, LocationId

LeadTimes = Mapping[ItemId, int]
"""Days that supply of an item takes; others take `DEFAULT_LEAD_TIME_DAYS`."""


def find_low_stock(
    positions: Iterable[Position], demand: Sequence[WeekDemand], lead_times: LeadTimes
) -> tuple[LowStockFact, ...]:
    """Return a fact for each position, in the order of (item, location).

    Parameters
    ----------
    positions
        Of some items, at all locations: transfers are between these.
    demand
        Of *all* items, at all locations: classes are shares of it.
    """
    weeks: dict[tuple[ItemId, LocationId], list[int]] = {}
    sold: dict[ItemId, int] = {}
    for each in demand:
        weeks.setdefault((each.item_id, each.location_id), []).append(each.increments)
        sold[each.item_id] = sold.get(each.item_id, 0) + each.increments
    classes = abc_classes(sold)
    by_item: dict[ItemId, list[LowStockFact]] = {}
    for position in sorted(positions, key=lambda each: (each.item_id, each.location_id)):
        sales = weeks.get((position.item_id, position.location_id), [])
        fact = judge(position, sales, lead_time_of(position.item_id, lead_times))
        by_item.setdefault(position.item_id, []).append(fact)
    return tuple(
        replace(
            fact,
            abc_class=classes.get(item_id, AbcClass.C),
            transfers=shares.get(fact.position.location_id, ()),
        )
        for item_id, facts in by_item.items()
        for shares in [suggest(facts)]
        for fact in facts
    )


def lead_time_of(item_id: ItemId, lead_times: LeadTimes) -> int:
    """Return the days of an item's lead time, at least 1."""
    return max(1, lead_times.get(item_id, DEFAULT_LEAD_TIME_DAYS))


def judge(position: Position, weeks: Sequence[int], lead_time_days: int) -> LowStockFact:
    """Return what one level's own figures say, without class and transfers.

    Parameters
    ----------
    weeks
        Increments fulfilled per week; weeks without any may be left out.
    """
    demand = LeadTimeDemand.of(weeks, lead_time_days)
    # What is kept back is not available, and so a part of the buffer already.
    buffer = max(0, demand.buffer - position.safety_stock)
    reorder_point = demand.expected + buffer
    available = position.available
    soon = available + position.incoming_soon
    return LowStockFact(
        position=position,
        sold=demand.total,
        lead_time_days=lead_time_days,
        reorder_point=reorder_point,
        days_of_cover=max(0, available) * WINDOW_DAYS // demand.total if demand.total else None,
        stockout_risk_percent=stockout_risk_percent(demand, soon),
        state=_state(available, available + position.incoming, reorder_point),
    )


def _state(available: int, with_incoming: int, reorder_point: int) -> StockState:
    if available <= 0:
        return StockState.OUT
    return StockState.REORDER if with_incoming <= reorder_point else StockState.ENOUGH
