"""Best-first search over branches, each of which is an ordinary problem.

The problem without its `Supply` allows more than the problem with it, so its optimum is a
lower bound, and usually the answer: only when slots or lines together take more than
their portions hold is there anything to branch on. Every branch is solved by the same
ladder as any other problem, so nothing else knows about portions.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allocation.optimize.api import Budget
from allocation.optimize.cost_bound import read_cost_bound
from allocation.optimize.solution import Pick, ProofStatus, Solution, SolveLimit
from allocation.optimize.supply.branches import Branch, divide, under, yielding
from allocation.optimize.supply.cuts import Cut, check
from allocation.optimize.supply.no_waiting import early
from allocation.optimize.supply.nothing import ship_nothing
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.supply import Supply

Solve = Callable[[SourcingProblem, Budget], Solution]

_MOST_DIVES = 100
_SHARES = 4
"""A branch may take this part of the time that is left."""
_CLOSING_S, _CLOSING_SHARE = 0.005, 0.2
_GLANCE_SHARE = 0.2
"""Share of the time in which it shows whether anybody has to wait that need not."""


@dataclass(order=True, slots=True)
class _Open:
    """A branch to divide further: its bound, when it was found, and the cut it breaks."""

    bounds: tuple[int, ...]
    number: int
    branch: Branch = field(compare=False)
    solution: Solution = field(compare=False)
    cut: Cut = field(compare=False)


def solve_with_supply(
    problem: SourcingProblem, supply: Supply, budget: Budget, solve: Solve
) -> Solution:
    """Return the best allocation in which every unit has a portion.

    Parameters
    ----------
    solve
        Solves problems without supply, and proves what it can.
    """
    # What is found must still be checked against the portions when the time is over.
    closing_s = min(_CLOSING_SHARE * budget.left_s(), _CLOSING_S)
    budget = budget.ending_earlier(closing_s)
    alone = early(problem)
    if alone is not None:
        glance = budget.ending_earlier((1 - _GLANCE_SHARE) * budget.left_s())
        first = _Search(alone.problem, supply, glance, solve).run()
        if alone.holds_all_best(first):
            if first.status is ProofStatus.OPTIMAL:
                return first
            again = _Search(alone.problem, supply, budget, solve).run()
            return again if again.values <= first.values else first
    return _Search(problem, supply, budget, solve).run()


@dataclass(slots=True, eq=False)
class _Search:
    problem: SourcingProblem
    supply: Supply
    budget: Budget
    solve: Solve
    best: Solution | None = None
    waiting: list[_Open] = field(default_factory=list)
    unproven: list[tuple[int, ...]] = field(default_factory=list)
    count: int = 0

    def run(self) -> Solution:
        """Search until nothing better is possible or the budget is used up."""
        self._look(Branch())
        if self.waiting:
            self._dive(self.waiting[0])
        while self.waiting and self.budget.left_s() > 0:
            opened = heapq.heappop(self.waiting)
            if self.best is not None and opened.bounds >= self.best.values:
                break
            for branch in divide(opened.branch, opened.cut):
                self._look(branch, opened)
        if self.unproven and not self.count and self.budget.left_s() > 0:
            # Nothing to divide: what is left is the time for the problem itself.
            self.unproven.clear()
            self._keep_or_push(Branch(), self._solved(Branch(), share=1))
        best = self.best or ship_nothing(self.problem)
        return self._proven(best)

    def _look(self, branch: Branch, parent: _Open | None = None) -> None:
        """Solve a branch: an answer, or something to divide."""
        if parent is not None and _keeps(branch, parent.cut):
            # What was found for the parent is still allowed, so it is still the best.
            self._push(branch, parent.solution, parent.cut)
            return
        solution = self._solved(branch)
        if self.best is None or solution.bounds < self.best.values:
            self._keep_or_push(branch, solution)

    def _keep_or_push(self, branch: Branch, solution: Solution) -> None:
        found = check(self.problem, self.supply, solution.allocation)
        if isinstance(found, Cut):
            self._push(branch, solution, found)
        else:
            self._keep(solution, found)

    def _push(self, branch: Branch, solution: Solution, cut: Cut) -> None:
        self.count += 1
        opened = _Open(solution.bounds, self.count, branch, solution, cut)
        heapq.heappush(self.waiting, opened)

    def _solved(self, branch: Branch, share: int = _SHARES) -> Solution:
        restricted = under(self.problem, self.supply, branch)
        deadline_s = self.budget.clock() + self.budget.left_s() / share
        budget = replace(self.budget, deadline_s=deadline_s)
        return restricted.whole(self.solve(restricted.problem, budget))

    def _keep(self, solution: Solution, picks: tuple[Pick, ...]) -> None:
        """Keep an allowed solution if it is the best; note what it leaves unproven."""
        if solution.bounds < solution.values:
            self.unproven.append(solution.bounds)
        if self.best is None or solution.values < self.best.values:
            allocation = replace(solution.allocation, picks=picks)
            self.best = replace(solution, allocation=allocation)

    def _dive(self, opened: _Open) -> None:
        """Find some allowed allocation: cut after cut, the later slots yield."""
        branch, cut = opened.branch, opened.cut
        for _ in range(_MOST_DIVES):
            branch = yielding(branch, cut)
            solution = self._solved(branch)
            found = check(self.problem, self.supply, solution.allocation)
            if not isinstance(found, Cut):
                allocation = replace(solution.allocation, picks=found)
                self.best = replace(solution, allocation=allocation)
                return
            cut = found

    def _proven(self, best: Solution) -> Solution:
        """Return a solution with what the whole search proves of it."""
        left = [opened.bounds for opened in self.waiting]
        bounds = min([best.values, *self.unproven, *left])
        optimal = bounds == best.values
        return replace(
            best,
            bounds=bounds,
            cost_bound_minor=read_cost_bound(self.problem, best.values, bounds, best.cost_minor),
            status=ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
            limit=SolveLimit.NONE if optimal else _limit(best, self.budget),
        )


def _keeps(branch: Branch, cut: Cut) -> bool:
    """Whether what breaks the cut is allowed in the branch all the same."""
    return all(cut.taken.get(group, 0) <= most for group, most in branch.most.items())


def _limit(best: Solution, budget: Budget) -> SolveLimit:
    if budget.left_s() <= 0:
        return SolveLimit.TIME
    return best.limit if best.limit is not SolveLimit.NONE else SolveLimit.SIZE
