"""What the edge needs of an engine."""

from __future__ import annotations

from typing import Protocol

from allocation.engine_api import PlanningRequest, PlanningResult, QuoteResult


class Planner(Protocol):
    """Plans one order; may be called from several threads at once."""

    def plan(self, request: PlanningRequest) -> PlanningResult:
        """Return where every unit of an order ships from."""
        ...

    def quote(self, request: PlanningRequest) -> QuoteResult:
        """Return the delivery options of a cart."""
        ...
