"""Prices per unit by column generation: a linear programme over shipments found so far.

The programme covers every atom by shipments (or leaves it out) with at least a given
number of shipments; its prices go to the knapsack over all locations, whose best
shipments come back as columns. Prices are drawn towards the best ones so far, which
keeps them from swinging. Only the prices matter: `duals.certify` makes the proof.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver import pywraplp  # type: ignore[attr-defined,unused-ignore]

from allocation.optimize.api import Budget
from allocation.optimize.columns.duals import best_vectors, best_worth
from allocation.optimize.columns.model import Model

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_DRAWN_AT_FIRST, _DRAWN_LESS, _DRAWN_AT_LAST = 0.9, 0.02, 0.6
_COLUMNS_A_ROUND = 200
_SHRINK = 0.9
_SMALL = 2_000_000
_ROUNDS = 80
_NO_BOUND = pywraplp.Solver.infinity()


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Prices and the (floating) bound they gave."""

    alpha: Float64
    bound: float


@dataclass(slots=True, eq=False)
class Master:
    """The linear programme of one problem for plans of at least `shipments` shipments.

    Attributes
    ----------
    left_out
        float64 ``[a]``: cost of leaving out a unit; large where that must not be.
    """

    model: Model
    shipments: int
    left_out: Float64
    _solver: pywraplp.Solver = field(init=False)
    _cover: list[pywraplp.Constraint] = field(init=False)
    _number: pywraplp.Constraint = field(init=False)
    _known: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        self._solver.SuppressOutput()
        self._solver.Objective().SetMinimization()
        demand = self.model.demand.tolist()
        self._cover = [self._solver.Constraint(float(each), _NO_BOUND) for each in demand]
        self._number = self._solver.Constraint(float(self.shipments), _NO_BOUND)
        dearest = float(self.left_out.max(initial=1.0))
        spare = self._solver.NumVar(0.0, _NO_BOUND, "")
        self._solver.Objective().SetCoefficient(spare, dearest)
        self._number.SetCoefficient(spare, 1.0)
        for row, cost in zip(self._cover, self.left_out.tolist(), strict=True):
            variable = self._solver.NumVar(0.0, _NO_BOUND, "")
            self._solver.Objective().SetCoefficient(variable, cost)
            row.SetCoefficient(variable, 1.0)

    def add(self, row: int, vector: Int64, cost: float) -> bool:
        """Add a shipment of a row as a column; say whether it is new."""
        key = row.to_bytes(4, "little") + vector.tobytes()
        if key in self._known:
            return False
        self._known.add(key)
        variable = self._solver.NumVar(0.0, _NO_BOUND, "")
        self._solver.Objective().SetCoefficient(variable, cost)
        self._number.SetCoefficient(variable, 1.0)
        for atom in np.flatnonzero(vector).tolist():
            self._cover[atom].SetCoefficient(variable, float(vector[atom]))
        return True

    def add_vectors(self, row: Int64, vectors: Int64) -> int:
        """Add shipments at their cost by the grid; return how many are new."""
        rows, grid = self.model.rows, self.model.grid
        cell = vectors @ grid.unit
        cost = rows.curve[row, cell] + (vectors * rows.unit[:, row].T).sum(axis=1)
        cost = cost + ((vectors > 0) * rows.line[:, row].T).sum(axis=1)
        added = 0
        for number in range(row.size):
            if vectors[number].any():
                added += self.add(int(row[number]), vectors[number], float(cost[number]))
        return added

    def prices(self, start: Float64, enough: float, budget: Budget) -> Priced:
        """Generate columns until the bound is proven, good `enough`, or time is up.

        Parameters
        ----------
        start
            float64 ``[a]``: good prices to begin with.
        enough
            Bound at which to stop; without the constant parts of a scalar.
        """
        self.add_vectors(np.arange(self.model.rows.place.size), self.model.rows.cap.T.copy())
        best = Priced(start, -np.inf)
        value = np.inf
        for number in range(_ROUNDS):
            tries = [start]
            if number:
                self._solver.SetTimeLimit(max(1, int(1000 * budget.left_s())))
                if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
                    break
                value = self._solver.Objective().Value()
                raw = np.array([row.dual_value() for row in self._cover])
                drawn = max(_DRAWN_AT_LAST, _DRAWN_AT_FIRST - number * _DRAWN_LESS)
                tries = [drawn * best.alpha + (1 - drawn) * raw, raw]
            for alpha in tries:
                bound, added = self._price(alpha, enough)
                if bound > best.bound:
                    best = Priced(alpha, bound)
                if added:
                    break
            else:
                break
            near = abs(best.bound) * 1e-4 + 0.5
            if best.bound >= enough or value - best.bound <= near or budget.left_s() <= 0:
                break
        return best

    def _price(self, alpha: Float64, enough: float) -> tuple[float, int]:
        """Price all places; return the bound and how many new columns came of it.

        Places from which every plan costs `enough` or more are left out from then on.
        """
        rows = self.model.rows
        if rows.place.size == 0:
            return enough, 0
        alpha = alpha.astype(np.float32 if self._is_small() else np.float64)
        steps = best_worth(self.model, alpha)
        reduced = rows.curve - steps[-1]
        cell = reduced.argmin(axis=1)
        least = reduced[np.arange(cell.size), cell]
        picked = np.argsort(least, kind="stable")[:_COLUMNS_A_ROUND]
        vectors = best_vectors(self.model, alpha, steps, picked, cell[picked])
        added = self.add_vectors(picked, vectors)
        by_place = np.minimum.reduceat(least, self.model.first_row)
        bound = self._bound(alpha, by_place)
        last = np.sort(by_place)[: self.shipments][-1]
        keep = np.flatnonzero(bound + np.maximum(0, by_place - max(0.0, last)) < enough)
        if keep.size < _SHRINK * by_place.size:
            self.model = self.model.only(keep)
        return bound, added

    def _is_small(self) -> bool:
        """Whether single precision tells scalars apart well enough to find prices."""
        return int(self.model.rows.curve.max()) < _SMALL

    def _bound(self, alpha: Float64, reduced: Float64) -> float:
        least = np.sort(reduced)
        further = least[self.shipments :]
        total = alpha @ self.model.demand + least[: self.shipments].sum()
        return float(total + further[further < 0].sum())
