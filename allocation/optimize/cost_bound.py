"""Read a bound of the landed cost off the bounds of the tiers."""

from __future__ import annotations

from allocation.optimize.greedy.bounds import cost_bound_minor
from allocation.optimize.greedy.view import make_view
from routing.sourcing.problem import SourcingProblem

Values = tuple[int, ...]


def read_cost_bound(
    problem: SourcingProblem, values: Values, bounds: Values, cost_minor: int
) -> int:
    """Return a bound of the cost among allocations no worse in the tiers before it.

    The bound of the first tier that counts cost is one if the tier counts nothing else
    and all tiers before it are settled. Otherwise each line's and shipment's least
    cost must do.
    """
    for index, tier in enumerate(problem.tiers):
        pure = tier.shipment is None and tier.unit is None and tier.unfilled is None
        if tier.counts_cost and pure:
            return min(cost_minor, bounds[index])
        if tier.counts_cost or values[index] != bounds[index]:
            break
    return min(cost_minor, cost_bound_minor(make_view(problem)))
