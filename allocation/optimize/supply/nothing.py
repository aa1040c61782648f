"""The allocation that is always allowed: nothing ships."""

from __future__ import annotations

from allocation.optimize.evaluate import penalties_minor, tier_values
from allocation.optimize.solution import (
    Allocation,
    ProofStatus,
    Rung,
    Solution,
    SolveLimit,
)
from routing.sourcing.problem import SourcingProblem


def ship_nothing(problem: SourcingProblem) -> Solution:
    """Return the solution that leaves everything out; its bounds are its own values."""
    allocation = Allocation((), tuple(problem.lines.demand.tolist()))
    cost = penalties_minor(problem, allocation)
    values = tier_values(problem, allocation, cost)
    return Solution(
        allocation=allocation,
        values=values,
        bounds=values,
        cost_minor=cost,
        cost_bound_minor=cost,
        status=ProofStatus.FEASIBLE,
        rung=Rung.GREEDY,
        solver="nothing",
        limit=SolveLimit.GREEDY_ONLY,
    )
