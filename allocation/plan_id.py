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
    # What `repr` writes of tuples and lists of these, at less than half of the price.
    parts = ", ".join(
        [
            f"({line.line_id!r}, {part.location_id!r}, {part.quantity.increments}, "
            f"{part.shipment_number})"
            for line in lines
            for part in line.parts
        ]
    )
    shipped = ", ".join(
        [
            f"({each.carrier!r}, {each.service!r}, "
            f"{each.ship_date.toordinal() if each.ship_date else None}, {each.cost.total_minor})"
            for each in shipments
        ]
    )
    particular = ", ".join(
        [
            f"({row.line_id!r}, {row.part}, {row.lot_id!r}, {row.serials!r}, "
            f"{row.quantity.increments})"
            for row in reservations
            if row.lot_id or row.serials or row.backordered
        ]
    )
    left_out = ", ".join([f"({line.line_id!r}, {line.quantity.increments})" for line in unfilled])
    content = (
        f"({request.request_id!r}, {request.order.id!r}, {request.decision_time.isoformat()!r}, "
        f"{basis.rule_set_revision!r}, {basis.network_version}, {basis.stock_version}, "
        f"[{parts}], [{shipped}], [{particular}], [{left_out}])"
    )
    digest = sha256_hex(content.encode())[:_DIGEST_DIGITS]
    return f"pln_{_since_epoch_ms(request.decision_time):0{_TIME_DIGITS}x}{digest}"


def _since_epoch_ms(time: datetime) -> int:
    return max(0, (time - _EPOCH) // _MILLISECOND)
