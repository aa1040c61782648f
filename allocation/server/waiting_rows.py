"""Units of a plan that wait for supply, as the ledger is to hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from allocation.engine_api import NO_TERMS, LineTerms, PlanningRequest
from allocation.ledger.level import LevelKey
from allocation.ledger.picture import StockPicture
from allocation.ledger.waiting import Waited, WaitRow
from allocation.plan import Plan, Reservation
from routing.ids import LineId
from routing.item import InventoryItem
from routing.quantity import Quantity, increments_from_e6
from routing.sourcing.portions import unix_s


def merged(plan: Plan) -> Plan:
    """Return the plan with one reservation for all units of a part that wait for an item.

    They leave together, when the last of them has come.
    """
    found: dict[tuple[LineId, int, str], Reservation] = {}
    for row in plan.reservations:
        if row.backordered:
            name = (row.line_id, row.part, row.item_id)
            found[name] = _together(found[name], row) if name in found else row
    if len(found) == sum(row.backordered for row in plan.reservations):
        return plan
    stocked = [row for row in plan.reservations if not row.backordered]
    rows = sorted([*stocked, *found.values()], key=lambda row: (row.line_id, row.part, row.item_id))
    return replace(plan, reservations=tuple(rows))


def waiting_rows(
    plan: Plan,
    request: PlanningRequest,
    placed_time: datetime,
    picture: StockPicture | None,
    terms: Mapping[LineId, LineTerms],
) -> tuple[WaitRow, ...]:
    """Return what of a merged plan waits.

    Parameters
    ----------
    request
        What it was planned for.
    placed_time
        Aware; when the order was placed, however long before.
    picture
        Of the ledger: which levels have supply on its way.
    terms
        What lines ask beyond what their items do.
    """
    waiting = [row for row in plan.reservations if row.backordered]
    if not waiting:
        return ()
    items = request.network.items
    return tuple(
        WaitRow(
            row.line_id,
            row.part,
            row.item_id,
            row.location_id,
            row.quantity.increments,
            _terms(
                row,
                placed_time,
                terms.get(row.line_id, NO_TERMS),
                plan,
                request,
            ),
            _supply(row, picture),
            _limit(items[row.item_id]),
        )
        for row in waiting
    )


def _together(one: Reservation, other: Reservation) -> Reservation:
    quantity = Quantity(one.quantity.increments + other.quantity.increments, one.quantity.scale)
    times = (one.expected_time, other.expected_time)
    known = [time for time in times if time is not None]
    last = max(known) if len(known) == len(times) else None
    return replace(one, quantity=quantity, expected_time=last)


def _terms(
    row: Reservation,
    placed_time: datetime,
    terms: LineTerms,
    plan: Plan,
    request: PlanningRequest,
) -> Waited:
    item = request.network.items[row.item_id]
    now = max(request.order.placed_time, request.decision_time)
    releases = [
        each for each in (item.release_time, terms.release_time) if each is not None and each > now
    ]
    release = max(releases, default=None)
    lead = None
    if item.lead_time_days is not None:
        lead = _instant(now + timedelta(days=item.lead_time_days))
        lead = lead if release is None else max(lead, _instant(release))
    return Waited(
        placed_time,
        row.expected_time,
        row.expected_time,
        release,
        lead,
        request.order.priority,
        max(terms.shelf_life_days, item.min_shelf_life_days) + _days_on_the_way(row, plan),
    )


def _days_on_the_way(row: Reservation, plan: Plan) -> int:
    """Return days from the one on which units can be picked to that of their delivery."""
    line = next(line for line in plan.lines if line.line_id == row.line_id)
    number = line.parts[row.part].shipment_number
    shipment = plan.shipments[number - 1]
    arrives: date | None = shipment.latest_delivery_date or shipment.ship_date
    if arrives is None or row.expected_time is None:
        return 0
    return max(0, (arrives - row.expected_time.date()).days)


def _supply(row: Reservation, picture: StockPicture | None) -> tuple[LevelKey, ...]:
    detailed = {} if picture is None else picture.detailed.get(row.item_id, {})
    here: Sequence[LevelKey] = [key for key in detailed if key.location_id == row.location_id]
    found = {*here, LevelKey(row.item_id, row.location_id)}
    return tuple(sorted(found, key=lambda key: key.order))


def _limit(item: InventoryItem) -> int | None:
    if item.backorder_limit_e6 is None:
        return None
    limit = increments_from_e6(item.backorder_limit_e6, item.quantity_scale)
    if limit is None:
        # What is no whole number of increments admits those below it.
        limit = item.backorder_limit_e6 * item.increments_per_unit // 1_000_000
    return limit


def _instant(time: datetime) -> datetime:
    """Return an instant as plans name it: in whole seconds, not before it."""
    return datetime.fromtimestamp(unix_s(time), tz=UTC)
