"""The ladder: the first rung that proves its answer optimal ends the search."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

from allocation.optimize.alike.merge import merge_alike
from allocation.optimize.api import Budget, Optimizer
from allocation.optimize.choices.search import solve_with_choices
from allocation.optimize.cost_bound import read_cost_bound
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.few_lines import solve_few_lines
from allocation.optimize.fewest_first import counting_problem
from allocation.optimize.fewest_needed import fewest_needed
from allocation.optimize.fit_judge import fit_solver, with_judge
from allocation.optimize.greedy import greedy
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import ProofStatus, Solution, SolveLimit
from allocation.optimize.supply.search import solve_with_supply
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import with_max_shipments

Search = Callable[[SourcingProblem, Budget, Solution, Evaluator], Solution | None]
"""What goes on from an incumbent."""

EXACT_SETS = ExactSets()
LOCATION_SETS = LocationSets()

_LEAST_SEARCH_S = 0.005
_MANY_SHIPMENTS = 4
"""With so many at least, OR-Tools proves more and sooner than sets of locations."""
_FOR_SETS = 0.35
"""Share of the time that is kept for these all the same."""
_FIRST_PLAN_S, _FIRST_PLAN_SHARE = 0.005, 0.4
"""Time kept for a plan by greedy where sets give none, and the greatest share of all there is."""
_CLOSING_S, _CLOSING_SHARE = 0.002, 0.1
"""Time kept for the end: a step that has begun, and making the answer."""


def solve(problem: SourcingProblem, budget: Budget) -> Solution:
    """Return the best allocation found within the budget, with what is proven of it.

    Lines to choose from, and stock that lines or slots share portion by portion, are
    searched over from outside: every problem that `solve_plain` sees is without either.

    Parameters
    ----------
    problem
        Any sourcing problem; there is always an allocation, if need be with nothing shipped.
    budget
        The search ends when it does; a solution is returned all the same.
    """
    if problem.lines.choice is not None:
        return solve_with_choices(problem, budget, solve)
    if problem.supply is None:
        return solve_plain(problem, budget)
    return solve_with_supply(problem, problem.supply, budget, solve_plain)


def solve_at_once(problem: SourcingProblem) -> Solution | None:
    """Return the optimum of a usual order; ``None`` for one that has to be searched for.

    What `solve` answers, in less than a millisecond or not at all.
    """
    if problem.lines.choice is not None or problem.supply is not None:
        return None
    return solve_few_lines(problem)


def solve_plain(problem: SourcingProblem, budget: Budget) -> Solution:
    """Return the best allocation of a problem in which slots share nothing.

    Lines that are alike become one first. Small orders are solved on sets of lines, which
    needs no incumbent. For the others greedy comes first, so that there is always an answer;
    then sets of locations are searched, and what that leaves open OR-Tools improves for as
    long as the budget lasts.

    Parameters
    ----------
    problem
        Its `Supply`, if any, is not looked at.
    budget
        As for `solve`.
    """
    usual = solve_few_lines(problem)
    if usual is not None:
        return usual
    merged = merge_alike(problem)
    if merged is not None:
        # Which of lines that are alike ships where makes no difference, and ever so many plans.
        return merged.apart(_search(merged.problem, budget))
    return _search(problem, budget)


def _search(problem: SourcingProblem, budget: Budget) -> Solution:
    """Return the best allocation that the rungs find, one after the other."""
    # Whatever is begun takes a little longer than there was time for, and ends in an answer.
    budget = budget.ending_earlier(min(_CLOSING_SHARE * budget.left_s(), _CLOSING_S))
    problem = with_judge(problem, budget)
    evaluator = Evaluator(problem, budget)
    on_sets = budget.ending_earlier(min(_FIRST_PLAN_SHARE * budget.left_s(), _FIRST_PLAN_S))
    best = EXACT_SETS.solve(problem, on_sets, None, evaluator)
    if best is None:
        best = _with_fewest_shipments(problem, on_sets, evaluator)
    if best is not None and best.status is ProofStatus.OPTIMAL:
        return best
    if best is not None and _comes_packaged(problem):
        # What is open between all sets is what fits into cartons, and no other rung knows more.
        whole = _whole_lines(problem, budget, evaluator, best)
        return best if whole is None else better(problem, best, whole)
    first = greedy(problem, evaluator, budget)
    best = first if best is None else better(problem, best, first)
    whole = _whole_lines(problem, budget, evaluator, first)
    best = best if whole is None else better(problem, best, whole)
    if best.status is ProofStatus.OPTIMAL or budget.left_s() < _LEAST_SEARCH_S:
        return _ended(best)
    searches: list[Search] = [_by_locations, _by_or_tools]
    kept = 0.0
    if fewest_needed(problem) >= _MANY_SHIPMENTS:
        # There are too many sets of so many locations, and columns hold little each.
        searches.reverse()
        kept = _FOR_SETS
    for search in searches:
        left_s = budget.left_s()
        if left_s < _LEAST_SEARCH_S:
            return _ended(best)
        found = search(problem, budget.ending_earlier(kept * left_s), best, evaluator)
        kept = 0.0
        best = best if found is None else better(problem, found, best)
        if best.status is ProofStatus.OPTIMAL:
            break
    return best


def _ended(best: Solution) -> Solution:
    """Return what there is when there is no time for more, or no need."""
    if best.status is ProofStatus.OPTIMAL:
        return best
    return replace(best, limit=SolveLimit.TIME)


def _by_locations(
    problem: SourcingProblem, budget: Budget, best: Solution, evaluator: Evaluator
) -> Solution | None:
    """Search over sets of locations; first for how many there must be, if that helps."""
    found = LOCATION_SETS.solve(problem, budget, best, evaluator)
    counting = counting_problem(problem)
    if found is not None or counting is None:
        return found
    tiers = len(counting.tiers)
    known = replace(best, values=best.values[:tiers], bounds=best.bounds[:tiers])
    counted = LOCATION_SETS.solve(counting, budget, known, evaluator)
    if counted is None or counted.status is not ProofStatus.OPTIMAL:
        return None
    needed = max(1, len(counted.allocation.shipments))
    return LOCATION_SETS.solve(with_max_shipments(problem, needed), budget, best, evaluator)


def _by_or_tools(
    problem: SourcingProblem, budget: Budget, best: Solution, _evaluator: Evaluator
) -> Solution | None:
    return or_tools().solve(problem, budget, best)


@cache
def or_tools() -> Optimizer:
    """Return the rung that is made of OR-Tools; the first call loads them.

    That takes half a second, and usual orders do without: a server calls this once it serves.
    """
    from allocation.optimize.cp_sat import CpSatOptimizer  # noqa: PLC0415

    fit_solver()
    return CpSatOptimizer()


def _comes_packaged(problem: SourcingProblem) -> bool:
    return any(tariff.packagings for tariff in problem.lanes.tariffs)


def _with_fewest_shipments(
    problem: SourcingProblem, budget: Budget, evaluator: Evaluator
) -> Solution | None:
    """Solve on sets with no more shipments than there must be; see `counting_problem`.

    A limit that every best plan keeps changes neither the best values nor a proof of them.
    """
    counting = counting_problem(problem)
    if counting is None:
        return None
    counted = EXACT_SETS.solve(counting, budget, None, evaluator)
    if counted is None or counted.status is not ProofStatus.OPTIMAL:
        return None
    needed = max(1, len(counted.allocation.shipments))
    found = EXACT_SETS.solve(with_max_shipments(problem, needed), budget, None, evaluator)
    return found if found is not None and found.status is ProofStatus.OPTIMAL else None


def _whole_lines(
    problem: SourcingProblem, budget: Budget, evaluator: Evaluator, first: Solution
) -> Solution | None:
    """Solve with lines kept whole: always allowed, and often the best split, too.

    What is proven about whole lines says nothing about split ones, so only the
    allocation is kept; the bounds are those of `first`, a solution of the same problem.
    """
    if not problem.limits.line_split:
        return None
    whole = replace(problem, limits=replace(problem.limits, line_split=False))
    found = EXACT_SETS.solve(whole, budget, None, evaluator)
    if found is None:
        return None
    return replace(
        found,
        bounds=min(first.bounds, found.values),
        cost_bound_minor=min(first.cost_bound_minor, found.cost_minor),
        status=ProofStatus.FEASIBLE,
        limit=SolveLimit.SIZE,
    )


def better(problem: SourcingProblem, first: Solution, second: Solution) -> Solution:
    """Return the solution with the lower values, with the higher of both bounds.

    Both bounds hold for the same problem, so the higher one holds for either solution.
    """
    chosen, other = (first, second) if first.values <= second.values else (second, first)
    bounds = min(chosen.values, max(chosen.bounds, other.bounds))
    if bounds == chosen.bounds:
        return chosen
    optimal = bounds == chosen.values
    return replace(
        chosen,
        bounds=bounds,
        cost_bound_minor=read_cost_bound(problem, chosen.values, bounds, chosen.cost_minor),
        status=ProofStatus.OPTIMAL if optimal else chosen.status,
        limit=SolveLimit.NONE if optimal else chosen.limit,
    )
