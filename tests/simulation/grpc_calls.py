"""From calls of the simulation to requests, and from responses to its answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc

from allocation.v1 import allocation_service_pb2 as pb
from allocation.v1 import plan_pb2, reservation_pb2, stock_pb2
from allocation.v1 import stock_service_pb2 as stock_service
from allocation.v1.allocation_service_pb2_grpc import AllocationServiceStub
from allocation.v1.stock_service_pb2_grpc import StockServiceStub
from routing.v1.network_service_pb2_grpc import NetworkServiceStub
from tests.simulation.auditor import Answer, Call
from tests.simulation.instants import at, us

CALL_S = 60.0

OWNERS = {"engine": stock_pb2.STOCK_OWNER_ENGINE, "mirror": stock_pb2.STOCK_OWNER_MIRROR}


@dataclass
class Plans:
    """What clients know of the plans that they have asked for, by the simulation's name."""

    by_name: dict[str, plan_pb2.Plan] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def learn(self, name: str, plan: plan_pb2.Plan) -> None:
        """Take the answer to a hold."""
        self.by_name.setdefault(name, plan)
        self.names[plan.id] = name

    def id_of(self, name: str) -> str:
        """Return a plan's id; of one that nobody knows yet, something that is no id."""
        plan = self.by_name.get(name)
        return name if plan is None else plan.id


class Stubs:
    """The services behind a channel."""

    def __init__(self, channel: grpc.Channel) -> None:
        self.allocation: Any = AllocationServiceStub(channel)
        self.stock: Any = StockServiceStub(channel)
        self.network: Any = NetworkServiceStub(channel)


def hold(stubs: Stubs, plans: Plans, call: Call) -> Any:
    """Ask for what the rows say, every other time from the very locations that they say."""
    if call["replaces"]:
        return _reallocate(stubs, plans, call)
    request = pb.AllocateRequest(request_id=call["request"], mode=pb.ALLOCATE_MODE_HOLD)
    request.hold_ttl.seconds = call["lasts"]
    request.order.id = call["plan"]
    request.order.destination.address.region_code = "US"
    request.order.destination.address.postal_code = "10001"
    is_particular = _is_particular(call)
    for line, _, item, location, quantity in call["rows"]:
        row = request.order.lines.add(id=line, inventory_item_id=item)
        row.quantity.value = str(quantity)
        row.allowed_location_ids.extend([location] if is_particular else [])
    return stubs.allocation.Allocate.future(request, timeout=CALL_S)


def _is_particular(call: Call) -> bool:
    # The same for a repeat, whose id is the negative one.
    return int(call["id"]) % 2 == 0


def _reallocate(stubs: Stubs, plans: Plans, call: Call) -> Any:
    """Ask for another plan in place of one, every other time because a location refused."""
    request = pb.ReallocatePlanRequest(
        plan_id=plans.id_of(call["replaces"]), request_id=call["request"]
    )
    if _is_particular(call):
        request.excluded_location_ids.append(call["rows"][0][3])
    return stubs.allocation.ReallocatePlan.future(request, timeout=CALL_S)


def commit(stubs: Stubs, plans: Plans, call: Call) -> Any:
    request = pb.CommitPlanRequest(plan_id=plans.id_of(call["plan"]), request_id=call["request"])
    return stubs.allocation.CommitPlan.future(request, timeout=CALL_S)


def release(stubs: Stubs, plans: Plans, call: Call) -> Any:
    request = pb.ReleasePlanRequest(
        plan_id=plans.id_of(call["plan"]), request_id=call["request"], line_ids=call["lines"]
    )
    return stubs.allocation.ReleasePlan.future(request, timeout=CALL_S)


def extend(stubs: Stubs, plans: Plans, call: Call) -> Any:
    request = pb.ExtendPlanRequest(plan_id=plans.id_of(call["plan"]), request_id=call["request"])
    request.hold_ttl.seconds = call["lasts"]
    return stubs.allocation.ExtendPlan.future(request, timeout=CALL_S)


