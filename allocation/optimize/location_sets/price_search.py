"""Prices whose bound on plans with a given number of shipments is as high as possible.

The bound is a concave function of the prices. Its ascent follows the subgradient, demand
less what the least plan ships, smoothed over the steps before, as far as the best known
plan is away. The least plans met are good places to look for better ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.location_sets.convolve import least_sums, possible, share_of_second
from allocation.optimize.location_sets.knapsack import Ints, Knapsack

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_ROUNDS = 120
_SMOOTH = 0.7
_PATIENCE = 4
_SHRINK = 0.7
_SMALLEST_STEP = 0.02
_BAR_EVERY = 6
_GAIN = 1e-4
"""Less than this share of the bound is no progress."""

Look = Callable[[tuple[int, ...]], int]
"""Look for a plan from these places; return the scalar of the best plan known."""


@dataclass(slots=True, eq=False)
class PriceSearch:
    """Looks for prices for plans with exactly `shipments` shipments.

    Attributes
    ----------
    target
        Scalar of the best plan known; a bound that reaches it is high enough.
    look
        Called with the places of least plans.
    alpha, bound
        The best prices so far and their bound.
    through
        A place that one of the shipments has to leave; ``None``: none has to.
    """

    knapsack: Knapsack
    shipments: int
    target: int
    look: Look
    budget: Budget
    alpha: Int64
    bound: int = -(2**62)
    through: int | None = None
    _rows: NDArray[np.intp] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = np.arange(self.knapsack.rest + 1)

    def run(self) -> None:
        """Improve the prices until they prove enough, hardly improve, or time is up."""
        try:
            self._ascend()
        except OutOfTimeError:
            return

    def _ascend(self) -> None:
        at = self.alpha.astype(np.float64)
        move = np.zeros_like(at)
        step, idle = 1.0, 0
        for number in range(_ROUNDS):
            alpha = self._rounded(at)
            reduced = self.knapsack.reduced(alpha, self._rows)
            bound, picked = self._least(alpha, reduced)
            idle = 0 if bound > self.bound + max(0.5, _GAIN * abs(self.bound)) else idle + 1
            if bound > self.bound:
                self.alpha, self.bound = alpha, bound
            if idle >= _PATIENCE:
                step, idle = step * _SHRINK, 0
            done = self.bound >= self.target or self._rows.size <= 1 or step < _SMALLEST_STEP
            if done or self.budget.left_s() <= 0:
                return
            self._look_there(picked)
            short = self._shortage(alpha, picked)
            if not short.any():
                return
            move = short + _SMOOTH * move
            length = float(move @ move)
            if length > 0:
                at = at + step * float(self.target - bound) / length * move
            if number % _BAR_EVERY == _BAR_EVERY - 1:
                self._bar(alpha, reduced)

    def _rounded(self, at: Float64) -> Int64:
        most = self.knapsack.most_price
        return np.clip(np.rint(at), -most, most).astype(np.int64)

    def _least(self, alpha: Int64, reduced: Ints) -> tuple[int, list[tuple[int, int]]]:
        """Return the bound and the (row, cell) of each part of a least plan."""
        never = self.knapsack.never
        # One part each: rows it may come from, and what the best of them costs by cell.
        anywhere = np.arange(reduced.shape[0] - 1), reduced[:-1].min(axis=0)
        parts = [anywhere] * self.shipments
        if self.through is not None:
            there = self._there()
            parts[0] = there, reduced[there].min(axis=0, initial=never)
        sums = [reduced[-1]]
        for _, least in parts:
            sums.append(least_sums(sums[-1], least, never))
        if sums[-1][-1] >= never:
            return self.target, []
        picked, left = [], reduced.shape[1] - 1
        for (rows, least), before in zip(reversed(parts), sums[-2::-1], strict=True):
            cell = share_of_second(before, least, left)
            picked.append((int(self._rows[rows[reduced[rows, cell].argmin()]]), cell))
            left -= cell
        base = int(alpha @ self.knapsack.model.demand)
        return int(sums[-1][-1]) + base, [*picked, (self.knapsack.rest, left)]

    def _there(self) -> NDArray[np.intp]:
        """Return which of the rows are those of the place that has to ship."""
        return np.flatnonzero(self.knapsack.model.rows.place[self._rows[:-1]] == self.through)

    def _look_there(self, picked: list[tuple[int, int]]) -> None:
        place = self.knapsack.model.rows.place
        places = {int(place[row]) for row, _ in picked if row != self.knapsack.rest}
        self.target = min(self.target, self.look(tuple(sorted(places))))

    def _shortage(self, alpha: Int64, picked: list[tuple[int, int]]) -> Float64:
        """Return the demand that a least plan does not meet, negative where it ships too much."""
        shipped = np.zeros_like(alpha)
        for row, cell in picked:
            if row != self.knapsack.rest or self.knapsack.may_leave_out:
                shipped += self.knapsack.vector(alpha, row, cell)
        return (self.knapsack.model.demand - shipped).astype(np.float64)

    def _bar(self, alpha: Int64, reduced: Ints) -> None:
        """Leave out the rows that no plan better than the target ships from."""
        never = self.knapsack.never
        least, sums = reduced[:-1].min(axis=0), reduced[-1]
        others, there = self.shipments - 1, np.zeros(0, dtype=np.intp)
        if self.through is not None:
            there = self._there()
            sums = least_sums(sums, reduced[there].min(axis=0, initial=never), never)
            others -= 1
        for _ in range(others):
            sums = least_sums(sums, least, never)
        base = int(alpha @ self.knapsack.model.demand)
        by_row = possible((reduced[:-1] + sums[::-1]).min(axis=1), never).astype(np.int64)
        may = (by_row < never) & (by_row + base < self.target)
        may[there] = True
        keep = np.flatnonzero(may)
        self._rows = np.append(self._rows[keep], self.knapsack.rest)
