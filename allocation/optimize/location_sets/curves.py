"""Price curves as steps of weight, and the least cost of a weight divided over shipments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A step function of weight that never falls.

    Attributes
    ----------
    limit_ug
        int64 ``[k]``, strictly increasing: greatest weight of each step.
    value
        int64 ``[k]``, strictly increasing; the last also stands for all greater weights.
    """

    limit_ug: Int64
    value: Int64

    def at(self, weight_ug: Int64) -> Int64:
        """Return the value at each weight, same shape."""
        step = np.searchsorted(self.limit_ug, weight_ug, side="left")
        return self.value[np.minimum(step, self.value.size - 1)]

    def plus(self, other: Curve, most_ug: int) -> Curve:
        """Return, for total weights up to `most_ug`, the least sum over all divisions in two."""
        limit = np.minimum(np.add.outer(self.limit_ug, other.limit_ug).ravel(), most_ug)
        return _undominated(limit, np.add.outer(self.value, other.value).ravel())


def make_curve(limit_ug: Int64, value: Int64) -> Curve:
    """Return a curve of steps with ascending limits and values; equal values become one step."""
    last = np.flatnonzero(np.diff(value, append=np.iinfo(np.int64).max))
    return Curve(limit_ug[last], value[last])


def least_sum(curves: list[Curve], most_ug: int) -> Curve:
    """Return `Curve.plus` over all of them."""
    total = curves[0]
    for curve in curves[1:]:
        total = total.plus(curve, most_ug)
    return total


def _undominated(limit: Int64, value: Int64) -> Curve:
    order = np.lexsort((-limit, value))
    limit, value = limit[order], value[order]
    before = np.concatenate(([-1], np.maximum.accumulate(limit)[:-1]))
    keep = limit > before
    return Curve(limit[keep], value[keep])
