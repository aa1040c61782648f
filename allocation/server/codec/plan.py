"""Plans."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from allocation.digest import sha256_hex
from allocation.plan import (
    Plan,
    PlanBasis,
    PlanLine,
    PlanState,
    Reservation,
    UnfilledLine,
    UnfilledReason,
)
from allocation.server.codec.alternative import encode_alternative, encode_comparison
from allocation.server.codec.cost import cost_bytes
from allocation.server.codec.decimal import encode_decimal, encode_quantity
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.explanation import encode_explanation
from allocation.server.codec.proof import proof_bytes
from allocation.server.codec.shipment import NamesOnCard, latest_delivery, shipment_bytes
from allocation.server.codec.times import encode_date, encode_time, time_bytes
from allocation.server.codec.wire import decimal, nested, number, tag_of, text
from allocation.v1 import plan_pb2, reservation_pb2, unfilled_pb2
from routing.ids import LocationId, RateCardId

PLAN_STATES: Final = EnumTable(plan_pb2.PlanState, "PLAN_STATE", PlanState)
UNFILLED_REASONS: Final = EnumTable(unfilled_pb2.UnfilledReason, "UNFILLED_REASON", UnfilledReason)
_ETAG_CHARS: Final = 16
FIRST_ETAG: Final = "1"
"""Of a plan that the ledger keeps: see `stored_plan.etag_of_revision`."""


def encode_plan(plan: Plan, names: NamesOnCard, warnings: Iterable[str] = ()) -> plan_pb2.Plan:
    """Return a plan; as `plan_bytes`."""
    return plan_pb2.Plan.FromString(plan_bytes(plan, names, warnings))


def plan_bytes(
    plan: Plan,
    names: NamesOnCard,
    warnings: Iterable[str] = (),
    held_until: datetime | None = None,
) -> bytes:
    """Return the bytes of a plan.

    Parameters
    ----------
    names
        Gives carrier and service as a rate card names them.
    warnings
        What decoding the request had to say; they come before the plan's own.
    held_until
        When its hold runs out; ``None``: it is as `plan` says, and holds nothing. What differs is
        what `stored_plan.mark_held` changes.
    """
    currency, cost = plan.currency, cost_bytes(plan.cost, plan.currency)
    state, expire_time, row_state = plan.state, plan.expire_time, b""
    if held_until is not None:
        state, expire_time, row_state = PlanState.HELD, held_until, _ROW_HELD
    # Runs for every plan: plain loops, and one list of fields in the order of their numbers.
    parts = [text(_ID, plan.id), _state(state), text(_ORDER_ID, plan.order_id)]
    for shipment in plan.shipments:
        # A plan with one shipment and nothing else to pay costs what that does.
        of_plan = cost if shipment.cost is plan.cost else None
        content = shipment_bytes(shipment, currency, names, of_plan)
        parts.append(nested(_SHIPMENTS, content))
    for line in plan.lines:
        parts.append(nested(_LINES, _line(line)))  # noqa: PERF401
    for row in plan.reservations:
        parts.append(nested(_RESERVATIONS, _reservation(row) + row_state))  # noqa: PERF401
    for unfilled in plan.unfilled:
        parts.append(nested(_UNFILLED, _unfilled(unfilled)))  # noqa: PERF401
    parts += (
        nested(_COST, cost),
        nested(_PROOF, proof_bytes(plan.proof, currency)),
        nested(_BASIS, _basis(plan.basis)),
        nested(_CREATE_TIME, time_bytes(plan.create_time)),
    )
    if expire_time is not None:
        parts.append(nested(_EXPIRE_TIME, time_bytes(expire_time)))
    if plan.alternatives or plan.baseline is not None or plan.explanation is not None:
        parts.append(_compared(plan, names))
    for warning in (*warnings, *plan.warnings):
        # Not `text`: an entry that is empty would still be one.
        parts.append(nested(_WARNINGS, warning.encode()))
    content = b"".join(parts)
    latest = _latest(latest_delivery(plan.shipments))
    if held_until is not None:
        return content + text(_ETAG, FIRST_ETAG) + latest
    # A digest of everything else.
    etag = sha256_hex(content + latest)[:_ETAG_CHARS]
    return content + text(_ETAG, etag) + latest


def _tag(field: str) -> bytes:
    return tag_of(plan_pb2.Plan, field)


_ID: Final = _tag("id")
_ORDER_ID: Final = _tag("order_id")
_SHIPMENTS: Final = _tag("shipments")
_LINES: Final = _tag("lines")
_RESERVATIONS: Final = _tag("reservations")
_UNFILLED: Final = _tag("unfilled")
_COST: Final = _tag("cost")
_PROOF: Final = _tag("proof")
_BASIS: Final = _tag("basis")
_CREATE_TIME: Final = _tag("create_time")
_EXPIRE_TIME: Final = _tag("expire_time")
_WARNINGS: Final = _tag("warnings")
_ETAG: Final = _tag("etag")


@lru_cache
def _state(state: PlanState) -> bytes:
    return plan_pb2.Plan(state=PLAN_STATES.encode(state)).SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 10)
def _latest(day: date | None) -> bytes:
    message = plan_pb2.Plan(latest_delivery_date=None if day is None else encode_date(day))
    return message.SerializeToString(deterministic=True)


def _compared(plan: Plan, names: NamesOnCard) -> bytes:
    """Return what stands beside a plan: other plans, the caller's own, and why it is as it is."""
    currency = plan.currency
    message = plan_pb2.Plan(
        alternatives=[encode_alternative(each, currency, names) for each in plan.alternatives]
    )
    if plan.baseline is not None:
        message.baseline.CopyFrom(encode_comparison(plan.baseline, currency))
    if plan.explanation is not None:
        message.explanation.CopyFrom(encode_explanation(plan.explanation, currency, names))
    return message.SerializeToString(deterministic=True)


