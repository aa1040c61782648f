"""Rung 2: CP-SAT over all columns, or over parcels and weight steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ortools.init.python.init import OrToolsVersion

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.cp_sat.answer import Answer, to_solution
from allocation.optimize.cp_sat.column_search import ColumnSearch
from allocation.optimize.cp_sat.columns import make_columns
from allocation.optimize.cp_sat.search import Found, minimise
from allocation.optimize.cp_sat.step_build import make_step_model
from allocation.optimize.cp_sat.tiers import Stage, TooLargeError, stages_of
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy.book import Book, Contents
from allocation.optimize.greedy.view import make_view
from allocation.optimize.solution import ProofStatus, Solution
from routing.sourcing.problem import SourcingProblem

Search = Callable[[Book, tuple[Stage, ...], Budget, Solution], Answer]


@dataclass(frozen=True, slots=True)
class CpSatOptimizer:
    """Exact for everything that a sourcing problem can say.

    Attributes
    ----------
    columns, steps
        Whether each of the two models may be used; with both, columns first, and steps
        if they leave something unproven. Both have the same optimum.
    """

    columns: bool = True
    steps: bool = True

    def solve(
        self, problem: SourcingProblem, budget: Budget, incumbent: Solution
    ) -> Solution | None:
        """Improve on the incumbent and prove as much as time allows.

        Parameters
        ----------
        problem
            Prices and per-parcel costs are 0 or more.
        budget
            When to stop.
        incumbent
            An allowed solution; it is given back if nothing better is found.

        Returns
        -------
        Solution or None
            ``None`` if the problem is too large for the allowed models, or has amounts
            whose totals leave 2**50, unknown distances apart.
        """
        book = Book(Evaluator(problem), make_view(problem))
        try:
            stages = stages_of(problem)
        except TooLargeError:
            return None
        best: Solution | None = None
        for search in self._searches():
            known = incumbent if best is None else best
            answer = _tried(search, book, stages, budget, known)
            if answer is not None:
                found = to_solution(book, stages, answer, known)
                if best is None or (found.values, found.bounds) != (best.values, best.bounds):
                    best = found
            if budget.left_s() <= 0 or (best and best.status is ProofStatus.OPTIMAL):
                break
        if best is None and budget.left_s() <= 0:
            return to_solution(book, stages, _NO_TIME, incumbent)
        return best

    def _searches(self) -> Iterator[Search]:
        """Yield what to try, one after the other, until one proves its answer."""
        if self.columns:
            yield _by_columns
        if self.steps:
            yield _by_steps


def _tried(
    search: Search, book: Book, stages: tuple[Stage, ...], budget: Budget, known: Solution
) -> Answer | None:
    """Return the search's answer; ``None`` if the problem is too large for it or the time."""
    try:
        return search(book, stages, budget, known)
    except (TooLargeError, OutOfTimeError):
        return None


def _by_columns(
    book: Book, stages: tuple[Stage, ...], budget: Budget, incumbent: Solution
) -> Answer:
    columns = make_columns(book.view, book.evaluator, stages, budget)
    search = ColumnSearch(columns, stages, _contents(book, incumbent))
    found = search.run(budget)
    return Answer(found, search.contents, _name("columns"))


def _contents(book: Book, incumbent: Solution) -> Contents:
    location = book.view.problem.lanes.location
    return {
        int(location[shipment.lane]): dict(shipment.quantities)
        for shipment in incumbent.allocation.shipments
    }


def _by_steps(book: Book, stages: tuple[Stage, ...], budget: Budget, incumbent: Solution) -> Answer:
    built = make_step_model(book.view, stages, budget)
    forms = [built.form(stage) for stage in stages]
    hint = built.hint(incumbent.allocation)
    found = minimise(built.model, forms, built.rank_form(), hint, budget)
    if found.values is None:
        return Answer(found, None, _name("steps"))
    return Answer(
        found, built.contents(found.values), _name("steps"), built.shipments(found.values)
    )


def _name(model: str) -> str:
    release = f"{OrToolsVersion.major_number()}.{OrToolsVersion.minor_number()}"
    return f"cp-sat {release} ({model})"


_NO_TIME = Answer(Found(None, (), None), None, _name("no time"))
