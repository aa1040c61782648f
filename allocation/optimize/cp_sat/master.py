"""The linear master over known columns, solved by GLOP for its duals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder

from allocation.optimize.api import Budget

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_LEAST_TIME_S = 0.001

Terms = list[tuple[model_builder.Variable, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A goal over known columns: amount of each column and of each unit left of an atom.

    Attributes
    ----------
    columns
        int64 ``[c]``.
    unfilled
        int64 ``[atoms]``.
    most
        Greatest total allowed; not used for what is minimised.
    """

    columns: Int64
    unfilled: Int64
    most: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """Known columns; each location at most once, every atom once.

    Attributes
    ----------
    vectors
        int64 ``[c, atoms]``.
    locations
        int64 ``[c]``.
    totals
        int64 ``[atoms]``: units ordered.
    n_locations, most_shipments
        Of the problem.
    """

    vectors: Int64
    locations: Int64
    totals: Int64
    n_locations: int
    most_shipments: int


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """Worth of a unit of each atom, of each location, of a shipment, of earlier goals.

    All but `atoms` are 0 or less.
    """

    atoms: Float64
    locations: Float64
    shipments: float
    earlier: tuple[float, ...]


def solve_master(
    master: Master, goal: Amounts, earlier: tuple[Amounts, ...], budget: Budget
) -> Duals:
    """Return the duals of the least `goal` that keeps the earlier ones; zeros if there are none."""
    model = model_builder.Model()  # type: ignore[no-untyped-call]
    chosen = [model.new_num_var(0, np.inf, "") for _ in range(master.locations.size)]
    left = [model.new_num_var(0, float(total), "") for total in master.totals.tolist()]
    atoms = []
    for index, total in enumerate(master.totals.tolist()):
        units = master.vectors[:, index]
        terms = [(chosen[column], float(units[column])) for column in np.flatnonzero(units)]
        atoms.append(model.add(_total([*terms, (left[index], 1.0)]) == float(total)))
    locations = {
        location: model.add(
            _total([(chosen[c], 1.0) for c in np.flatnonzero(master.locations == location)]) <= 1.0
        )
        for location in np.unique(master.locations).tolist()
    }
    count = _total([(variable, 1.0) for variable in chosen])
    shipments = model.add(count <= float(master.most_shipments))
    kept = [model.add(_goal(each, chosen, left) <= float(each.most)) for each in earlier]
    model.minimize(_goal(goal, chosen, left))
    solver = model_builder.Solver("GLOP")
    solver.set_time_limit_in_seconds(max(budget.left_s(), _LEAST_TIME_S))
    worth = np.zeros(master.n_locations)
    if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
        return Duals(np.zeros(master.totals.size), worth, 0.0, (0.0,) * len(kept))
    for location, row in locations.items():
        worth[location] = min(0.0, solver.dual_value(row))
    return Duals(
        np.array([solver.dual_value(row) for row in atoms]),
        worth,
        min(0.0, solver.dual_value(shipments)),
        tuple(min(0.0, solver.dual_value(row)) for row in kept),
    )


def _goal(
    goal: Amounts, chosen: list[model_builder.Variable], left: list[model_builder.Variable]
) -> model_builder.LinearExprT:
    terms = list(zip(chosen, goal.columns.astype(np.float64).tolist(), strict=True))
    terms += zip(left, goal.unfilled.astype(np.float64).tolist(), strict=True)
    return _total(terms)


def _total(terms: Terms) -> model_builder.LinearExprT:
    return model_builder.LinearExpr.weighted_sum(
        [variable for variable, _ in terms], [amount for _, amount in terms]
    )
