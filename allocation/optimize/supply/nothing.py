"""The allocation that is always allowed: nothing ships."""

from __future__ import annotations

from allocation.optimize.evaluate import penalties_minor
from allocation.optimize.solution import Allocation, Rung, Solution, SolveLimit
from allocation.optimize.unproven import unproven
from routing.sourcing.problem import SourcingProblem


def ship_nothing(problem: SourcingProblem) -> Solution:
    """Return the solution that leaves everything out; its bounds are its own values."""
    allocation = Allocation((), tuple(problem.lines.demand.tolist()))
    cost = penalties_minor(problem, allocation)
    return unproven(problem, allocation, cost, Rung.GREEDY, "nothing", limit=SolveLimit.GREEDY_ONLY)
