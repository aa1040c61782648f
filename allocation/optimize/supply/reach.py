"""Demand that no supply can serve, taken off before the search.

Where a line may be split, each slot by itself seems to have enough, and only together they
have not. Finding that out by branching takes a branch per unit; here it is one sum.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.scalar import left_out_values
from allocation.optimize.solution import Solution
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import NO_CEILING, Supply

Int64 = NDArray[np.int64]


def out_of_reach(problem: SourcingProblem, supply: Supply) -> Int64:
    """Return int64 ``[n]``: increments of each line that stay out, whatever is done.

    Lines that move whole or together are left alone, and so is a last increment.
    """
    excess = np.zeros(len(problem.lines), dtype=np.int64)
    if not problem.limits.line_split:
        return excess
    alone = np.flatnonzero((supply.use > 0).sum(axis=0) == 1)
    for resource in alone.tolist():
        line = int(np.flatnonzero(supply.use[:, resource])[0])
        if problem.lines.group[line] >= 0:
            continue
        most = _most(supply, resource, line) // int(supply.use[line, resource])
        demand = int(problem.lines.demand[line])
        excess[line] = max(int(excess[line]), demand - max(1, min(demand, most)))
    return excess


def _most(supply: Supply, resource: int, line: int) -> int:
    """Return what all portions open to a line hold of a resource."""
    here = (supply.pair_line == line) & (supply.resource[supply.pair_portion] == resource)
    portions = np.unique(supply.pair_portion[here])
    ceiling = supply.ceiling[portions]
    total = int(supply.quantity[portions[ceiling == NO_CEILING]].sum())
    for each in np.unique(ceiling[ceiling != NO_CEILING]).tolist():
        held = int(supply.quantity[portions[ceiling == each]].sum())
        total += min(held, int(supply.ceiling_most[each]))
    return total


def without(problem: SourcingProblem, excess: Int64) -> SourcingProblem:
    """Return the problem with less demand; nothing ships if it had to ship complete."""
    if problem.limits.ship_complete:
        nothing = np.zeros_like(problem.lanes.eligible)
        return replace(problem, lanes=replace(problem.lanes, eligible=nothing))
    return replace(problem, lines=replace(problem.lines, demand=problem.lines.demand - excess))


def with_left_out(problem: SourcingProblem, solution: Solution, excess: Int64) -> Solution:
    """Return a solution of the problem without some demand as one of the whole problem."""
    if problem.limits.ship_complete:
        return solution
    allocation = solution.allocation
    unfilled = tuple(
        left + more for left, more in zip(allocation.unfilled, excess.tolist(), strict=True)
    )
    amounts = left_out_values(problem, excess)
    money = int(problem.unfilled_minor @ excess)
    return replace(
        solution,
        allocation=replace(allocation, unfilled=unfilled),
        values=_sum(solution.values, amounts),
        bounds=_sum(solution.bounds, amounts),
        cost_minor=solution.cost_minor + money,
        cost_bound_minor=solution.cost_bound_minor + money,
    )


def _sum(values: tuple[int, ...], amounts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(value + amount for value, amount in zip(values, amounts, strict=True))
