"""Rung 0: a deterministic adaptive greedy. Its answer is the incumbent and the fallback."""

from __future__ import annotations

from collections.abc import Iterator

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.evaluate import Evaluator, landed_cost
from allocation.optimize.greedy.book import Book, Contents
from allocation.optimize.greedy.bounds import cost_bound_minor, tier_bounds
from allocation.optimize.greedy.build import MEASURES, Builder
from allocation.optimize.greedy.improve import improved, repaired
from allocation.optimize.greedy.view import make_view
from allocation.optimize.solution import ProofStatus, Rung, Solution, SolveLimit
from routing.sourcing.problem import SourcingProblem

_ENOUGH_EFFORT = 100
"""Effort (see `Book.effort`) after which further candidates are not valued."""


def greedy(problem: SourcingProblem, evaluator: Evaluator, budget: Budget = ENDLESS) -> Solution:
    """Find a good allocation quickly; there is always one, if need be with nothing shipped.

    Several candidates are built by opening one lane after the other (most of the
    order first, least change per share filled, greatest improvement) and by taking the
    best single shipment. The best of them is improved by dropping shipments, shipping
    from elsewhere, and moving lines. Among equals the one with lower locations is kept.

    Parameters
    ----------
    problem
        What to allocate.
    evaluator
        Prices parcels; made for the same problem.
    budget
        When it is over, the first plan that there is will do.

    Returns
    -------
    Solution
        With true bounds; OPTIMAL only if they meet the values.
    """
    view = make_view(problem)
    book = Book(evaluator, view)
    contents = _best(book, Builder(book), budget)
    allocation = book.allocation(contents)
    values = book.values(contents)
    if values is None:
        raise AssertionError(f"the greedy chose contents that are not allowed: {contents}")
    bounds = min(tier_bounds(view), values)
    cost = landed_cost(evaluator, allocation)
    optimal = bounds == values
    return Solution(
        allocation,
        values,
        bounds,
        cost,
        min(cost, cost_bound_minor(view)),
        ProofStatus.OPTIMAL if optimal else ProofStatus.FEASIBLE,
        Rung.GREEDY,
        "greedy",
        SolveLimit.NONE if optimal else SolveLimit.GREEDY_ONLY,
    )


def _best(book: Book, builder: Builder, budget: Budget) -> Contents:
    """Build candidates, value them exactly, and improve the best."""
    contents: Contents = {}
    values = book.values(contents)
    if values is None:
        raise AssertionError("shipping nothing must always be allowed")
    left_s = budget.left_s()
    for candidate in _candidates(book, builder):
        found = book.values(candidate)
        if found is not None and (found, sorted(candidate)) < (values, sorted(contents)):
            contents, values = candidate, found
        before_s, left_s = left_s, budget.left_s()
        # The next candidate takes about as long as this one.
        if contents and (book.effort > _ENOUGH_EFFORT or left_s < before_s - left_s):
            break
    return improved(book, builder, contents, values, budget)[0]


def _candidates(book: Book, builder: Builder) -> Iterator[Contents]:
    for measure in MEASURES:
        yield repaired(book, builder.build(measure))
    yield builder.best_single()
