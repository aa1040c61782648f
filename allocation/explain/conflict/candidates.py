"""The obstacles that a line of a request may meet, in the order in which they are preferred.

Rules and limits come before stock: somebody can change them today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from allocation.engine_api import PlanningRequest
from allocation.explain.conflict.relaxation import Relaxation
from allocation.obstacle import ObstacleKind
from routing.item import BackorderPolicy
from routing.location_facts import UNLIMITED
from routing.order import OrderLine
from routing.sourcing.build import Sourcing
from routing.sourcing.resolve import ResolvedLine


def relevant_lines(sourcing: Sourcing, number: int) -> tuple[ResolvedLine, ...]:
    """Return the lines whose obstacles can be in a line's way: its own, and of those it needs."""
    line = sourcing.lines[number]
    if sourcing.policy.ship_complete:
        return sourcing.lines
    if line.group is None:
        return tuple(each for each in sourcing.lines if each.id == line.id)
    return tuple(each for each in sourcing.lines if each.group == line.group)


def candidates(
    request: PlanningRequest, sourcing: Sourcing, lines: Sequence[ResolvedLine]
) -> tuple[Relaxation, ...]:
    """Return every obstacle that taking away could help these lines."""
    rules = request.policy.restrictions(request.order, sourcing.lines, request.network)
    named = [Relaxation(ObstacleKind.RULE, each.name) for each in rules]
    limits = [Relaxation(kind) for kind in _limits(request, sourcing, lines)]
    facts = [Relaxation(kind) for kind in _facts(request)]
    items = sorted(
        {
            use.item.id
            for line in lines
            if line.backorder_policy is not BackorderPolicy.IGNORE_STOCK
            for use in line.uses
        }
    )
    return (*named, *limits, *facts, *(Relaxation(ObstacleKind.STOCK, each) for each in items))


def _limits(
    request: PlanningRequest, sourcing: Sourcing, lines: Sequence[ResolvedLine]
) -> Iterator[ObstacleKind]:
    policy = sourcing.policy
    ids = {line.id for line in lines}
    asked = [line for line in request.order.lines if line.id in ids]
    if policy.max_shipments is not None:
        yield ObstacleKind.MAX_SHIPMENTS
    if not policy.line_split:
        yield ObstacleKind.WHOLE_LINES
    if policy.ship_complete:
        yield ObstacleKind.SHIP_COMPLETE
    if policy.min_shipment_minor or policy.min_shipment_units:
        yield ObstacleKind.LEAST_SHIPMENT
    if any(line.group is not None for line in asked):
        yield ObstacleKind.GROUP
    if request.order.deliver_by is not None and policy.late_day_minor is None:
        yield ObstacleKind.DELIVER_BY
    of_order = policy.allowed_location_ids or policy.excluded_location_ids
    if of_order or any(map(_names_locations, asked)):
        yield ObstacleKind.REQUESTED_LOCATIONS


def _names_locations(line: OrderLine) -> bool:
    return bool(line.allowed_location_ids or line.excluded_location_ids)


def _facts(request: PlanningRequest) -> Iterator[ObstacleKind]:
    facts = request.network.facts
    if not facts.open.all():
        yield ObstacleKind.NOT_OPEN
    if not facts.serves(request.order.channel).all():
        yield ObstacleKind.CHANNEL
    limited = [facts.capacity_orders, facts.capacity_lines, facts.capacity_units]
    if any(bool(np.any(each < UNLIMITED)) for each in limited):
        yield ObstacleKind.CAPACITY
