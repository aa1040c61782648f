"""Linear relaxation over columns, priced in, and what it proves in whole numbers.

GLOP solves a small master with the columns found so far; its duals price the whole
table at once. The duals are then rounded, and the Lagrangian bound they give is added
up in integers: whatever the duals are worth, the bound is true.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat_columns import ColumnTable
from allocation.optimize.cp_sat_goal import Goal

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]

_COLUMNS_PER_ROUND = 150
_MOST_ROUNDS = 60
_ROOM_BITS = 56


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """Worth of a unit of each atom, of each location, of a shipment, of earlier goals."""

    atoms: Float64
    locations: Float64
    shipments: float
    earlier: tuple[float, ...]


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
        model = model_builder.Model()  # type: ignore[no-untyped-call]
        table = self.table
        chosen = [model.new_num_var(0, np.inf, "") for _ in pool]
        left = [model.new_num_var(0, float(total), "") for total in table.totals]
        atoms = []
        for index, total in enumerate(table.totals.tolist()):
            carries = [
                (variable, float(table.vectors[row, index]))
                for variable, (row, _) in zip(chosen, pool, strict=True)
                if table.vectors[row, index]
            ]
            atoms.append(model.add(_total([*carries, (left[index], 1.0)]) == float(total)))
        by_location: dict[int, list[tuple[model_builder.Variable, float]]] = {}
        for variable, (_, location) in zip(chosen, pool, strict=True):
            by_location.setdefault(location, []).append((variable, 1.0))
        locations = {
            location: model.add(_total(terms) <= 1.0) for location, terms in by_location.items()
        }
        count = _total([(variable, 1.0) for variable in chosen])
        most = min(table.view.problem.limits.max_shipments, table.lane_of.shape[1])
        shipments = model.add(count <= float(most))
        earlier = [
            model.add(self._goal(goal, chosen, left, pool) <= float(value + max(goal.further, 0)))
            for goal, value in self.earlier
        ]
        model.minimize(self._goal(self.goal, chosen, left, pool))
        solver = model_builder.Solver("GLOP")
        solver.set_time_limit_in_seconds(max(budget.left_s(), 0.001))
        worth = np.zeros(table.lane_of.shape[1])
        if solver.solve(model) != model_builder.SolveStatus.OPTIMAL:
            zero = np.zeros(table.totals.size)
            return Duals(zero, worth, 0.0, (0.0,) * len(earlier))
        for location, row in locations.items():
            worth[location] = min(0.0, solver.dual_value(row))
        return Duals(
            np.array([solver.dual_value(row) for row in atoms]),
            worth,
            min(0.0, solver.dual_value(shipments)),
            tuple(min(0.0, solver.dual_value(row)) for row in earlier),
        )

    def _goal(
        self,
        goal: Goal,
        chosen: list[model_builder.Variable],
        left: list[model_builder.Variable],
        pool: list[tuple[int, int]],
    ) -> model_builder.LinearExprT:
        terms = [
            (variable, float(goal.columns[row, location]))
            for variable, (row, location) in zip(chosen, pool, strict=True)
        ]
        terms += [
            (variable, float(amount)) for variable, amount in zip(left, goal.unfilled, strict=True)
        ]
        return _total(terms)

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
        scale = 1 << max(0, min(12, _ROOM_BITS - 2 - self.goal.greatest.bit_length()))
        atoms = _rounded(duals.atoms * scale, int(table.totals.max(initial=1)))
        locations = -_rounded(duals.locations * scale, 1)
        shipments = -int(_rounded(np.array([duals.shipments * scale]), 64)[0])
        reduced = self.goal.columns * scale - (table.vectors @ atoms)[:, None]
        reduced += locations + shipments
        left = self.goal.unfilled * scale - atoms
        most = min(table.view.problem.limits.max_shipments, table.lane_of.shape[1])
        bound = int(atoms @ table.totals) - int(locations.sum()) - shipments * most
        bound -= max(self.goal.further, 0) * scale
        for (goal, value), worth in zip(self.earlier, duals.earlier, strict=True):
            rate = -int(_rounded(np.array([worth * scale]), goal.greatest + 1)[0])
            reduced += rate * goal.columns
            left += rate * goal.unfilled
            bound -= rate * (value + max(goal.further, 0))
        bound += int((np.minimum(left, 0) * table.totals).sum())
        reduced = np.where(self.live, reduced, np.iinfo(np.int64).max // 4)
        gain = np.minimum(reduced.min(axis=0, initial=0), 0)
        bound += int(gain.sum())
        return Relaxation(-(-bound // scale), bound - gain + reduced, scale, pool)


def _total(terms: list[tuple[model_builder.Variable, float]]) -> model_builder.LinearExprT:
    return model_builder.LinearExpr.weighted_sum(
        [variable for variable, _ in terms], [amount for _, amount in terms]
    )


def _rounded(amounts: Float64, times: int) -> Int64:
    """Round, and cut off what would leave 64 bits when taken so many times."""
    most = float((1 << _ROOM_BITS) // max(1, times))
    return np.rint(np.clip(amounts, -most, most)).astype(np.int64)
