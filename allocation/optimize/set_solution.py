"""From what the set search found to a solution with its proof."""

from __future__ import annotations

import numpy as np

from allocation.optimize.cost_bound import read_cost_bound
from allocation.optimize.evaluate import landed_cost, make_shipment, tier_values
from allocation.optimize.found import Found
from allocation.optimize.set_search import SetSearch
from allocation.optimize.solution import (
    Allocation,
    ProofStatus,
    Rung,
    Solution,
    SolveLimit,
)


def allocation_of(search: SetSearch, found: Found) -> Allocation:
    """Return the allocation: shipments with parcels, and what is left out."""
    tables = search.tables
    unfilled = tables.atoms.leftover + np.array(found.left_out, dtype=np.int64) @ (
        tables.atoms.content
    )
    shipments = []
    for part in found.parts:
        quantities = tables.contents.quantities[part.vector]
        held = {int(line): int(quantities[line]) for line in np.flatnonzero(quantities)}
        shipments.append(make_shipment(search.evaluator, part.lane, held))
    return Allocation(tuple(shipments), tuple(int(number) for number in unfilled))


def solution_of(search: SetSearch, found: Found) -> Solution:
    """Return the solution with values as evaluated and bounds as proven."""
    problem = search.tables.problem
    allocation = allocation_of(search, found)
    cost = landed_cost(search.evaluator, allocation)
    values = tier_values(problem, allocation, cost)
    bounds = values
    if found.bound < found.value:
        constant = search.scalar_of_leftover()
        bounds = min(values, search.tables.scalarization.lowest_values(found.bound + constant))
    optimal = bounds == values
    return Solution(
        allocation=allocation,
        values=values,
        bounds=bounds,
        cost_minor=cost,
        cost_bound_minor=read_cost_bound(problem, values, bounds, cost),
        status=ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
        rung=Rung.EXACT_SETS,
        solver="set-partition",
        limit=SolveLimit.NONE if optimal else SolveLimit.SIZE,
    )