def fulfill(stubs: Stubs, plans: Plans, call: Call) -> Any:
    request = pb.FulfillPlanRequest(plan_id=plans.id_of(call["plan"]), request_id=call["request"])
    plan = plans.by_name.get(call["plan"])
    if call["part"] and plan is not None and plan.reservations:
        first = plan.reservations[0]
        part = request.parts.add(line_id=first.line_id, location_id=first.location_id)
        part.quantity.value = "1"
    return stubs.allocation.FulfillPlan.future(request, timeout=CALL_S)


def feed(stubs: Stubs, plans: Plans, call: Call) -> Any:
    del plans
    message = stock_service.SetLevelsRequest()
    message.header.request_id = call["request"]
    message.header.owner = OWNERS[call["owner"]]
    message.header.observed_time.FromDatetime(at(call["observed"]))
    for item, location, quantity in call["rows"]:
        row = message.rows.add(inventory_item_id=item, location_id=location)
        row.quantity.value = str(quantity)
    return stubs.stock.SetLevels.future(iter([message]), timeout=CALL_S)


def receive(stubs: Stubs, plans: Plans, call: Call) -> Any:
    del plans
    request = stock_service.AdjustStockRequest(request_id=call["request"])
    adjustment = request.adjustments.add(
        inventory_item_id=call["item"],
        location_id=call["location"],
        reason=stock_pb2.STOCK_CHANGE_REASON_RECEIVE,
    )
    adjustment.quantity.value = str(call["quantity"])
    return stubs.stock.AdjustStock.future(request, timeout=CALL_S)


CALLS: Mapping[str, Callable[[Stubs, Plans, Call], Any]] = {
    "hold": hold,
    "commit": commit,
    "release": release,
    "extend": extend,
    "fulfill": fulfill,
    "feed": feed,
    "receive": receive,
}


def show(plans: Plans, plan: plan_pb2.Plan) -> Answer:
    """Return a plan as the auditor takes it."""
    return {
        "plan": plans.names[plan.id],
        "revision": int(plan.etag),
        "expire": us(plan.expire_time.ToDatetime(at(0).tzinfo)) if plan.expire_time.seconds else 0,
        "rows": [
            [
                row.inventory_item_id,
                row.location_id,
                int(row.quantity.value),
                reservation_pb2.ReservationState.Name(row.state).split("_")[-1].lower(),
                row.line_id,
            ]
            for row in plan.reservations
        ],
    }


def answer_of(plans: Plans, call: Call, response: Any) -> Answer:
    """Return what a response says."""
    if call["op"] == "feed":
        return {"refused": [error.row for error in response.errors]}
    if call["op"] == "receive":
        return {}
    if call["op"] == "hold":
        plans.learn(call["plan"], response.plan)
        return {**show(plans, response.plan), "unfilled": bool(response.plan.unfilled)}
    return show(plans, response.plan)


def look(stubs: Stubs, plans: Plans, call: Call, items: tuple[str, ...]) -> Answer:
    """Ask for everything there is, and for the server's own audit."""
    audit = stubs.stock.AuditStock(stock_service.AuditStockRequest(), timeout=CALL_S)
    request = stock_service.GetAvailabilityRequest(inventory_item_ids=items)
    levels = stubs.stock.GetAvailability(request, timeout=CALL_S).levels
    get = stubs.allocation.GetPlan
    found = [
        get(pb.GetPlanRequest(plan_id=plans.id_of(name)), timeout=CALL_S).plan
        for name in call["plans"]
    ]
    return {
        "levels": [
            [
                level.inventory_item_id,
                level.location_id,
                *(int(each.value) for each in (level.on_hand, level.held, level.committed)),
            ]
            for level in levels
        ],
        "plans": [show(plans, plan) for plan in found],
        "audit": [str(difference) for difference in audit.differences],
    }
