"""From a plan to the figures that a backtest keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from allocation.backtest.outcome import (
    Compared,
    LeftOut,
    OrderOutcome,
    ShipmentOutcome,
    ShippedPart,
    Take,
)
from allocation.optimize.solution import ProofStatus
from allocation.plan import Plan, PlannedShipment
from routing.daily_capacity import CapacityTake
from routing.order import Order
from routing.quantity import E6, Quantity


def observe(order: Order, plan: Plan, counted: tuple[CapacityTake, ...] = ()) -> OrderOutcome:
    """Return what a plan came to, and what it took of the days of locations."""
    parts = tuple(
        ShippedPart(line.line_id, part.location_id, _e6(part.quantity))
        for line in plan.lines
        for part in line.parts
    )
    left_out = tuple(
        LeftOut(each.line_id, _e6(each.quantity), each.reason.value, each.detail)
        for each in plan.unfilled
    )
    ordered_e6 = sum(_e6(line.quantity) for line in plan.lines)
    short = {each.line_id for each in left_out}
    last = _last_delivery(plan.shipments)
    return OrderOutcome(
        cost=plan.cost,
        shipments=tuple(_shipment(plan, each) for each in plan.shipments),
        parts=parts,
        takes=_takes(plan),
        counted=counted,
        left_out=left_out,
        lines=len(plan.lines),
        lines_filled=sum(line.line_id not in short for line in plan.lines),
        units_e6=ordered_e6,
        units_filled_e6=ordered_e6 - sum(each.quantity_e6 for each in left_out),
        late=_late(order, plan, last),
        delivery_days=None if last is None else (last - order.placed_time.date()).days,
        optimal=plan.proof.status is ProofStatus.OPTIMAL,
        bound_minor=plan.proof.lower_bound_minor,
        baseline=_compared(plan),
        sentences=() if plan.explanation is None else plan.explanation.sentences,
    )


def _e6(quantity: Quantity) -> int:
    return quantity.increments * E6 // int(10**quantity.scale)


def _takes(plan: Plan) -> tuple[Take, ...]:
    return tuple(
        Take(
            row.item_id,
            row.location_id,
            row.quantity.increments,
            row.lot_id,
            row.serials,
            row.backordered,
        )
        for row in plan.reservations
    )


def _shipment(plan: Plan, shipment: PlannedShipment) -> ShipmentOutcome:
    held = [
        _e6(part.quantity)
        for line in plan.lines
        for part in line.parts
        if part.shipment_number == shipment.number
    ]
    return ShipmentOutcome(
        location_id=shipment.location_id,
        carrier=shipment.carrier,
        service=shipment.service,
        units_e6=sum(held),
        lines=len(held),
        distance_m=shipment.distance_m,
        latest_delivery_date=shipment.latest_delivery_date,
        cost_minor=shipment.cost.total_minor,
    )


def _last_delivery(shipments: Iterable[PlannedShipment]) -> date | None:
    """Return the day on which the last shipment arrives at the latest, if all are known."""
    days = [each.latest_delivery_date for each in shipments]
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None


def _late(order: Order, plan: Plan, last: date | None) -> bool | None:
    if order.deliver_by is None or not plan.shipments:
        return None
    return last is None or last > order.deliver_by


def _compared(plan: Plan) -> Compared | None:
    if plan.baseline is None:
        return None
    cost = plan.baseline.cost
    return Compared(None if cost is None else cost.total_minor, plan.baseline.problems)
