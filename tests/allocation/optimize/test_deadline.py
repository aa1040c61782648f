"""The optimizer looks at the clock often, and ends soon after its budget is over.

Counted are calls of functions between two readings of the clock, and after the first one
that says the budget is over: work that is the same on every machine, unlike time.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cache
from types import FrameType

import pytest

from allocation.optimize.api import Budget
from allocation.optimize.ladder import solve
from allocation.optimize.solution import Solution
from allocation.optimize.verify import verify
from bench.optimizer_deadline import CELLS, KITS, problems_of
from routing.sourcing.problem import SourcingProblem

SIZES = (*(cell.name for cell in CELLS), KITS)
MOST_CALLS = 20_000
"""A million of them take less than a second."""


@dataclass(slots=True)
class CountingClock:
    """A clock that says the budget is over from some reading on, and counts calls."""

    readings: int
    calls: int = 0
    between: list[int] = field(default_factory=list)
    last: int = 0
    over_at: int | None = None

    def __call__(self) -> float:
        """Return 0 for so many readings, then 10."""
        self.between.append(self.calls - self.last)
        self.last = self.calls
        if len(self.between) <= self.readings:
            return 0.0
        if self.over_at is None:
            self.over_at = self.calls
        return 10.0

    def count(self, _frame: FrameType, event: str, _argument: object) -> None:
        """Take note of an event, as `sys.setprofile` wants it."""
        self.calls += event in ("call", "c_call")

    @property
    def after(self) -> int:
        """Return the calls since the budget was over."""
        return 0 if self.over_at is None else self.calls - self.over_at


@cache
def problem_of(size: str) -> SourcingProblem:
    return problems_of(1, 1)[size][0]


def solved(problem: SourcingProblem, clock: CountingClock) -> Solution:
    sys.setprofile(clock.count)
    try:
        return solve(problem, Budget(clock, 1.0))
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("readings", [0, 5, 60, 200])
@pytest.mark.parametrize("size", SIZES)
def test_the_clock_is_read_often_and_the_end_comes_soon(size: str, readings: int) -> None:
    problem, clock = problem_of(size), CountingClock(readings)
    solution = solved(problem, clock)
    assert verify(problem, solution).ok
    assert solution.bounds <= solution.values
    assert max(clock.between) <= MOST_CALLS
    assert clock.after <= MOST_CALLS


def test_more_time_is_never_worse() -> None:
    problem = problem_of(SIZES[1])
    values = [solved(problem, CountingClock(readings)).values for readings in (0, 20, 100, 2_000)]
    assert values == sorted(values, reverse=True)
    assert values[-1] < values[0]
