"""Weights on a coarse grid that loses nothing: every cell knows its least true weight.

A vector of atoms falls into the cell that its rounded weights add up to. For every cell the
least true weight of any vector in it is computed once, so that pricing a cell by it is a
lower bound on all of them; the rounding itself costs next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

UNREACHED = 2**61
"""Weight of a cell that no vector falls into."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Cells of total weight.

    Attributes
    ----------
    unit
        int64 ``[a]``: cells that one unit of an atom takes.
    least_ug
        int64 ``[t]``: least weight of a vector in each cell; `UNREACHED` if there is none.
        The last cell holds everything.
    """

    unit: Int64
    least_ug: Int64

    @property
    def size(self) -> int:
        """Number of cells."""
        return int(self.least_ug.size)


def make_grid(weight_ug: Int64, count: Int64, cells: int) -> Grid:
    """Round the weights of atoms (int64 ``[a]``, `count` of each) to about `cells` cells."""
    total = int(weight_ug @ count)
    width = max(1, total // max(1, cells))
    unit = (2 * weight_ug + width) // (2 * width)
    size = int(unit @ count) + 1
    least = np.full(size, UNREACHED, dtype=np.int64)
    least[0] = 0
    for atom in range(weight_ug.size):
        before = least.copy()
        for number in range(1, int(count[atom]) + 1):
            shift = number * int(unit[atom])
            moved = before[: size - shift] + number * weight_ug[atom]
            np.minimum(least[shift:], moved, out=least[shift:])
    return Grid(unit, np.where(least >= UNREACHED, UNREACHED, least))
