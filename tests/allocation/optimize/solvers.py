"""Every solver of the project, as the tests of agreement see it: one visible table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat import CpSatOptimizer
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.greedy import greedy
from allocation.optimize.ladder import solve
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import Solution
from routing.sourcing.problem import SourcingProblem

BUDGET_S = 120.0
"""Far more than any of these small problems needs: time must not decide a test."""


@dataclass(frozen=True, slots=True)
class SolverCase:
    """A solver and what it promises on small problems.

    Attributes
    ----------
    solve
        Answers a problem; ``None`` if the problem is not for it.
    exact
        Whether every answer is the optimum.
    least_answered_percent
        Share of the small problems that it has to answer.
    problems
        How many random problems it is compared on.
    """

    solve: Callable[[SourcingProblem], Solution | None]
    exact: bool
    least_answered_percent: int
    problems: int


def budget() -> Budget:
    """Return a budget that outlasts every test."""
    return Budget(monotonic, monotonic() + BUDGET_S)


def _greedy(problem: SourcingProblem) -> Solution:
    return greedy(problem, Evaluator(problem))


def _exact_sets(problem: SourcingProblem) -> Solution | None:
    return ExactSets().solve(problem, budget(), _greedy(problem))


def _location_sets(problem: SourcingProblem) -> Solution | None:
    return LocationSets().solve(problem, budget(), _greedy(problem))


def _cp_sat(problem: SourcingProblem) -> Solution | None:
    return CpSatOptimizer().solve(problem, budget(), _greedy(problem))


def _cp_sat_columns(problem: SourcingProblem) -> Solution | None:
    return CpSatOptimizer(steps=False).solve(problem, budget(), _greedy(problem))


def _cp_sat_steps(problem: SourcingProblem) -> Solution | None:
    return CpSatOptimizer(columns=False).solve(problem, budget(), _greedy(problem))


def _ladder(problem: SourcingProblem) -> Solution | None:
    return solve(problem, budget())


SOLVERS: dict[str, SolverCase] = {
    "greedy": SolverCase(_greedy, exact=False, least_answered_percent=100, problems=1_000),
    "exact_sets": SolverCase(_exact_sets, exact=True, least_answered_percent=95, problems=1_000),
    "location_sets": SolverCase(
        _location_sets, exact=True, least_answered_percent=95, problems=500
    ),
    "cp_sat": SolverCase(_cp_sat, exact=True, least_answered_percent=95, problems=200),
    "columns": SolverCase(_cp_sat_columns, exact=True, least_answered_percent=80, problems=200),
    "steps": SolverCase(_cp_sat_steps, exact=True, least_answered_percent=95, problems=100),
    "ladder": SolverCase(_ladder, exact=True, least_answered_percent=100, problems=2_000),
}
EXACT = [name for name, case in SOLVERS.items() if case.exact]
ANSWERS_ALL = ["cp_sat", "ladder"]
"""Those that must also answer what leaves the usual sizes, such as unknown distances."""
