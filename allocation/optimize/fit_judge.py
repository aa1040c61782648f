"""Questions of fit that placing things one by one leaves open, decided by OR-Tools.

Only what a plan depends on is asked. Answers are kept from order to order: what fits where
is a matter of sizes alone, and shops sell the same things together again and again. A kept
answer is charged as if it had just been found, so that it never shows whether it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

from allocation.optimize.api import Budget
from routing.memo import Memo
from routing.parcels.fit.oracle import Counts, Fit, FitStatus
from routing.parcels.fit.solids import Sides, Solid
from routing.sourcing.problem import SourcingProblem


class Decided(NamedTuple):
    """An answer, and the deterministic time that it took."""

    fit: Fit
    effort: float


Decide = Callable[[Sides, tuple[Solid, ...], Counts, float, float], Decided]
"""As `allocation.optimize.cp_sat.fit_model.decide_fit`."""

FOR_A_PLAN: Final = 4.0
"""Deterministic time for all questions of a plan, about two seconds."""
FOR_OPTIONS: Final = 0.06
"""For all questions of the delivery options of a cart, while a page waits."""
_FOR_ONE_QUESTION: Final = 2.0
_FOR_A_PAIR: Final = 0.0001
"""Of building the model, for any two solids."""
_MOST_SOLIDS: Final = 20
"""With more, hardly any question is decided in time."""
_SHARE: Final = 0.5
"""Of the time that is left, one question may take so much."""
_LEAST_S: Final = 0.003
"""With less time than this nothing is asked."""
_LOADING_S: Final = 2.0
"""What it may take to load OR-Tools, where nobody did so before: see `ladder.or_tools`."""

_KEPT_BYTES: Final = 16 * 2**20
_PLACEMENT_BYTES: Final = 400
_answers: Memo[Decided] = Memo(_KEPT_BYTES)


@dataclass(slots=True)
class FitJudge:
    """Decides within a budget; see `routing.parcels.fit.oracle.Judge`.

    Attributes
    ----------
    budget
        When it ends, nothing more is decided.
    effort
        Deterministic time that is left for questions.
    """

    budget: Budget
    effort: float

    def decide(self, room: Sides, solids: tuple[Solid, ...], counts: Counts) -> Fit:
        """Say whether solids fit into a room; `FitStatus.NOT_KNOWN` if time runs out."""
        solids_in_all = sum(counts)
        building = _FOR_A_PAIR * solids_in_all * (solids_in_all - 1) / 2
        limit = min(self.effort, _FOR_ONE_QUESTION) - building
        if solids_in_all > _MOST_SOLIDS or limit <= 0:
            return Fit(FitStatus.NOT_KNOWN)
        key = room, solids, counts
        known = _answers.get(key)
        if known is None or (known.fit.status is FitStatus.NOT_KNOWN and known.effort < limit):
            wall_s = self.budget.left_s() * _SHARE
            if wall_s < (_LEAST_S if fit_solver.cache_info().currsize else _LOADING_S):
                return Fit(FitStatus.NOT_KNOWN)
            known = fit_solver()(room, solids, counts, limit, wall_s)
            size = _PLACEMENT_BYTES * len(known.fit.placements)
            if known.fit.status is FitStatus.NOT_KNOWN:
                known = Decided(known.fit, limit)
                if self.budget.left_s() <= wall_s:
                    # The clock ended it: nothing to remember.
                    return known.fit
            _answers.put(key, known, size)
        self.effort -= building + min(limit, known.effort)
        return known.fit if known.effort <= limit else Fit(FitStatus.NOT_KNOWN)


def with_judge(
    problem: SourcingProblem, budget: Budget, effort: float = FOR_A_PLAN
) -> SourcingProblem:
    """Return the problem with a judge for questions of fit, where cartons raise any.

    Parameters
    ----------
    effort
        Deterministic time for all of them.
    """
    pieces = problem.pieces
    if pieces.boxing is None or not pieces.boxing.cartons:
        return problem
    judged = pieces.boxing.judged_by(FitJudge(budget, effort))
    return replace(problem, pieces=replace(pieces, boxing=judged))


@cache
def fit_solver() -> Decide:
    """Return the solver; the first call loads OR-Tools, which most orders do without."""
    from allocation.optimize.cp_sat.fit_model import decide_fit  # noqa: PLC0415

    return decide_fit
