"""Minimise one number after the other with CP-SAT, and say what is proven of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from allocation.optimize.api import Budget

_LEAST_TIME_S = 0.001
_TIE_EFFORT = 0.2
"""Deterministic time for breaking ties: the same on every machine."""


@dataclass(frozen=True, slots=True)
class Linear:
    """An integer linear form: sum of coefficients times variables, plus a constant."""

    variables: tuple[cp_model.IntVar, ...]
    coefficients: tuple[int, ...]
    constant: int = 0

    def expression(self) -> cp_model.LinearExprT:
        """Return it in the solver's words."""
        return cp_model.LinearExpr.weighted_sum(self.variables, self.coefficients) + self.constant

    def value(self, values: Sequence[int]) -> int:
        """Return its value, variables by index."""
        return self.constant + sum(
            coefficient * values[variable.index]
            for variable, coefficient in zip(self.variables, self.coefficients, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Outcome of a search.

    Attributes
    ----------
    values
        Value of every variable in the best solution found, or ``None``.
    proven
        Proven minima of the leading forms.
    bound
        Lower bound of the first form that is not proven; ``None`` if there is none.
    """

    values: list[int] | None
    proven: tuple[int, ...]
    bound: int | None


def minimise(
    model: cp_model.CpModel,
    forms: Sequence[Linear],
    tie_break: Linear | None,
    hint: dict[int, int],
    budget: Budget,
) -> Found:
    """Minimise `forms` lexicographically; among equals `tie_break` if that is quickly done.

    Parameters
    ----------
    model
        Constraints; is changed.
    forms
        Most important first.
    tie_break
        What to prefer among optimal solutions, if anything; it never decides what is proven.
    hint
        Variable index to value, from a known solution; may be partial.
    budget
        When to stop.
    """
    best: list[int] | None = None
    proven: list[int] = []
    _set_hint(model, hint)
    for form in forms:
        solver = _solver(budget)
        if budget.left_s() <= _LEAST_TIME_S:
            return Found(best, tuple(proven), None)
        model.minimize(form.expression())
        status = solver.solve(model)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            best = list(solver.response_proto.solution)
            _set_hint(model, dict(enumerate(best)))
        if status != cp_model.OPTIMAL:
            known = status == cp_model.FEASIBLE
            bound = math.ceil(solver.best_objective_bound - 1e-6) if known else None
            return Found(best, tuple(proven), bound)
        value = form.value(best or ())
        proven.append(value)
        model.add(form.expression() <= value)
    return Found(_tie_broken(model, tie_break, budget) or best, tuple(proven), None)


def _tie_broken(model: cp_model.CpModel, form: Linear | None, budget: Budget) -> list[int] | None:
    if form is None or budget.left_s() <= _LEAST_TIME_S:
        return None
    solver = _solver(budget)
    solver.parameters.max_deterministic_time = _TIE_EFFORT
    model.minimize(form.expression())
    if solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(solver.response_proto.solution)
    return None


def _solver(budget: Budget) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # The bounds come from the linear relaxation. Presolve is off because that of 9.15
    # may cut off the optimum where at-most-ones meet large coefficients and then calls a
    # worse solution optimal; the models are built tight enough to be as fast without it.
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_presolve = False
    solver.parameters.symmetry_level = 0
    solver.parameters.random_seed = budget.seed
    solver.parameters.max_time_in_seconds = budget.left_s()
    return solver


def _set_hint(model: cp_model.CpModel, hint: dict[int, int]) -> None:
    model.proto.clear_solution_hint()
    model.proto.solution_hint.vars.extend(list(hint.keys()))
    model.proto.solution_hint.values.extend(list(hint.values()))
