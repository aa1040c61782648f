"""Plans that the ledger keeps: what goes in, and what they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from allocation.ledger.hold import HeldPlan, HeldRow, RowName
from allocation.ledger.level import LevelKey
from allocation.ledger.states import HoldState
from allocation.ledger.waiting import waiting_key
from allocation.server.codec.decimal import E6_SCALE, encode_decimal
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.times import encode_time
from allocation.v1 import allocation_service_pb2, plan_pb2, reservation_pb2
from routing.counters import counted_item, waiting_item
from routing.ids import ItemId, LineId, LocationId, LotId

PLAN_STATES: Final = EnumTable(plan_pb2.PlanState, "PLAN_STATE", HoldState)
RESERVATION_STATES: Final = EnumTable(
    reservation_pb2.ReservationState, "RESERVATION_STATE", HoldState
)


def etag_of_revision(revision: int) -> str:
    """Return the etag of a stored plan."""
    return str(revision)


def revision_of_etag(etag: str) -> int | None:
    """Return the revision that an etag stands for, 0 for none that ever was; ``None`` if empty."""
    if not etag:
        return None
    # Not every digit is one of ours: '²' is none, and '01' is another text than '1'.
    return int(etag) if etag.isascii() and etag.isdigit() and etag[0] != "0" else 0


def mark_held(message: plan_pb2.Plan, expire_time: datetime) -> None:
    """Turn a plan that reserves nothing into the one that is about to be held."""
    message.state = plan_pb2.PLAN_STATE_HELD
    message.etag = etag_of_revision(1)
    message.expire_time.CopyFrom(encode_time(expire_time))
    for row in message.reservations:
        row.state = reservation_pb2.RESERVATION_STATE_HELD


def first_answer(plan: HeldPlan) -> allocation_service_pb2.AllocateResponse:
    """Return the answer that a plan was first given with."""
    return allocation_service_pb2.AllocateResponse.FromString(plan.payload)


def current_plan(plan: HeldPlan) -> plan_pb2.Plan:
    """Return a plan as it is now: its state, expiry, etag, and what became of its units."""
    message = first_answer(plan).plan
    message.state = PLAN_STATES.encode(plan.state)
    message.etag = etag_of_revision(plan.revision)
    message.replaced_by_plan_id = plan.replaced_by
    if plan.state is HoldState.HELD:
        message.expire_time.CopyFrom(encode_time(plan.expire_time))
    else:
        message.ClearField("expire_time")
    by_name: dict[RowName, list[HeldRow]] = {}
    for row in plan.rows:
        by_name.setdefault(_name_when_held(row), []).append(row)
    current = [each for given in message.reservations for each in _reservations(given, by_name)]
    del message.reservations[:]
    message.reservations.extend(current)
    waiting = {(row.line_id, row.part) for row in plan.rows if row.is_waiting}
    for line in message.lines:
        for number, part in enumerate(line.parts):
            part.backordered = (line.line_id, number) in waiting
    return message


def name_of(reservation: reservation_pb2.Reservation) -> RowName:
    """Return what a reservation was called in the ledger when it was held."""
    item_id, location_id = ItemId(reservation.inventory_item_id), reservation.location_id
    key = LevelKey(
        waiting_item(item_id) if reservation.backordered else item_id,
        LocationId(location_id),
        LotId(reservation.lot_id) if reservation.lot_id else None,
    )
    return RowName(LineId(reservation.line_id), reservation.part, key)


def _name_when_held(row: HeldRow) -> RowName:
    """Return what a row was called before its units were given stock, if they waited."""
    if row.waited is None:
        return row.name
    item_id = counted_item(row.key.item_id)
    return RowName(row.line_id, row.part, waiting_key(item_id, row.key.location_id))


def _reservations(
    given: reservation_pb2.Reservation, by_name: dict[RowName, list[HeldRow]]
) -> Iterator[reservation_pb2.Reservation]:
    """Yield what has become of a reservation, one row for each part of its units."""
    rows: Sequence[HeldRow] = by_name.get(name_of(given), ())
    if len(rows) <= 1:
        if rows:
            _tell(given, rows[0])
        yield given
        return
    total_e6 = int(Decimal(given.quantity.value).scaleb(E6_SCALE))
    increment_e6 = total_e6 // sum(row.quantity for row in rows)
    for row in rows:
        part = reservation_pb2.Reservation()
        part.CopyFrom(given)
        part.quantity.CopyFrom(encode_decimal(row.quantity * increment_e6, E6_SCALE))
        _tell(part, row)
        yield part


def _tell(reservation: reservation_pb2.Reservation, row: HeldRow) -> None:
    """Say what has become of a row, and what was really picked."""
    reservation.state = RESERVATION_STATES.encode(row.state)
    lot_id = row.picked_lot_id or row.key.lot_id
    if lot_id is not None:
        reservation.lot_id = lot_id
    reservation.backordered = row.is_waiting
    reservation.ClearField("expected_time")
    if row.is_waiting and row.waited is not None and row.waited.expected_time is not None:
        reservation.expected_time.CopyFrom(encode_time(row.waited.expected_time))
    del reservation.serials[:]
    reservation.serials.extend(row.serials)
