"""What every optimizer promises."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from allocation.optimize.solution import Solution
from routing.sourcing.problem import SourcingProblem


class OutOfTimeError(Exception):
    """The budget ended in the midst of something; never leaves the optimizer."""


class Clock(Protocol):
    """A monotonic clock in seconds, handed in so that the optimizer has none of its own."""

    def __call__(self) -> float:
        """Return seconds since some fixed instant."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a solve may take.

    Attributes
    ----------
    clock
        Monotonic seconds.
    deadline_s
        Reading of `clock` at which a solution must be there.
    seed
        For solvers that draw numbers.
    """

    clock: Clock
    deadline_s: float
    seed: int = 1

    def left_s(self) -> float:
        """Return what is left, never negative."""
        return max(0.0, self.deadline_s - self.clock())

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.clock() >= self.deadline_s

    def ending_earlier(self, by_s: float) -> Budget:
        """Return a budget that ends so much earlier, so that there is time for what follows."""
        return replace(self, deadline_s=self.deadline_s - by_s)

    def check(self) -> None:
        """Raise `OutOfTimeError` if nothing is left."""
        if self.is_over:
            raise OutOfTimeError


ENDLESS = Budget(lambda: 0.0, 1.0)
"""A budget that is never over."""


class Optimizer(Protocol):
    """Finds an allocation; stops at the budget with the best one so far."""

    def solve(
        self, problem: SourcingProblem, budget: Budget, incumbent: Solution
    ) -> Solution | None:
        """Return a solution no worse than `incumbent`, or ``None`` if the problem is not for it.

        Never raises for lack of time or stock.
        """
        ...
