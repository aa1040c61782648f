"""What prices per unit prove: reduced costs of all locations, and the bound they add up to.

For any prices ``alpha`` every shipment ``v`` from a location ``l`` costs at least
``alpha @ v + reduced[l]``. A plan of ``m`` or more shipments therefore costs at least
``alpha @ demand`` plus the ``m`` least of ``reduced``, whatever it ships from where. All
numbers are integers, so the bound is exact however the prices were found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.columns.model import Model

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

_NEVER = -(2**61)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A proof by prices.

    Attributes
    ----------
    alpha
        int64 ``[a]``.
    reduced
        int64 ``[l]``: least of cost - alpha @ v over everything the location can ship.
    base
        ``alpha @ demand``, less the further-shipment cost that one shipment does not pay.
    """

    alpha: Int64
    reduced: Int64
    base: int

    def of_plans_from_each(self, at_least: int, at_most: int) -> Int64:
        """Return int64 ``[l]``: what plans with that many shipments, one from there, cost."""
        order = np.argsort(self.reduced, kind="stable")
        least = self.reduced[order]
        chosen = int(least[:at_least].sum())
        last = int(least[at_least - 1]) if least.size >= at_least else 0
        further = least[at_least:at_most]
        everywhere = self.base + chosen + int(further[further < 0].sum())
        # One that is not among the chosen takes the place of the dearest of them.
        return everywhere + np.maximum(0, self.reduced - max(last, 0))

    def of_plans_with(self, at_least: int, at_most: int) -> int:
        """Return a scalar that no plan with so many shipments undercuts."""
        least = np.sort(self.reduced)
        chosen = int(least[:at_least].sum())
        further = least[at_least:at_most]
        return self.base + chosen + int(further[further < 0].sum())


def certify(model: Model, alpha: Float64, left_out: Int64) -> Bound:
    """Turn prices into a proof: round them down and price every location exactly.

    Parameters
    ----------
    alpha
        float64 ``[a]``: any prices.
    left_out
        int64 ``[a]``: what leaving out a unit costs at least; prices are cut to it.
    """
    prices = np.minimum(np.floor(alpha).astype(np.int64), left_out)
    rows = model.rows
    reduced = (rows.curve - greatest_worth(model, prices)).min(axis=1)
    starts = np.flatnonzero(np.diff(rows.place, prepend=-1))
    by_place = np.minimum.reduceat(reduced, starts)
    return Bound(prices, by_place, int(prices @ model.demand) - model.scalars.first_is_free)


def greatest_worth(model: Model, alpha: NDArray[Any]) -> NDArray[Any]:
    """Return ``[r, t]``: the most profit of any vector by row and cell of the grid.

    Profit is ``alpha`` less the amounts per unit and line; a bounded knapsack over the
    grid for all rows at once. Atoms without profit are left away, which is never worse
    because the price curves do not fall. Works in the number type of `alpha`.
    """
    before = _without_atoms(model, alpha)
    after = np.empty_like(before)
    for atom in range(model.demand.size):
        _add_atom(model, alpha, atom, before, after)
        before, after = after, before
    return before


def best_worth(model: Model, alpha: NDArray[Any]) -> NDArray[Any]:
    """Return ``[a + 1, r, t]``: `greatest_worth` after each atom, for `best_vectors`."""
    first = _without_atoms(model, alpha)
    worth = np.empty((model.demand.size + 1, *first.shape), dtype=alpha.dtype)
    worth[0] = first
    for atom in range(model.demand.size):
        _add_atom(model, alpha, atom, worth[atom], worth[atom + 1])
    return worth


def _without_atoms(model: Model, alpha: NDArray[Any]) -> NDArray[Any]:
    worth = np.full(model.rows.curve.shape, _NEVER, dtype=alpha.dtype)
    worth[:, 0] = 0
    return worth


def _add_atom(
    model: Model, alpha: NDArray[Any], atom: int, before: NDArray[Any], after: NDArray[Any]
) -> None:
    rows, size = model.rows, model.grid.size
    after[:] = before
    for number in range(1, int(model.demand[atom]) + 1):
        profit = number * (alpha[atom] - rows.unit[atom]) - rows.line[atom]
        useful = (rows.cap[atom] >= number) & (profit > 0)
        if not useful.any():
            continue
        shift = number * int(model.grid.unit[atom])
        gain = np.where(useful, profit, 0).astype(alpha.dtype)
        moved = before[:, : size - shift] + gain[:, None]
        if not useful.all():
            moved[~useful] = _NEVER
        np.maximum(after[:, shift:], moved, out=after[:, shift:])


def best_vectors(
    model: Model, alpha: NDArray[Any], steps: NDArray[Any], row: Int64, cell: Int64
) -> Int64:
    """Return int64 ``[c, a]``: a vector that attains the profit of each (row, cell)."""
    rows, grid = model.rows, model.grid
    cell = cell.copy()
    vectors = np.zeros((row.size, model.demand.size), dtype=np.int64)
    for atom in range(model.demand.size - 1, -1, -1):
        open_ = steps[atom + 1][row, cell] > steps[atom][row, cell]
        for number in range(1, int(model.demand[atom]) + 1):
            profit = number * (alpha[atom] - rows.unit[atom, row]) - rows.line[atom, row]
            gain = np.where(profit > 0, profit, 0).astype(alpha.dtype)
            shift = number * int(grid.unit[atom])
            able = open_ & (rows.cap[atom, row] >= number) & (profit > 0) & (cell >= shift)
            before = np.where(able, cell - shift, 0)
            hit = able & (steps[atom][row, before] + gain == steps[atom + 1][row, cell])
            vectors[hit, atom] = number
            cell = np.where(hit, before, cell)
            open_ &= ~hit
    return vectors
