"""Orders that are filled from the ledger begin no earlier than they are planned."""

from __future__ import annotations

from dataclasses import replace

from allocation.engine_api import PlanningRequest


def begun_now(request: PlanningRequest) -> PlanningRequest:
    """Return a request whose order was placed when it is planned, if it was placed before.

    The ledger's stock is there now. An order of last week, or one that is planned anew, cannot
    leave last week: its dates, its share of a location's day and the age of lots count from now.
    """
    order = request.order
    if order.placed_time >= request.decision_time:
        return request
    return replace(request, order=replace(order, placed_time=request.decision_time))
