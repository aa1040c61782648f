"""Linear relaxation over columns, priced in, and what it proves in whole numbers.

GLOP solves a small master with the columns found so far; its duals price the whole
table at once. The duals are then rounded, and the Lagrangian bound they give is added
up in integers: whatever the duals are worth, the bound is true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat.columns import ColumnTable
from allocation.optimize.cp_sat.goal import Goal
from allocation.optimize.cp_sat.master import Amounts, Duals, Master, solve_master

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

_COLUMNS_PER_ROUND = 150
_MOST_ROUNDS = 60
ROOM_BITS = 56


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """What is proven of a goal.

    Attributes
    ----------
    bound
        No allowed allocation that keeps the earlier goals has a lower value.
    with_column
        int64 ``[s, l]``: `scale` times such a bound for allocations that use the column.
    scale
        Of `with_column`.
    columns
        (row, location) that the relaxation considered.
    """

    bound: int
    with_column: Int64
    scale: int
    columns: list[tuple[int, int]]

    def survivors(self, value: int, live: Bool) -> Bool:
        """Return the columns that an allocation of at most `value` may use."""
        kept: Bool = live & (self.with_column <= value * self.scale)
        return kept


@dataclass(frozen=True, slots=True, eq=False)
class Relaxer:
    """Solves relaxations of one table.

    Attributes
    ----------
    table
        All columns.
    live
        bool ``[s, l]``: those that may be used.
    goal
        To minimise.
    earlier
        Goals with the values they must keep.
    """

    table: ColumnTable
    live: Bool
    goal: Goal
    earlier: tuple[tuple[Goal, int], ...]

    def relax(self, start: list[tuple[int, int]], budget: Budget) -> Relaxation:
        """Price columns in until none helps or time is up; the bound is true either way."""
        pool = list(dict.fromkeys(start))
        duals = self._solve(pool, budget)
        best = self._prove(duals, pool)
        for _ in range(_MOST_ROUNDS):
            if budget.left_s() <= 0:
                break
            found = self._price(duals)
            fresh = [column for column in found if column not in set(pool)]
            if not fresh:
                break
            pool += fresh
            duals = self._solve(pool, budget)
        final = self._prove(duals, pool)
        return final if final.bound >= best.bound else best

    def _solve(self, pool: list[tuple[int, int]], budget: Budget) -> Duals:
        rows = np.array([row for row, _ in pool], dtype=np.int64)
        locations = np.array([location for _, location in pool], dtype=np.int64)
        n_locations = self.table.lane_of.shape[1]
        master = Master(
            self.table.vectors[rows],
            locations,
            self.table.totals,
            n_locations,
            min(self.table.view.problem.limits.max_shipments, n_locations),
        )
        earlier = tuple(
            Amounts(goal.columns[rows, locations], goal.unfilled, value + max(goal.further, 0))
            for goal, value in self.earlier
        )
        goal = Amounts(self.goal.columns[rows, locations], self.goal.unfilled)
        return solve_master(master, goal, earlier, budget)

    def _price(self, duals: Duals) -> list[tuple[int, int]]:
        """Return columns of negative reduced cost: the best location of the best contents."""
        reduced = self.goal.columns - (self.table.vectors @ duals.atoms)[:, None]
        reduced = reduced - duals.locations - duals.shipments
        for (goal, _), worth in zip(self.earlier, duals.earlier, strict=True):
            if worth:
                reduced = reduced - worth * goal.columns
        reduced = np.where(self.live, reduced, np.inf)
        if not reduced.size:
            return []
        location = np.argmin(reduced, axis=1)
        least = reduced[np.arange(location.size), location]
        tolerance = 1e-7 * max(1.0, float(np.abs(duals.atoms).max(initial=0)))
        rows = np.flatnonzero(least < -tolerance)
        rows = rows[np.argsort(least[rows], kind="stable")[:_COLUMNS_PER_ROUND]]
        return [(row, int(location[row])) for row in rows.tolist()]

    def _prove(self, duals: Duals, pool: list[tuple[int, int]]) -> Relaxation:
        """Add up the Lagrangian bound of rounded duals, all in integers.

        Of each location at most one column is used, so that it can gain no more
        than its most negative reduced cost.
        """
        table = self.table
        scale = 1 << max(0, min(12, ROOM_BITS - 2 - self.goal.greatest.bit_length()))
        atoms = rounded(duals.atoms * scale, int(table.totals.max(initial=1)))
        locations = -rounded(duals.locations * scale, 1)
        shipments = -int(rounded(np.array([duals.shipments * scale]), 64)[0])
        reduced = self.goal.columns * scale - (table.vectors @ atoms)[:, None]
        reduced += locations + shipments
        left = self.goal.unfilled * scale - atoms
        most = min(table.view.problem.limits.max_shipments, table.lane_of.shape[1])
        bound = int(atoms @ table.totals) - int(locations.sum()) - shipments * most
        bound -= max(self.goal.further, 0) * scale
        for (goal, value), worth in zip(self.earlier, duals.earlier, strict=True):
            rate = -int(rounded(np.array([worth * scale]), goal.greatest + 1)[0])
            reduced += rate * goal.columns
            left += rate * goal.unfilled
            bound -= rate * (value + max(goal.further, 0))
        bound += int((np.minimum(left, 0) * table.totals).sum())
        reduced = np.where(self.live, reduced, np.iinfo(np.int64).max // 4)
        gain = np.minimum(reduced.min(axis=0, initial=0), 0)
        bound += int(gain.sum())
        return Relaxation(-(-bound // scale), bound - gain + reduced, scale, pool)


def rounded(amounts: Float64, times: int) -> Int64:
    """Round, and cut off what would leave 64 bits when taken so many times."""
    most = float((1 << ROOM_BITS) // max(1, times))
    return np.rint(np.clip(amounts, -most, most)).astype(np.int64)
