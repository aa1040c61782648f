"""Total weights as numbers of cells, as exact as the weights of an order allow.

Weights with a common divisor, such as whole grams, are counted in it. Weights that were
converted, such as tenths of an ounce in micrograms, are multiples of a unit but for rounding;
any others are rounded to fine cells. What a total really weighs is then known within limits.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.grid import make_grid
from routing.rating.weights import UG_PER_LB

Int64 = NDArray[np.int64]

_MOST_CELLS: Final = 60_000
_ROUNDED_CELLS: Final = 40_000
_UNITS: Final = tuple(
    Fraction(unit)
    for unit in (
        1_000_000,
        Fraction(UG_PER_LB, 100),
        Fraction(UG_PER_LB, 160),
        Fraction(UG_PER_LB, 1_000),
        100_000,
        Fraction(UG_PER_LB, 1_600),
    )
)
"""Grams, pounds and ounces, and decimal fractions of them."""


@dataclass(frozen=True, slots=True, eq=False)
class CellWeights:
    """How the weights of an order add up in cells.

    Attributes
    ----------
    cells
        int64 ``[a]``: cells that one unit of an atom takes.
    least_ug, greatest_ug
        int64 ``[t]``: no vector in a cell weighs less, or more.
    """

    cells: Int64
    least_ug: Int64
    greatest_ug: Int64

    @property
    def are_exact(self) -> bool:
        """Whether every cell has one weight."""
        return bool((self.least_ug == self.greatest_ug).all())


def cell_weights(weight_ug: Int64, demand: Int64) -> CellWeights:
    """Choose the cells for `demand` units of atoms of the given weights (int64 ``[a]``)."""
    used = weight_ug[demand > 0].tolist()
    total = int(weight_ug @ demand)
    exact = Fraction(max(1, gcd(*used)))
    for unit in (exact, *_UNITS):
        if total // unit <= _MOST_CELLS and all(_off(weight, unit) <= 1 for weight in used):
            return _in_units(weight_ug, demand, unit)
    return _rounded(weight_ug, demand)


def _off(weight_ug: int, unit: Fraction) -> Fraction:
    """Return by how much a weight is not a multiple of a unit."""
    return abs(weight_ug - round(weight_ug / unit) * unit)


def _in_units(weight_ug: Int64, demand: Int64, unit: Fraction) -> CellWeights:
    """Count in a unit of which all weights are multiples, give or take a microgram."""
    cells = np.array([round(weight / unit) for weight in weight_ug.tolist()], dtype=np.int64)
    cells[demand == 0] = 0
    every = np.arange(int(cells @ demand) + 1, dtype=np.int64)
    weight = every * unit.numerator // unit.denominator
    off = 0
    if any(_off(each, unit) for each in weight_ug[demand > 0].tolist()):
        off = int(demand.sum()) + 1
    total = int(weight_ug @ demand)
    return CellWeights(cells, np.clip(weight - off, 0, total), np.clip(weight + off, 0, total))


def _rounded(weight_ug: Int64, demand: Int64) -> CellWeights:
    """Round to fine cells; one recursion finds the least and greatest weights of each."""
    grid = make_grid(weight_ug, demand, _ROUNDED_CELLS)
    greatest = np.full(grid.size, -1, dtype=np.int64)
    greatest[0] = 0
    for atom in np.flatnonzero(demand).tolist():
        before = greatest.copy()
        for number in range(1, int(demand[atom]) + 1):
            shift = number * int(grid.unit[atom])
            moved = before[: grid.size - shift]
            moved = np.where(moved < 0, -1, moved + number * int(weight_ug[atom]))
            np.maximum(greatest[shift:], moved, out=greatest[shift:])
    return CellWeights(grid.unit, np.minimum(grid.least_ug, int(weight_ug @ demand)), greatest)
