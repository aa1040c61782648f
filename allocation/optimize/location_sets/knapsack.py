"""What shipments cost less the worth of what they hold: a knapsack by weight, all rows at once.

Given a price per unit of every atom, a shipment of ``v`` is worth ``alpha @ v``. The
reduced cost of a row in a cell of the weight grid is the least, over everything that the
row can ship in the cell, of what it costs less what it is worth. What is left out is one
more row: it can take anything that may be left out, and has no postage.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.scalars import INFINITE

Int64 = NDArray[np.int64]
Ints = NDArray[np.signedinteger[Any]]

_FITS_32_BITS = 2**24
_FITS_64_BITS = 2**54
"""Far enough below the number type's greatest that the sums of a dozen shipments fit, too."""


@dataclass(slots=True, eq=False)
class Knapsack:
    """The rows of a model, in the narrowest integers that hold all sums.

    Whatever is asked raises `OutOfTimeError` when the budget is over.

    Attributes
    ----------
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    most_price
        No price may be greater, nor less than its negative.
    never
        Reduced cost of what is not possible; two of them add up.
    rest
        Number of the row of what is left out; lower numbers are rows of the model.
    fits
        Whether 64 bits hold all sums; nothing may be asked if they do not.
    """

    model: Model
    left_out: Int64
    budget: Budget = ENDLESS
    most_price: int = field(init=False)
    never: int = field(init=False)
    rest: int = field(init=False)
    fits: bool = field(init=False)
    _curve: Ints = field(init=False)
    _unit: Int64 = field(init=False)
    _line: Int64 = field(init=False)
    _cap: Int64 = field(init=False)
    _order: list[int] = field(init=False)

    def __post_init__(self) -> None:
        rows, demand = self.model.rows, self.model.demand
        may = self.left_out < INFINITE
        self.rest = int(rows.place.size)
        self._unit = np.column_stack((rows.unit, np.where(may, self.left_out, 0)))
        self._line = np.column_stack((rows.line, np.zeros(demand.size, dtype=np.int64)))
        self._cap = np.column_stack((rows.cap, np.where(may, demand, 0)))
        self._order = np.argsort(self.model.grid.unit, kind="stable").tolist()
        curve = np.vstack((rows.curve, np.zeros(self.model.grid.size, dtype=np.int64)))
        dearest = int(np.where(curve < INFINITE, np.abs(curve), 0).max())
        amounts = int((np.abs(self._unit) + np.abs(self._line)).max(initial=0))
        self.most_price = dearest + amounts
        everything = dearest + int(demand.sum()) * (self.most_price + amounts)
        self.fits = everything < _FITS_64_BITS
        narrow = everything < _FITS_32_BITS
        self.never = 2**29 if narrow else 2**60
        self._curve = np.minimum(curve, self.never).astype(np.int32 if narrow else np.int64)

    @property
    def may_leave_out(self) -> bool:
        """Whether anything may be left out."""
        return bool(self._cap[:, self.rest].any())

    def reduced(self, alpha: Int64, rows: NDArray[np.intp]) -> Ints:
        """Return ``[r', t]``: least reduced cost of each row by cell; `never` if impossible.

        Parameters
        ----------
        alpha
            int64 ``[a]``: prices, within `most_price`.
        rows
            intp ``[r']``: numbers of rows.
        """
        reduced: Ints = self._curve[rows] - self._worth(alpha, rows)
        reduced[reduced >= self.never // 2] = self.never
        return reduced

    def vector(self, alpha: Int64, row: int, cell: int) -> Int64:
        """Return int64 ``[a]``: units that attain the reduced cost of a row in a cell."""
        steps: list[Ints] = []
        self._worth(alpha, np.array([row], dtype=np.intp), steps)
        vector = np.zeros(alpha.size, dtype=np.int64)
        taken = zip(self._order, steps[:-1], steps[1:], strict=True)
        for atom, before, after in reversed(list(taken)):
            vector[atom] = self._taken(alpha, row, atom, cell, before, after)
            cell -= int(vector[atom]) * int(self.model.grid.unit[atom])
        return vector

    def _taken(
        self, alpha: Int64, row: int, atom: int, cell: int, before: Ints, after: Ints
    ) -> int:
        """Return how many units of an atom the best vector in a cell holds."""
        shift = int(self.model.grid.unit[atom])
        profit, once = int(alpha[atom] - self._unit[atom, row]), int(self._line[atom, row])
        for number in range(int(self._cap[atom, row]) + 1):
            gain = number * profit - once if number else 0
            left = cell - number * shift
            if left >= 0 and int(before[left]) + gain == after[cell]:
                return number
        raise AssertionError("a knapsack does not add up to its value")

    def _worth(self, alpha: Int64, rows: NDArray[np.intp], steps: list[Ints] | None = None) -> Ints:
        """Return ``[r', t]``: the greatest worth; note how that of the first row came about."""
        model = self.model
        worth = np.full((rows.size, model.grid.size), -self.never, dtype=self._curve.dtype)
        worth[:, 0] = 0
        unit, line, cap = self._unit[:, rows], self._line[:, rows], self._cap[:, rows]
        used = 1
        for atom in self._order:
            self.budget.check()
            if steps is not None:
                steps.append(worth[0].copy())
            shift, most = int(model.grid.unit[atom]), int(model.demand[atom])
            before = worth[:, :used] if most == 1 else worth[:, :used].copy()
            for number in range(1, most + 1):
                gain = number * (alpha[atom] - unit[atom]) - line[atom]
                gain[cap[atom] < number] = -self.never
                moved = before + gain.astype(worth.dtype)[:, None]
                here = worth[:, number * shift : number * shift + used]
                np.maximum(here, moved, out=here)
            used += most * shift
        if steps is not None:
            steps.append(worth[0].copy())
        return worth
