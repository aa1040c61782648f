"""Units with serials as the contract shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allocation.ledger.serials import SerialClaim
from allocation.v1 import stock_service_pb2 as pb


def encode_serials(claims: Iterable[SerialClaim], now: datetime) -> list[pb.SerialUnit]:
    """Return units, by serial, as they are at an aware time."""
    return [_encode(claim, now) for claim in sorted(claims, key=lambda claim: claim.key)]


def _encode(claim: SerialClaim, now: datetime) -> pb.SerialUnit:
    has_plan = claim.is_promised(now)
    place = claim.place
    return pb.SerialUnit(
        serial=claim.key.serial,
        state=_state(claim, has_plan=has_plan),
        location_id="" if place is None else place.location_id,
        lot_id="" if place is None else place.lot_id or "",
        plan_id=(claim.plan_id or "") if has_plan else "",
    )


def _state(claim: SerialClaim, *, has_plan: bool) -> pb.SerialState.ValueType:
    if claim.shipped:
        return pb.SERIAL_STATE_GONE
    if has_plan:
        return pb.SERIAL_STATE_PROMISED
    if claim.place is None:
        return pb.SERIAL_STATE_NOWHERE
    return pb.SERIAL_STATE_SET_ASIDE if claim.set_aside else pb.SERIAL_STATE_THERE
