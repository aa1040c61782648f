"""Plans."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from allocation.plan import (
    LinePart,
    Plan,
    PlanBasis,
    PlanLine,
    PlanState,
    Reservation,
    UnfilledLine,
    UnfilledReason,
)
from allocation.server.codec.alternative import encode_alternative, encode_comparison
from allocation.server.codec.cost import encode_cost
from allocation.server.codec.decimal import encode_quantity
from allocation.server.codec.enums import EnumTable
from allocation.server.codec.explanation import encode_explanation
from allocation.server.codec.proof import encode_proof
from allocation.server.codec.shipment import NamesOnCard, delivery_dates, encode_shipment
from allocation.server.codec.times import encode_date, encode_time
from allocation.v1 import plan_pb2, reservation_pb2, unfilled_pb2

PLAN_STATES: Final = EnumTable(plan_pb2.PlanState, "PLAN_STATE", PlanState)
UNFILLED_REASONS: Final = EnumTable(unfilled_pb2.UnfilledReason, "UNFILLED_REASON", UnfilledReason)
_ETAG_CHARS: Final = 16


def encode_plan(plan: Plan, names: NamesOnCard, warnings: Iterable[str] = ()) -> plan_pb2.Plan:
    """Return a plan.

    Parameters
    ----------
    names
        Gives carrier and service as a rate card names them.
    warnings
        What decoding the request had to say; they come before the plan's own.
    """
    currency = plan.currency
    message = plan_pb2.Plan(
        id=plan.id,
        state=PLAN_STATES.encode(plan.state),
        order_id=plan.order_id,
        shipments=[encode_shipment(each, currency, names) for each in plan.shipments],
        lines=[_line(each) for each in plan.lines],
        reservations=[_reservation(each) for each in plan.reservations],
        unfilled=[_unfilled(each) for each in plan.unfilled],
        cost=encode_cost(plan.cost, currency),
        proof=encode_proof(plan.proof, currency),
        basis=_basis(plan.basis),
        create_time=encode_time(plan.create_time),
        alternatives=[encode_alternative(each, currency, names) for each in plan.alternatives],
        warnings=[*warnings, *plan.warnings],
    )
    if plan.expire_time is not None:
        message.expire_time.CopyFrom(encode_time(plan.expire_time))
    if plan.baseline is not None:
        message.baseline.CopyFrom(encode_comparison(plan.baseline, currency))
    if plan.explanation is not None:
        message.explanation.CopyFrom(encode_explanation(plan.explanation, currency))
    _, latest = delivery_dates(plan.shipments)
    if latest is not None:
        message.latest_delivery_date.CopyFrom(encode_date(latest))
    message.etag = etag_of(message)
    return message


def etag_of(message: plan_pb2.Plan) -> str:
    """Return a digest of everything in a plan that has no etag yet."""
    content = message.SerializeToString(deterministic=True)
    return hashlib.sha256(content).hexdigest()[:_ETAG_CHARS]


def _line(line: PlanLine) -> plan_pb2.PlanLine:
    return plan_pb2.PlanLine(
        line_id=line.line_id,
        quantity=encode_quantity(line.quantity),
        parts=[_part(part) for part in line.parts],
        substitute_item_id=line.substitute_item_id or "",
    )


def _part(part: LinePart) -> plan_pb2.LinePart:
    return plan_pb2.LinePart(
        location_id=part.location_id,
        quantity=encode_quantity(part.quantity),
        shipment_number=part.shipment_number,
        backordered=part.backordered,
    )


def _reservation(row: Reservation) -> reservation_pb2.Reservation:
    return reservation_pb2.Reservation(
        line_id=row.line_id,
        part=row.part,
        inventory_item_id=row.item_id,
        location_id=row.location_id,
        quantity=encode_quantity(row.quantity),
        backordered=row.backordered,
        lot_id=row.lot_id or "",
        serials=row.serials,
        expected_time=None if row.expected_time is None else encode_time(row.expected_time),
    )


def _unfilled(line: UnfilledLine) -> unfilled_pb2.UnfilledLine:
    return unfilled_pb2.UnfilledLine(
        line_id=line.line_id,
        quantity=encode_quantity(line.quantity),
        reason=UNFILLED_REASONS.encode(line.reason),
        detail=line.detail,
        remedies=line.remedies,
    )


def _basis(basis: PlanBasis) -> plan_pb2.PlanBasis:
    return plan_pb2.PlanBasis(
        rule_set_revision=basis.rule_set_revision,
        network_version=basis.network_version,
        stock_version=basis.stock_version,
        rate_cards=[
            plan_pb2.RateCardUse(
                rate_card_id=use.rate_card_id,
                effective_from=encode_date(use.effective_from),
                source=use.source,
            )
            for use in basis.rate_cards
        ],
    )
