"""Answers about fits are kept, charged as if they were new, and end with the budget."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count

import pytest

from allocation.optimize import fit_judge
from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.fit_judge import Decided, FitJudge
from routing.memo import Memo
from routing.parcels.fit.oracle import Counts, Fit, FitStatus
from routing.parcels.fit.solids import Sides, Solid

ROOM: Sides = (3, 3, 3)
SOLIDS = (Solid((1, 1, 1)), Solid((2, 1, 1)))
SPENT = 0.1


class CountingSolver:
    """Says yes if it has enough effort, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(
        self, _room: Sides, _solids: tuple[Solid, ...], _counts: Counts, effort: float, _s: float
    ) -> Decided:
        self.asked += 1
        if effort < SPENT:
            return Decided(Fit(FitStatus.NOT_KNOWN), effort)
        return Decided(Fit(FitStatus.FITS), SPENT)


def loaded(solver: CountingSolver) -> Callable[[], CountingSolver]:
    """Return what gives the solver, as if it had been asked for before."""
    found = cache(lambda: solver)
    found()
    return found


@pytest.fixture
def solver(monkeypatch: pytest.MonkeyPatch) -> CountingSolver:
    counting = CountingSolver()
    monkeypatch.setattr(fit_judge, "fit_solver", loaded(counting))
    monkeypatch.setattr(fit_judge, "_answers", Memo[Decided](10**6))
    return counting


def test_an_answer_is_found_once_and_charged_every_time(solver: CountingSolver) -> None:
    for _ in range(3):
        judge = FitJudge(ENDLESS, 0.25)
        assert judge.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.FITS
        assert judge.effort == pytest.approx(0.25 - SPENT, abs=0.001)
    assert solver.asked == 1


def test_a_kept_answer_that_would_have_taken_too_long_is_none(solver: CountingSolver) -> None:
    assert FitJudge(ENDLESS, 1.0).decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.FITS
    late = FitJudge(ENDLESS, SPENT / 2)
    assert late.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    assert late.effort < 0.001
    assert solver.asked == 1


def test_what_little_effort_left_open_is_asked_again_with_more(solver: CountingSolver) -> None:
    small = FitJudge(ENDLESS, SPENT / 2)
    assert small.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    again = FitJudge(ENDLESS, SPENT / 2)
    assert again.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    assert solver.asked == 1
    assert FitJudge(ENDLESS, 1.0).decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.FITS
    assert solver.asked == 2


def test_what_the_clock_ended_is_not_kept(solver: CountingSolver) -> None:
    ticks = count()
    hurried = Budget(lambda: float(next(ticks)), 1.5)
    judge = FitJudge(hurried, SPENT / 2)
    assert judge.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    assert FitJudge(ENDLESS, SPENT / 2).decide(ROOM, SOLIDS, (1, 1)) == Fit(FitStatus.NOT_KNOWN)
    assert solver.asked == 2


def test_nothing_is_asked_after_the_budget_or_about_very_many_things(
    solver: CountingSolver,
) -> None:
    over = Budget(lambda: 1.0, 1.0)
    assert FitJudge(over, 1.0).decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    many = FitJudge(ENDLESS, 1.0)
    assert many.decide(ROOM, SOLIDS, (1, 99)).status is FitStatus.NOT_KNOWN
    assert solver.asked == 0


def test_little_time_is_not_spent_on_loading_what_nobody_loaded(
    solver: CountingSolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_judge, "fit_solver", cache(lambda: solver))
    hurried = FitJudge(Budget(lambda: 0.0, 2.0), 1.0)
    assert hurried.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.NOT_KNOWN
    assert solver.asked == 0
    patient = FitJudge(Budget(lambda: 0.0, 10.0), 1.0)
    assert patient.decide(ROOM, SOLIDS, (1, 1)).status is FitStatus.FITS
