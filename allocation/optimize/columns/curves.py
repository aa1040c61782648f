"""Sums of price curves: the least cost of a total weight divided over several shipments."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


def add_curves(first: Int64, second: Int64) -> Int64:
    """Return, for every total cell, the least sum over all divisions of it in two.

    Both curves never fall, so that only the last cell of each step of the shorter one
    has to be tried, with whatever is left for the other.

    Parameters
    ----------
    first, second
        int64 ``[t]``, ascending.
    """
    size = first.size
    if _steps(second).size < _steps(first).size:
        first, second = second, first
    best = np.full(size, np.iinfo(np.int64).max, dtype=np.int64)
    for last in _steps(first).tolist():
        # This step covers up to `last` cells; the other shipment takes what is left.
        cost = int(first[last])
        np.minimum(best[: last + 1], cost + int(second[0]), out=best[: last + 1])
        if last + 1 < size:
            np.minimum(best[last + 1 :], second[1 : size - last] + cost, out=best[last + 1 :])
    return best


def least_sum(curves: list[Int64]) -> Int64:
    """Return `add_curves` over all of them."""
    total = curves[0]
    for curve in curves[1:]:
        total = add_curves(total, curve)
    return total


def _steps(curve: Int64) -> NDArray[np.intp]:
    """Return the last cell of every step."""
    return np.flatnonzero(np.diff(curve, append=np.iinfo(np.int64).max))