def _line(line: PlanLine) -> bytes:
    parts = [text(_LINE_ID, line.line_id), decimal(_QUANTITY, line.quantity)]
    for part in line.parts:
        quantity = part.quantity
        parts.append(
            _part(
                part.location_id,
                quantity.increments,
                quantity.scale,
                part.shipment_number,
                part.backordered,
            )
        )
    if line.substitute_item_id:
        parts.append(text(_SUBSTITUTE, line.substitute_item_id))
    return b"".join(parts)


_LINE_ID: Final = tag_of(plan_pb2.PlanLine, "line_id")
_QUANTITY: Final = tag_of(plan_pb2.PlanLine, "quantity")
_SUBSTITUTE: Final = tag_of(plan_pb2.PlanLine, "substitute_item_id")


@lru_cache(maxsize=1 << 13)
def _part(
    location_id: LocationId,
    increments: int,
    scale: int,
    shipment_number: int,
    backordered: bool,  # of a key
) -> bytes:
    part = plan_pb2.LinePart(
        location_id=location_id,
        quantity=encode_decimal(increments, scale),
        shipment_number=shipment_number,
        backordered=backordered,
    )
    return plan_pb2.PlanLine(parts=[part]).SerializeToString(deterministic=True)


def _reservation(row: Reservation) -> bytes:
    content = (
        text(_ROW_LINE_ID, row.line_id)
        + number(_ROW_PART, row.part)
        + text(_ROW_ITEM_ID, row.item_id)
        + text(_ROW_LOCATION_ID, row.location_id)
        + decimal(_ROW_QUANTITY, row.quantity)
    )
    if row.lot_id or row.serials or row.backordered or row.expected_time is not None:
        expected = row.expected_time
        content += reservation_pb2.Reservation(
            lot_id=row.lot_id or "",
            serials=row.serials,
            backordered=row.backordered,
            expected_time=None if expected is None else encode_time(expected),
        ).SerializeToString(deterministic=True)
    return content


_ROW_LINE_ID: Final = tag_of(reservation_pb2.Reservation, "line_id")
_ROW_PART: Final = tag_of(reservation_pb2.Reservation, "part")
_ROW_ITEM_ID: Final = tag_of(reservation_pb2.Reservation, "inventory_item_id")
_ROW_LOCATION_ID: Final = tag_of(reservation_pb2.Reservation, "location_id")
_ROW_QUANTITY: Final = tag_of(reservation_pb2.Reservation, "quantity")
_ROW_HELD: Final = number(
    tag_of(reservation_pb2.Reservation, "state"), reservation_pb2.RESERVATION_STATE_HELD
)
"""The last field of a reservation."""


def _unfilled(line: UnfilledLine) -> bytes:
    return unfilled_pb2.UnfilledLine(
        line_id=line.line_id,
        quantity=encode_quantity(line.quantity),
        reason=UNFILLED_REASONS.encode(line.reason),
        detail=line.detail,
        remedies=line.remedies,
    ).SerializeToString(deterministic=True)


def _basis(basis: PlanBasis) -> bytes:
    content = _rules(basis.rule_set_revision, basis.network_version)
    content += number(_STOCK_VERSION, basis.stock_version)
    for use in basis.rate_cards:
        content += _rate_card(use.rate_card_id, use.effective_from, use.source)
    return content


_STOCK_VERSION: Final = tag_of(plan_pb2.PlanBasis, "stock_version")


@lru_cache
def _rules(rule_set_revision: str, network_version: int) -> bytes:
    return plan_pb2.PlanBasis(
        rule_set_revision=rule_set_revision, network_version=network_version
    ).SerializeToString(deterministic=True)


@lru_cache(maxsize=1 << 10)
def _rate_card(card_id: RateCardId, effective_from: date, source: str) -> bytes:
    message = plan_pb2.RateCardUse(
        rate_card_id=card_id, effective_from=encode_date(effective_from), source=source
    )
    return plan_pb2.PlanBasis(rate_cards=[message]).SerializeToString(deterministic=True)
