"""All vectors between two, without writing them down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cuboid:
    """All vectors ``low <= v <= high``, numbered with the first free atom fastest.

    Attributes
    ----------
    low, high
        int64 ``[a]``.
    """

    low: Int64
    high: Int64

    @property
    def size(self) -> int:
        """Number of vectors, exactly."""
        size = 1
        for more in (self.high - self.low).tolist():
            size *= more + 1
        return size

    @property
    def free(self) -> list[int]:
        """Atoms that are not the same in all vectors."""
        return np.flatnonzero(self.high > self.low).tolist()

    def vector(self, number: int) -> Int64:
        """Return int64 ``[a]``."""
        vector = self.low.copy()
        for atom in self.free:
            number, more = divmod(number, int(self.high[atom] - self.low[atom]) + 1)
            vector[atom] += more
        return vector

    def number(self, vector: Int64) -> int | None:
        """Return the number of a vector; ``None`` if it is not in the cuboid."""
        if (vector < self.low).any() or (vector > self.high).any():
            return None
        number, stride = 0, 1
        for atom in self.free:
            number += stride * int(vector[atom] - self.low[atom])
            stride *= int(self.high[atom] - self.low[atom]) + 1
        return number

    def total(self, amount: Int64) -> Int64:
        """Return int64 ``[s]``: sum of an amount per unit (int64 ``[a]``) over each vector."""
        sums = np.array([int(self.low @ amount)], dtype=np.int64)
        for atom in self.free:
            more = np.arange(int(self.high[atom] - self.low[atom]) + 1) * int(amount[atom])
            sums = (more[:, None] + sums).ravel()
        return sums

    def held(self, amount: Int64) -> Int64:
        """Return int64 ``[s]``: sum of an amount over the atoms that each vector holds."""
        sums = np.array([int(amount[self.low > 0].sum())], dtype=np.int64)
        for atom in self.free:
            more = np.full(int(self.high[atom] - self.low[atom]) + 1, int(amount[atom]))
            if self.low[atom] > 0:
                more[:] = 0
            more[0] = 0
            sums = (more[:, None] + sums).ravel()
        return sums

    def within(self, cap: Int64) -> NDArray[np.bool_]:
        """Return bool ``[s]``: no atom exceeds its cap (int64 ``[a]``)."""
        if (self.low > cap).any():
            return np.zeros(self.size, dtype=np.bool_)
        if (self.high <= cap).all():
            return np.ones(self.size, dtype=np.bool_)
        fits = np.ones(1, dtype=np.bool_)
        for atom in self.free:
            each = np.arange(int(self.low[atom]), int(self.high[atom]) + 1) <= cap[atom]
            fits = (each[:, None] & fits).ravel()
        return fits
