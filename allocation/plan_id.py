"""Ids of plans."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from allocation.digest import sha256_hex
from allocation.engine_api import PlanningRequest
from allocation.plan import PlanBasis, PlanLine, PlannedShipment, Reservation, UnfilledLine

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_TIME_DIGITS: Final = 11
_DIGEST_DIGITS: Final = 15


def plan_id_of(
    request: PlanningRequest,
    basis: PlanBasis,
    lines: tuple[PlanLine, ...],
    shipments: tuple[PlannedShipment, ...],
    reservations: tuple[Reservation, ...],
    unfilled: tuple[UnfilledLine, ...],
) -> str:
    """Derive the id from the decision: the same decision has the same id.

    It begins with the time, so that what a store keeps by it, of plans that are made at the same
    time, is in the same place.
    """
    content = (
        request.request_id,
        request.order.id,
        request.decision_time.isoformat(),
        basis.rule_set_revision,
        basis.network_version,
        basis.stock_version,
        [
            (line.line_id, part.location_id, part.quantity.increments, part.shipment_number)
            for line in lines
            for part in line.parts
        ],
        [
            (
                each.carrier,
                each.service,
                each.ship_date.toordinal() if each.ship_date else None,
                each.cost.total_minor,
            )
            for each in shipments
        ],
        [
            (row.line_id, row.part, row.lot_id, row.serials, row.quantity.increments)
            for row in reservations
            if row.lot_id or row.serials or row.backordered
        ],
        [(line.line_id, line.quantity.increments) for line in unfilled],
    )
    digest = sha256_hex(repr(content).encode())[:_DIGEST_DIGITS]
    return f"pln_{_since_epoch_ms(request.decision_time):0{_TIME_DIGITS}x}{digest}"


def _since_epoch_ms(time: datetime) -> int:
    return max(0, (time - _EPOCH) // _MILLISECOND)
