"""Run a generic model on a problem, tier after tier, and price what it answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from allocation.optimize.evaluate import Evaluator, landed_cost, make_shipment
from allocation.optimize.solution import Allocation, Rung, Solution
from allocation.optimize.unproven import unproven
from bench.contenders.arc_model import ArcModel, make_arc_model
from bench.contenders.cost_columns import add_cost
from bench.contenders.mip import UNBOUNDED, Objective, Outcome
from bench.contenders.scope import same_lines_by_location, shares_items
from bench.contenders.solvers import Solve
from routing.sourcing.problem import SourcingProblem

Contents = dict[int, dict[int, int]]
"""Location to line to increments."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a generic model answers.

    Attributes
    ----------
    contents
        ``None`` without a solution.
    claimed
        Values of the tiers by the model's own objectives; fewer if time ran out.
    optimal
        Whether the solver calls all tiers optimal.
    total_s, solver_s
        Seconds from the problem to the answer, and those of them inside the solver.
    """

    contents: Contents | None
    claimed: tuple[int, ...]
    optimal: bool
    total_s: float
    solver_s: float


def run_model(
    problem: SourcingProblem, solve: Solve, limit_s: float, *, prefilter: bool = True
) -> Run:
    """Solve the tiers one after the other, each bound to the values of those before.

    Parameters
    ----------
    problem
        Within the scope of the models.
    solve
        One of `SOLVERS`.
    limit_s
        For all tiers together, building included.
    prefilter
        Whether to leave out locations that others replace.
    """
    started_s = time.perf_counter()
    model = make_arc_model(problem, prefilter=prefilter)
    known: list[int] | None = None
    claimed: list[int] = []
    solver_s, optimal = 0.0, True
    for tier in problem.tiers:
        if tier.counts_cost:
            add_cost(model)
        objective = model.objective(tier)
        is_first = tier is problem.tiers[0] and len(problem.tiers) > 1
        if tier.unfilled is not None and is_first and _least_is_reached_alone(problem):
            value = _at_lower_bounds(model, objective)
        else:
            left_s = max(0.05, limit_s - (time.perf_counter() - started_s))
            found = solve(model.mip, objective, left_s, known)
            solver_s += found.solver_s
            optimal = optimal and found.optimal
            if found.values is None:
                break
            known = found.values
            value = _value(objective, found)
        claimed.append(value)
        model.mip.row(objective, -UNBOUNDED, value)
        if not optimal:
            break
    contents = None if known is None else model.contents(known)
    total_s = time.perf_counter() - started_s
    complete = optimal and len(claimed) == len(problem.tiers)
    return Run(contents, tuple(claimed), complete, total_s, solver_s)


def to_solution(problem: SourcingProblem, contents: Contents) -> Solution:
    """Price contents exactly: parcels packed, each location on the lane that is best by tiers.

    Raises
    ------
    ValueError
        If no lane of a location carries what it ships.
    """
    evaluator = Evaluator(problem)
    shipments = []
    left = problem.lines.demand.tolist()
    for location in sorted(contents):
        quantities = tuple(sorted(contents[location].items()))
        lane = _best_lane(evaluator, location, quantities)
        shipments.append(make_shipment(evaluator, lane, dict(quantities)))
        for line, number in quantities:
            left[line] -= number
    allocation = Allocation(tuple(sorted(shipments, key=lambda each: each.lane)), tuple(left))
    cost = landed_cost(evaluator, allocation)
    return unproven(problem, allocation, cost, Rung.OR_TOOLS, "generic model")


def _best_lane(evaluator: Evaluator, location: int, quantities: tuple[tuple[int, int], ...]) -> int:
    problem = evaluator.problem
    found = []
    for lane in np.flatnonzero(problem.lanes.location == location).tolist():
        if not all(problem.lanes.eligible[line, lane] for line, _ in quantities):
            continue
        cost = evaluator.shipment_cost(lane, quantities)
        if cost is not None:
            amounts = tuple(
                (cost if tier.counts_cost else 0)
                + (0 if tier.shipment is None else int(tier.shipment[lane]))
                for tier in problem.tiers
            )
            found.append((amounts, lane))
    if not found:
        raise ValueError(f"no lane of location {location} carries {quantities}")
    return min(found)[1]


def _least_is_reached_alone(problem: SourcingProblem) -> bool:
    """Whether filling each line as far as its own stock goes hinders no other line."""
    return (
        not shares_items(problem)
        and same_lines_by_location(problem)
        and problem.limits.max_shipments >= problem.n_locations
    )


def _at_lower_bounds(model: ArcModel, objective: Objective) -> int:
    for column in objective:
        model.mip.upper[column] = model.mip.lower[column]
    return sum(amount * model.mip.lower[column] for column, amount in objective.items())


def _value(objective: Objective, found: Outcome) -> int:
    values = found.values or []
    return sum(amount * values[column] for column, amount in objective.items())
