"""Measure one cell of the optimizer benchmark: ours, greedy, rankers, generic models."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy import greedy
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus, Solution
from allocation.optimize.verify import verify
from bench.contenders.child import run_apart
from bench.contenders.rankers import RANKERS
from bench.contenders.run import Run, run_model, to_solution
from bench.contenders.solvers import SOLVERS
from bench.harness.timing import settle, timed
from bench.instances.draw import Instance, draw_instance
from bench.instances.families import Cell, Twist

REPEATS = 3
"""Quick solves are timed so many times, and the median counts: the machine is shared."""
QUICK_S = 0.05
LEAST_S = 0.5
SLOWER = 3.0
"""Models that take longer than both are stopped where another one has proven its answer."""
APART = ("large",)
"""Families whose generic models run in processes of their own."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run: contenders by name, limits in seconds.

    Attributes
    ----------
    limit_s
        For every solve, ours too.
    cell_s
        After so long no further instance of a size goes to the generic models.
    dominance
        Whether the generic models leave out locations that others replace.
    """

    contenders: Sequence[str]
    seed: int
    limit_s: float
    cell_s: float
    dominance: bool

    def model_limit_s(self, proofs: Iterable[Timed]) -> float:
        """Return how long a model may take when others are done with the instance.

        One that takes `SLOWER` times as long as a proof is not the best model, and waiting for
        its end would only keep further instances from being tried.
        """
        proven = [each.total_s for each in proofs if each.optimal]
        return min([self.limit_s, *(max(LEAST_S, SLOWER * each) for each in proven)])


@dataclass(frozen=True, slots=True)
class Timed:
    """A contender on an instance; `values` are the exact ones of its answer."""

    values: tuple[int, ...] | None
    claimed: tuple[int, ...]
    optimal: bool
    total_s: float
    solver_s: float


@dataclass(slots=True)
class Measured:
    """One instance.

    Attributes
    ----------
    ours, ours_s
        Our answer and its time.
    others
        Answers of greedy and rankers, priced.
    models
        By contender; empty where none was run.
    problems
        What a check found wrong, with whose answer it was.
    """

    instance: Instance
    ours: Solution
    ours_s: float
    others: dict[str, Solution]
    models: dict[str, Timed] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def proven(self) -> bool:
        """Whether we call our answer optimal."""
        return self.ours.status is ProofStatus.OPTIMAL


def measure_cell(cell: Cell, plan: Plan, ours: int, peers: int) -> list[Measured]:
    """Measure instances 0 to ``ours``; generic models run on the first ``peers`` of them.

    They stop early when the cell has taken ``plan.cell_s`` seconds.
    """
    _solve_ours(draw_instance(cell, plan.seed, -1), plan)
    settle()
    found = [measure_ours(draw_instance(cell, plan.seed, index), plan) for index in range(ours)]
    started_s = time.perf_counter()
    if peers and plan.contenders:
        warm = draw_instance(cell, plan.seed, -1)
        for name in plan.contenders:
            if cell.family not in APART:
                run_model(
                    warm.problem,
                    SOLVERS[name],
                    min(1.0, plan.limit_s),
                    prefilter=plan.dominance,
                )
    for each in found[:peers]:
        if time.perf_counter() - started_s > plan.cell_s:
            break
        for name in plan.contenders:
            each.models[name] = _measure_model(each, name, plan)
    return found


def measure_one(cell: Cell, plan: Plan, index: int) -> Measured:
    """Measure one instance with everything."""
    _solve_ours(draw_instance(cell, plan.seed, -1), plan)
    measured = measure_ours(draw_instance(cell, plan.seed, index), plan)
    for name in plan.contenders:
        measured.models[name] = _measure_model(measured, name, plan)
    return measured


def measure_ours(instance: Instance, plan: Plan) -> Measured:
    """Solve an instance with our ladder, greedy, and the rankers; check every answer."""
    problem = instance.problem
    answer, ours_s = _solve_ours(instance, plan)
    others = {"greedy": greedy(problem, Evaluator(problem))}
    if instance.cell.twist is not Twist.CAPACITY:
        # Rankers know nothing of capacity.
        others |= {name: to_solution(problem, rank(problem)) for name, rank in RANKERS.items()}
    measured = Measured(instance, answer, ours_s, others)
    for name, solution in {"ours": answer, **others}.items():
        _check(measured, name, solution)
    return measured


def _solve_ours(instance: Instance, plan: Plan) -> tuple[Solution, float]:
    def once() -> tuple[Solution, float]:
        deadline_s = time.perf_counter() + min(plan.limit_s, instance.cell.limit_s)
        budget = Budget(time.perf_counter, deadline_s)
        return timed(lambda: solve(instance.problem, budget))

    answer, first_s = once()
    if first_s > QUICK_S:
        return answer, first_s
    return answer, sorted([first_s, *(once()[1] for _ in range(REPEATS - 1))])[REPEATS // 2]


def _measure_model(measured: Measured, name: str, plan: Plan) -> Timed:
    instance = measured.instance
    problem = instance.problem
    limit_s = plan.model_limit_s(measured.models.values())

    def once() -> Run:
        if instance.cell.family in APART:
            return run_apart(instance, name, limit_s, prefilter=plan.dominance)
        solver = SOLVERS[name]
        return timed(lambda: run_model(problem, solver, limit_s, prefilter=plan.dominance))[0]

    runs = [once()]
    while runs[0].total_s < QUICK_S and len(runs) < REPEATS:
        runs.append(once())
    runs.sort(key=lambda each: each.total_s)
    run = runs[len(runs) // 2]
    if run.contents is None:
        return Timed(None, run.claimed, optimal=False, total_s=run.total_s, solver_s=run.solver_s)
    solution = to_solution(problem, run.contents)
    _check(measured, name, solution)
    if run.optimal and solution.values != run.claimed:
        measured.problems.append(
            f"{instance.label}: {name} claims {run.claimed}, its answer is worth {solution.values}"
        )
    return Timed(solution.values, run.claimed, run.optimal, run.total_s, run.solver_s)


def _check(measured: Measured, name: str, solution: Solution) -> None:
    verdict = verify(measured.instance.problem, solution)
    label = measured.instance.label
    measured.problems += [f"{label}: {name}: {problem}" for problem in verdict.problems]
