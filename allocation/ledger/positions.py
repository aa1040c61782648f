"""Levels of the ledger as purchasing looks at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from allocation.ledger.level import Level
from allocation.low_stock.fact import Position
from allocation.low_stock.find import LeadTimes, lead_time_of
from routing.counters import counted_item, is_counter_item, is_waiting_item
from routing.ids import ItemId, LocationId


def positions_of(
    levels: Iterable[Level], now: datetime, lead_times: LeadTimes
) -> tuple[Position, ...]:
    """Return a position for each item and location, lots added up.

    Lots that have expired, by UTC, are there and cannot be sold. Supply that is overdue is still
    incoming, but nobody knows that it comes soon. Of what comes, units that plans wait for are not
    to be sold again.

    Parameters
    ----------
    levels
        Of items, and of the counters of those that wait.
    """
    levels = tuple(levels)
    owed = {
        (counted_item(level.key.item_id), level.key.location_id): -level.available
        for level in levels
        if is_waiting_item(level.key.item_id)
    }
    found: dict[tuple[ItemId, LocationId], Position] = {}
    for level in levels:
        item_id, location_id, _ = level.key
        if is_counter_item(item_id):
            continue
        until = now + timedelta(days=lead_time_of(item_id, lead_times))
        waiting = owed.get((item_id, location_id), 0)
        nothing = Position(item_id, location_id, 0, 0, -waiting, -waiting)
        before = found.get((item_id, location_id), nothing)
        found[item_id, location_id] = Position(
            item_id,
            location_id,
            before.available + _sellable(level, now),
            before.safety_stock + level.buckets.safety_stock,
            before.incoming + sum(each.quantity for each in level.incoming),
            before.incoming_soon
            + sum(each.quantity for each in level.incoming if now < each.expected_time <= until),
        )
    return tuple(found.values())


def _sellable(level: Level, now: datetime) -> int:
    expired = level.expiry_date is not None and level.expiry_date < now.astimezone(UTC).date()
    return min(0, level.available) if expired else level.available
