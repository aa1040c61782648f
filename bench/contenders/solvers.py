"""The solvers, each with one thread and no gap allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import numpy as np
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2
from ortools.sat.python import cp_model

from bench.contenders.mip import Mip, Objective, Outcome

Solve = Callable[[Mip, Objective, float, list[int] | None], Outcome]
"""(program, objective to minimise, seconds, known values or ``None``) to what is found."""

SEED: Final = 1


@dataclass(frozen=True, slots=True)
class MathOptSolver:
    """A solver behind MathOpt."""

    kind: mathopt.SolverType

    def __call__(
        self, mip: Mip, objective: Objective, limit_s: float, known: list[int] | None
    ) -> Outcome:
        """Solve, from the known values where the solver takes them."""
        model = mathopt.Model.from_model_proto(_model_proto(mip, objective))
        parameters = mathopt.SolveParameters(
            time_limit=timedelta(seconds=limit_s),
            random_seed=SEED,
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
        )
        if self.kind is mathopt.SolverType.HIGHS:
            parameters.highs = highs_pb2.HighsOptionsProto(int_options={"threads": 1})
        else:
            parameters.threads = 1
        variables = list(model.variables())
        hints = []
        # HiGHS may fail on values for some of the columns only.
        partial = known is not None and len(known) < len(variables)
        if known is not None and not (partial and self.kind is mathopt.SolverType.HIGHS):
            start = dict(zip(variables, map(float, known), strict=False))
            hints = [mathopt.SolutionHint(variable_values=start)]
        started_s = time.perf_counter()
        result = mathopt.solve(
            model,
            self.kind,
            params=parameters,
            model_params=mathopt.ModelSolveParameters(solution_hints=hints),
        )
        solver_s = time.perf_counter() - started_s
        if not result.has_primal_feasible_solution():
            return Outcome(None, optimal=False, solver_s=solver_s)
        values = [round(value) for value in result.variable_values(variables)]
        optimal = result.termination.reason == mathopt.TerminationReason.OPTIMAL
        return Outcome(values, optimal, solver_s)


def _model_proto(mip: Mip, objective: Objective) -> model_pb2.ModelProto:
    proto = model_pb2.ModelProto()
    count = len(mip.lower)
    proto.variables.ids.extend(range(count))
    proto.variables.lower_bounds.extend(mip.lower)
    proto.variables.upper_bounds.extend(mip.upper)
    proto.variables.integers.extend([True] * count)
    terms = sorted((column, amount) for column, amount in objective.items() if amount)
    proto.objective.linear_coefficients.ids.extend(column for column, _ in terms)
    proto.objective.linear_coefficients.values.extend(amount for _, amount in terms)
    rows = proto.linear_constraints
    rows.ids.extend(range(len(mip.rows)))
    rows.lower_bounds.extend(row.lower for row in mip.rows)
    rows.upper_bounds.extend(row.upper for row in mip.rows)
    sizes = [len(row.columns) for row in mip.rows]
    matrix = proto.linear_constraint_matrix
    matrix.row_ids.extend(np.repeat(np.arange(len(sizes)), sizes).tolist())
    matrix.column_ids.extend(column for row in mip.rows for column in row.columns)
    matrix.coefficients.extend(amount for row in mip.rows for amount in row.coefficients)
    return proto


def solve_with_cp_sat(
    mip: Mip, objective: Objective, limit_s: float, known: list[int] | None
) -> Outcome:
    """Solve with CP-SAT, one worker."""
    model = cp_model.CpModel()
    columns = [
        model.new_int_var(lower, upper, "")
        for lower, upper in zip(mip.lower, mip.upper, strict=True)
    ]
    for row in mip.rows:
        chosen = [columns[column] for column in row.columns]
        if (
            row.lower == row.upper == 1
            and set(row.coefficients) == {1}
            and _binary(mip, row.columns)
        ):
            model.add_exactly_one(chosen)
            continue
        terms = cp_model.LinearExpr.weighted_sum(chosen, row.coefficients)
        lower = cp_model.INT_MIN if row.lower == -np.inf else int(row.lower)
        upper = cp_model.INT_MAX if row.upper == np.inf else int(row.upper)
        model.add_linear_constraint(terms, lower, upper)
    used = [(column, amount) for column, amount in objective.items() if amount]
    model.minimize(
        cp_model.LinearExpr.weighted_sum([columns[c] for c, _ in used], [a for _, a in used])
    )
    for column, value in zip(columns, known or (), strict=False):
        model.add_hint(column, value)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = SEED
    solver.parameters.max_time_in_seconds = limit_s
    started_s = time.perf_counter()
    status = solver.solve(model)
    solver_s = time.perf_counter() - started_s
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Outcome(None, optimal=False, solver_s=solver_s)
    values = [int(solver.value(column)) for column in columns]
    return Outcome(values, status == cp_model.OPTIMAL, solver_s)


def _binary(mip: Mip, columns: tuple[int, ...]) -> bool:
    return all(mip.lower[column] >= 0 and mip.upper[column] <= 1 for column in columns)


SOLVERS: Final[Mapping[str, Solve]] = MappingProxyType(
    {
        "highs": MathOptSolver(mathopt.SolverType.HIGHS),
        "scip": MathOptSolver(mathopt.SolverType.GSCIP),
        "cp-sat": solve_with_cp_sat,
    }
)
"""Name on the command line to solver."""
