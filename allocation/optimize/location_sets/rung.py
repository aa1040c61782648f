"""The rung for large orders: exact search over sets of locations, under bounds by prices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.cost_bound import read_cost_bound
from allocation.optimize.evaluate import Evaluator, landed_cost, make_shipment
from allocation.optimize.location_sets.model import Model, make_model
from allocation.optimize.location_sets.search import LocationSearch
from allocation.optimize.location_sets.trial import Found, Shipped
from allocation.optimize.solution import (
    Allocation,
    ProofStatus,
    Rung,
    Solution,
    SolveLimit,
)
from allocation.optimize.unproven import unproven
from routing.sourcing.problem import SourcingProblem


@dataclass(frozen=True, slots=True)
class LocationSets:
    """Exact for orders too large to enumerate, if few locations ship in a good plan.

    Attributes
    ----------
    cells
        Fineness of the weight grid; see `grid`.
    """

    cells: int = 512

    def solve(
        self,
        problem: SourcingProblem,
        budget: Budget,
        incumbent: Solution,
        evaluator: Evaluator | None = None,
    ) -> Solution | None:
        """Return a solution no worse than `incumbent`, proven best if time suffices.

        ``None`` where tiers do not fit into 64 bits.
        """
        try:
            model = make_model(problem, self.cells, budget)
        except OutOfTimeError:
            return replace(incumbent, limit=SolveLimit.TIME)
        if model is None:
            return None
        evaluator = evaluator or Evaluator(problem)
        constant = model.always_left - model.scalars.first_is_free
        known = _scalar(model, incumbent.values)
        found = Found(known - constant)
        nothing = model.nothing + model.scalars.first_is_free
        if nothing < found.best:
            found.best, found.shipped = nothing, ()
        LocationSearch(model, evaluator, budget, found).run()
        return _solution(model, evaluator, found, incumbent, found.bound + constant, budget)

    def through(
        self, problem: SourcingProblem, location: int, budget: Budget, incumbent: Solution
    ) -> Solution:
        """Return the best solution with a shipment from a location, proven if time suffices.

        Parameters
        ----------
        incumbent
            Has one, and bounds that hold for all that have.
        """
        try:
            model = make_model(problem, self.cells, budget)
        except OutOfTimeError:
            model = None
        if model is None:
            return replace(incumbent, limit=SolveLimit.TIME)
        place = np.flatnonzero(model.places.location == location)
        if not place.size:
            return incumbent
        evaluator = Evaluator(problem, budget)
        constant = model.always_left - model.scalars.first_is_free
        found = Found(_scalar(model, incumbent.values) - constant)
        LocationSearch(model, evaluator, budget, found, int(place[0])).run()
        return _solution(model, evaluator, found, incumbent, found.bound + constant, budget)


def _scalar(model: Model, values: tuple[int, ...]) -> int:
    weights = model.scalars.scalarization.weights
    return sum(weight * value for weight, value in zip(weights, values, strict=True))


def _solution(
    model: Model,
    evaluator: Evaluator,
    found: Found,
    incumbent: Solution,
    bound: int,
    budget: Budget,
) -> Solution:
    best = incumbent
    if found.shipped is not None:
        best = _made(model, evaluator, found.shipped)
    bounds = best.values
    if bound < _scalar(model, best.values):
        proven = model.scalars.scalarization.lowest_values(bound)
        bounds = min(best.values, max(proven, incumbent.bounds))
    optimal = bounds == best.values
    limit = SolveLimit.TIME if budget.left_s() <= 0 else SolveLimit.SIZE
    cost = best.cost_minor
    return replace(
        best,
        bounds=bounds,
        cost_bound_minor=read_cost_bound(model.problem, best.values, bounds, cost),
        status=ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
        rung=Rung.LOCATION_SETS,
        solver="location-sets",
        limit=SolveLimit.NONE if optimal else limit,
    )


def _made(model: Model, evaluator: Evaluator, shipped: tuple[Shipped, ...]) -> Solution:
    """Return the solution that ships exactly this; nothing is claimed of it yet."""
    problem = model.problem
    placed = np.zeros(model.demand.size, dtype=np.int64)
    shipments = []
    for each in sorted(shipped, key=lambda each: each.lane):
        units = np.array(each.units, dtype=np.int64)
        placed += units
        quantities = units @ model.atoms.content
        held = {int(line): int(quantities[line]) for line in np.flatnonzero(quantities)}
        shipments.append(make_shipment(evaluator, each.lane, held))
    left = tuple(int(number) for number in model.left_units(placed))
    allocation = Allocation(tuple(shipments), left)
    cost = landed_cost(evaluator, allocation)
    return unproven(problem, allocation, cost, Rung.LOCATION_SETS, "location-sets")
