"""Answers of Allocate and Quote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allocation.engine_api import DeliveryOption, PlanningResult, QuoteResult
from allocation.server.codec.alternative import ALTERNATIVE_KINDS
from allocation.server.codec.money import encode_money
from allocation.server.codec.plan import plan_bytes
from allocation.server.codec.shipment import NamesOnCard, delivery_dates, encode_carrier_service
from allocation.server.codec.times import (
    duration_bytes,
    encode_date,
    encode_duration,
    encode_time,
)
from allocation.server.codec.wire import nested, tag_of
from allocation.v1 import allocation_service_pb2
from routing.quick import quick
from routing.v1 import carrier_service_pb2


@quick
@dataclass(frozen=True, slots=True)
class EncodedAnswer:
    """An answer of Allocate, ready to be sent.

    Attributes
    ----------
    content
        Its bytes.
    plan_id
        Of its plan.
    is_short
        Whether it leaves units out.
    """

    content: bytes
    plan_id: str
    is_short: bool

    def message(self) -> allocation_service_pb2.AllocateResponse:
        """Return the answer itself."""
        return allocation_service_pb2.AllocateResponse.FromString(self.content)


def encode_allocation(
    result: PlanningResult,
    names: NamesOnCard,
    warnings: tuple[str, ...],
    total_s: float,
    held_until: datetime | None = None,
) -> EncodedAnswer:
    """Return a plan and how long everything from the request to this answer took.

    Parameters
    ----------
    held_until
        When the plan's hold will run out; ``None``: it is not about to be held.
    """
    plan = result.plan
    times = nested(_TOTAL, duration_bytes(total_s)) + nested(_SOLVE, duration_bytes(result.solve_s))
    content = nested(_PLAN, plan_bytes(plan, names, warnings, held_until))
    content += nested(_TIMES, times)
    return EncodedAnswer(content, plan.id, bool(plan.unfilled))


_PLAN: Final = tag_of(allocation_service_pb2.AllocateResponse, "plan")
_TIMES: Final = tag_of(allocation_service_pb2.AllocateResponse, "times")
_TOTAL: Final = tag_of(allocation_service_pb2.PlanningTimes, "total")
_SOLVE: Final = tag_of(allocation_service_pb2.PlanningTimes, "solve")


def encode_quote(
    result: QuoteResult, names: NamesOnCard, warnings: tuple[str, ...], total_s: float
) -> allocation_service_pb2.QuoteResponse:
    """Return delivery options and how long everything took."""
    return allocation_service_pb2.QuoteResponse(
        options=[_option(each, result.currency, names) for each in result.options],
        times=_times(total_s, result.solve_s),
        warnings=[*warnings, *result.warnings],
    )


def _option(
    option: DeliveryOption, currency: str, names: NamesOnCard
) -> allocation_service_pb2.DeliveryOption:
    message = allocation_service_pb2.DeliveryOption(
        kinds=[ALTERNATIVE_KINDS.encode(kind) for kind in option.kinds],
        cost=encode_money(option.cost_minor, currency),
        shipments=len(option.shipments),
        location_ids=list(dict.fromkeys(each.location_id for each in option.shipments)),
        unfilled_lines=option.unfilled_lines,
    )
    services: dict[bytes, carrier_service_pb2.CarrierService] = {}
    for shipment in option.shipments:
        service = encode_carrier_service(shipment, names)
        if service is not None:
            services.setdefault(service.SerializeToString(deterministic=True), service)
    message.carrier_services.extend(services.values())
    earliest, latest = delivery_dates(option.shipments)
    if earliest is not None:
        message.earliest_delivery_date.CopyFrom(encode_date(earliest))
    if latest is not None:
        message.latest_delivery_date.CopyFrom(encode_date(latest))
    cutoffs = [each.cutoff_time for each in option.shipments]
    known = [cutoff for cutoff in cutoffs if cutoff is not None]
    if known and len(known) == len(cutoffs):
        message.order_by_time.CopyFrom(encode_time(min(known)))
    return message


def _times(total_s: float, solve_s: float) -> allocation_service_pb2.PlanningTimes:
    return allocation_service_pb2.PlanningTimes(
        total=encode_duration(total_s), solve=encode_duration(solve_s)
    )
