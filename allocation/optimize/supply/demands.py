"""A problem in which lines want less, and its solutions as ones of the whole problem."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.scalar import left_out_values
from allocation.optimize.solution import Solution
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Restricted:
    """A problem without some demand.

    Attributes
    ----------
    left_out
        int64 ``[n]``: increments that its solutions do not know of.
    """

    problem: SourcingProblem
    left_out: Int64

    def whole(self, solution: Solution) -> Solution:
        """Return a solution as one of the problem with all demand."""
        if not self.left_out.any():
            return solution
        allocation = solution.allocation
        unfilled = tuple(
            left + more
            for left, more in zip(allocation.unfilled, self.left_out.tolist(), strict=True)
        )
        amounts = left_out_values(self.problem, self.left_out)
        money = int(self.problem.unfilled_minor @ self.left_out)
        return replace(
            solution,
            allocation=replace(allocation, unfilled=unfilled),
            values=_sum(solution.values, amounts),
            bounds=_sum(solution.bounds, amounts),
            cost_minor=solution.cost_minor + money,
            cost_bound_minor=solution.cost_bound_minor + money,
        )


def with_demand(problem: SourcingProblem, most: Int64) -> Restricted:
    """Return the problem in which no line ships more than given.

    Parameters
    ----------
    most
        int64 ``[n]``: increments, 0 to the demand. A line that moves whole, or together
        with others, ships all or nothing; so does an order that ships complete.
    """
    lines, limits = problem.lines, problem.limits
    less = most < lines.demand
    nothing = np.zeros_like(lines.demand)
    if not less.any():
        return Restricted(problem, nothing)
    whole = np.logical_not(limits.line_split) | (lines.group >= 0)
    banned = less & (whole | (most <= 0) | limits.ship_complete)
    if limits.ship_complete:
        banned = np.ones_like(banned)
    eligible = problem.lanes.eligible & ~banned[:, None]
    demand = np.where(less & ~banned, most, lines.demand)
    restricted = replace(
        problem,
        lines=replace(lines, demand=demand),
        lanes=replace(problem.lanes, eligible=eligible),
    )
    return Restricted(restricted, lines.demand - demand)


def _sum(values: tuple[int, ...], amounts: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(value + amount for value, amount in zip(values, amounts, strict=True))
