"""A plan that is about to be held, as the write that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from allocation.ledger.api import Ledger
from allocation.ledger.commands import Hold
from allocation.ledger.hold import HoldRow, Replaced
from allocation.ledger.level import LevelKey
from allocation.ledger.lots import with_lots
from allocation.ledger.serials import SerialKey
from allocation.plan import Plan, Reservation
from allocation.server.budget import Deadline
from allocation.server.codec.decision import encode_decision
from allocation.server.codec.plain_request import PlainRequest
from allocation.server.planning import KnownBetter, Planning, Prepared, encoded_answer
from allocation.server.request_decoder import DEFAULT_TTL
from allocation.server.waiting_rows import merged, waiting_rows
from allocation.v1 import allocation_service_pb2 as pb
from routing.quantity import Quantity
from routing.quick import quick

_NOTHING_MORE: Final = KnownBetter()


@quick
@dataclass(frozen=True, slots=True)
class Proposal:
    """A write; its payload is what is answered once it is done.

    Attributes
    ----------
    is_short
        Whether the plan leaves units out.
    """

    command: Hold
    is_short: bool


@quick
@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be held, whatever plan comes out of it.

    Attributes
    ----------
    message
        The order and how to plan it.
    request_id, fingerprint
        Names the call whose answer this becomes, and its content.
    plain
        What the message says, read in short; ``None`` if it was not.
    known
        What is known of stock beyond the picture.
    replaced
        The plan whose place the new one takes.
    expire_time
        When the hold runs out; ``None``: as the message says.
    """

    message: pb.AllocateRequest
    request_id: str
    fingerprint: bytes
    plain: PlainRequest | None = None
    known: KnownBetter | None = None
    replaced: Replaced | None = None
    expire_time: datetime | None = None


def propose(
    planning: Planning,
    ledger: Ledger,
    wish: Wish,
    deadline: Deadline,
    start_s: float,
    *,
    quick_only: bool = False,
) -> tuple[Prepared, Proposal]:
    """Plan what is to be held; nothing is written yet.

    Raises
    ------
    allocation.errors.EngineError, routing.errors.InvalidInputError
        There is no plan.
    """
    asked = wish.plain or wish.message
    prepared = planning.prepare(asked, deadline, wish.known, quick_only=quick_only)
    result = planning.planner.plan(prepared.request)
    known = wish.known or _NOTHING_MORE
    plan, rows = _rows(merged(result.plan), planning, ledger, known, prepared.units)
    if plan is not result.plan:
        result = replace(result, plan=plan)
    now = prepared.request.decision_time
    expire_time = wish.expire_time or now + (prepared.decoded.hold_ttl or DEFAULT_TTL)
    answer = encoded_answer(prepared, result, deadline.clock() - start_s, expire_time)
    command = Hold(
        now=now,
        request_id=wish.request_id,
        plan_id=plan.id,
        rows=rows,
        expire_time=expire_time,
        payload=answer.content,
        replaced=wish.replaced,
        decision=encode_decision(
            wish.message,
            prepared.request,
            from_ledger=True,
            shipped=planning.shipped_digest,
            counters=prepared.counters,
        ),
        capacity=result.capacity,
        waiting=waiting_rows(
            plan,
            prepared.request,
            prepared.decoded.request.order.placed_time,
            prepared.picture,
            result.terms,
        ),
        caller_fingerprint=wish.fingerprint,
    )
    return prepared, Proposal(command, answer.is_short)


def _rows(
    plan: Plan,
    planning: Planning,
    ledger: Ledger,
    known: KnownBetter,
    units: Mapping[SerialKey, LevelKey],
) -> tuple[Plan, tuple[HoldRow, ...]]:
    """Return what to hold, and the plan with the lots that this takes from."""
    stocked = [row for row in plan.reservations if not row.backordered]
    rows = tuple(
        HoldRow(
            row.line_id,
            row.part,
            LevelKey(row.item_id, row.location_id, row.lot_id),
            row.quantity.increments,
            row.serials,
        )
        for row in stocked
    )
    in_lots = [row for row in rows if planning.stock.has_lots(*row.key[:2])]
    if not in_lots:
        return plan, rows
    levels = ledger.levels(
        now=planning.now(),
        item_ids=sorted({row.key.item_id for row in in_lots}),
        location_ids=sorted({row.key.location_id for row in in_lots}),
    ).levels
    rows = tuple(each for row in rows for each in _by_lot_of_serials(row, units))
    spread = with_lots(rows, [level for level in levels if not known.has_lost(level.key)])
    scales = {row.item_id: row.quantity.scale for row in stocked}
    reservations = [
        Reservation(
            row.line_id,
            row.part,
            row.key.item_id,
            row.key.location_id,
            Quantity(row.quantity, scales[row.key.item_id]),
            lot_id=row.key.lot_id,
            serials=row.serials,
        )
        for row in spread
    ]
    reservations += [row for row in plan.reservations if row.backordered]
    return replace(plan, reservations=tuple(reservations)), spread


def _by_lot_of_serials(row: HoldRow, units: Mapping[SerialKey, LevelKey]) -> list[HoldRow]:
    """Return a row for each level that the units of a row are part of, if it names any."""
    by_level: dict[LevelKey, list[str]] = {}
    for serial in row.serials:
        level = units.get(SerialKey(row.key.item_id, serial), row.key)
        by_level.setdefault(level, []).append(serial)
    return [
        row._replace(key=level, quantity=len(serials), serials=tuple(serials))
        for level, serials in by_level.items()
    ] or [row]
