"""Why each shipment goes by the carrier service that it does: what the others would come to.

The same contents from the same location, on every lane that takes them. Services that come
too late, or are slower than was asked for, have no lane in the plan's own problem: so that
one is built again for an order that asks for neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from allocation.engine_api import PlanningRequest
from allocation.optimize.api import ENDLESS
from allocation.optimize.evaluate import Evaluator, make_shipment
from allocation.optimize.fit_judge import FOR_OPTIONS, with_judge
from allocation.optimize.solution import Allocation, Shipment, Solution
from allocation.plan import Plan, PlannedShipment, ShipmentKind
from allocation.render import Renderer
from allocation.service_choice import OtherService, ServiceChoice, ServiceVerdict
from routing.order import Order, ServiceLevel
from routing.sourcing.build import Sourcing
from routing.sourcing.lanes import SPEED

MOST_SHIPMENTS: Final = 8
MOST_SERVICES: Final = 10


def service_choices(
    request: PlanningRequest,
    renderer: Renderer,
    solution: Solution,
    plan: Plan,
    source: Callable[[PlanningRequest], Sourcing],
) -> tuple[ServiceChoice, ...]:
    """Return the other services for each shipment that a carrier takes from where things lie.

    Parameters
    ----------
    renderer, solution, plan
        What came of the request.
    source
        Builds the sourcing problem of a request.
    """
    if renderer.sourcing.portions or renderer.sourcing.facts.ways is not None:
        # Who waits, merges or collects goes its own way; its services are no choice by themselves.
        return ()
    order = _asking_for_nothing(request.order, renderer)
    sourcing = renderer.sourcing
    if order is not request.order:
        sourcing = source(replace(request, order=order))
    if sourcing.portions or sourcing.problem.lines.ids != renderer.sourcing.problem.lines.ids:
        return ()
    looked = _Others(request.order, Renderer(order, request.network, sourcing))
    shipments = list(zip(solution.allocation.shipments, plan.shipments, strict=True))
    return tuple(
        ServiceChoice(planned.number, tuple(looked.instead_of(shipment, planned, place)))
        for shipment, planned in shipments[:MOST_SHIPMENTS]
        if planned.kind is ShipmentKind.DELIVERY
        for place in [int(renderer.sourcing.facts.location[shipment.lane])]
    )


def _asking_for_nothing(order: Order, renderer: Renderer) -> Order:
    """Return the order without what rules services out; itself if nothing does."""
    if order.deliver_by is not None and renderer.sourcing.policy.late_day_minor is None:
        order = replace(order, deliver_by=None)
    if order.service_level in SPEED and order.service_level is not ServiceLevel.STANDARD:
        order = replace(order, service_level=ServiceLevel.STANDARD)
    return order


@dataclass(slots=True, eq=False)
class _Others:
    """Lanes of a problem in which no service is ruled out.

    Attributes
    ----------
    asked
        The order as it is.
    """

    asked: Order
    renderer: Renderer

    def instead_of(
        self, shipment: Shipment, planned: PlannedShipment, place: int
    ) -> Iterator[OtherService]:
        """Yield what other services would come to, cheapest first."""
        sourcing = self.renderer.sourcing
        problem = with_judge(sourcing.problem, ENDLESS, FOR_OPTIONS)
        evaluator = Evaluator(problem)
        lines = [line for line, _ in shipment.quantities]
        found = []
        for lane in np.flatnonzero(sourcing.facts.location == place).tolist():
            if not problem.lanes.eligible[lines, lane].all():
                continue
            if evaluator.packing(lane, shipment.quantities) is None:
                continue
            made = make_shipment(evaluator, lane, dict(shipment.quantities))
            nothing_left = (0,) * len(problem.lines)
            [other] = self.renderer.shipments(Allocation((made,), nothing_left))
            if (other.carrier, other.service) != (planned.carrier, planned.service):
                found.append(replace(other, number=planned.number))
        found.sort(key=lambda each: (each.cost.total_minor, each.carrier, each.service))
        for other in found[:MOST_SERVICES]:
            extra = other.cost.total_minor - planned.cost.total_minor
            yield OtherService(other, extra, self._verdict(other, extra))

    def _verdict(self, other: PlannedShipment, extra_minor: int) -> ServiceVerdict:
        # Where late days have a price, to be late is no more than dearer.
        hard = self.renderer.sourcing.policy.late_day_minor is None
        if hard and self._is_late(other):
            return ServiceVerdict.TOO_LATE
        level = self.asked.service_level
        if level in SPEED and SPEED.index(other.service_level) < SPEED.index(level):
            return ServiceVerdict.SLOWER
        return ServiceVerdict.DEARER if extra_minor >= 0 else ServiceVerdict.CHEAPER

    def _is_late(self, other: PlannedShipment) -> bool:
        latest, deliver_by = other.latest_delivery_date, self.asked.deliver_by
        return deliver_by is not None and (latest is None or latest > deliver_by)
