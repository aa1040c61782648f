"""One problem for each way to choose; the best of them all is the optimum.

The first choice of every line comes first. If it leaves nothing to wish for in the tiers up
to the one that counts substituted units, no other choice can be better: it would count
some. Otherwise all ways are tried, as long as there is time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.choices.some_lines import SomeLines, some_lines
from allocation.optimize.greedy.bounds import cost_bound_minor, tier_bounds
from allocation.optimize.greedy.view import make_view
from allocation.optimize.solution import ProofStatus, Solution, SolveLimit
from routing.sourcing.objectives import SUBSTITUTED
from routing.sourcing.problem import SourcingProblem

Solve = Callable[[SourcingProblem, Budget], Solution]
Intp = NDArray[np.intp]

_SHARES = 3
"""A choice may take this part of the time that is left."""


def solve_with_choices(problem: SourcingProblem, budget: Budget, solve: Solve) -> Solution:
    """Return the best allocation over all choices.

    Parameters
    ----------
    solve
        Solves problems without choices, and proves what it can.
    """
    found: list[tuple[SomeLines, Solution]] = []
    proven: list[_Proven] = []
    for lines in choices(problem):
        own = some_lines(problem, lines)
        if found and budget.left_s() <= 0:
            view = make_view(own.problem)
            proven.append(_Proven(tier_bounds(view), cost_bound_minor(view)))
            continue
        deadline_s = budget.clock() + budget.left_s() / _SHARES
        solution = solve(own.problem, replace(budget, deadline_s=deadline_s))
        found.append((own, solution))
        proven.append(_Proven(solution.bounds, solution.cost_bound_minor))
        if len(found) == 1 and _leaves_nothing(problem, solution):
            break
    own, best = min(found, key=lambda pair: pair[1].values)
    return _of_all(own, best, proven)


@dataclass(frozen=True, slots=True)
class _Proven:
    """What is proven of one choice."""

    bounds: tuple[int, ...]
    cost_minor: int


def choices(problem: SourcingProblem) -> Iterator[Intp]:
    """Yield the lines of every way to choose, preferred ones first."""
    choice = problem.lines.choice
    every = np.arange(len(problem.lines))
    if choice is None:
        yield every
        return
    always = every[choice < 0]
    groups = [every[choice == number] for number in np.unique(choice[choice >= 0]).tolist()]
    ways = product(*(range(group.size) for group in groups))
    for way in sorted(ways, key=lambda way: (sum(way), way)):
        picked = [group[number] for group, number in zip(groups, way, strict=True)]
        yield np.sort(np.concatenate((always, np.array(picked, dtype=np.intp))))


def _leaves_nothing(problem: SourcingProblem, solution: Solution) -> bool:
    """Whether all tiers up to the one that counts substituted units are at 0, their least."""
    names = [tier.name for tier in problem.tiers]
    if SUBSTITUTED not in names:
        return False
    last = names.index(SUBSTITUTED)
    return not any(solution.values[: last + 1]) and solution.status is ProofStatus.OPTIMAL


def _of_all(own: SomeLines, best: Solution, proven: list[_Proven]) -> Solution:
    """Return the best solution as one of the whole problem, with what is proven of all."""
    bounds = min([best.values, *(each.bounds for each in proven)])
    optimal = bounds == best.values
    limit = best.limit if best.limit is not SolveLimit.NONE else SolveLimit.TIME
    return replace(
        own.whole(best),
        bounds=bounds,
        cost_bound_minor=min(each.cost_minor for each in proven),
        status=ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
        limit=SolveLimit.NONE if optimal else limit,
    )
