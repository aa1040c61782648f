"""An allocation as a solution of which nothing is proven yet."""

from __future__ import annotations

from allocation.optimize.evaluate import tier_values
from allocation.optimize.solution import Allocation, ProofStatus, Rung, Solution, SolveLimit
from routing.sourcing.problem import SourcingProblem


def unproven(
    problem: SourcingProblem,
    allocation: Allocation,
    cost_minor: int,
    rung: Rung,
    solver: str,
    limit: SolveLimit = SolveLimit.NONE,
) -> Solution:
    """Return a FEASIBLE solution whose bounds are its own values, until something is known.

    Parameters
    ----------
    cost_minor
        Landed cost of the allocation.
    rung, solver, limit
        As in the solution.
    """
    values = tier_values(problem, allocation, cost_minor)
    return Solution(
        allocation=allocation,
        values=values,
        bounds=values,
        cost_minor=cost_minor,
        cost_bound_minor=cost_minor,
        status=ProofStatus.FEASIBLE,
        rung=rung,
        solver=solver,
        limit=limit,
    )
