"""Which weights some of the pieces have together, however many pieces there are.

Weights are multiples of a common unit, and the sums are a row of bits, one per multiple:
adding a piece shifts the row and joins it with itself. That takes microseconds where the
sub-multisets would be more than could ever be listed. Where the common unit is too small for
that, each weight is rounded up to a multiple of a larger one.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

MOST_WEIGHTS = 2**18
"""Most multiples of the common unit up to the weight of everything."""
MOST_PIECES = 400


@dataclass(frozen=True, slots=True, eq=False)
class SubsetSums:
    """The sums of all sub-multisets of some pieces.

    Attributes
    ----------
    unit_ug
        All weights are rounded up to multiples of it.
    multiples
        int64 ``[p]``: weight of one piece of each type in units, rounded up.
    excess_ug
        Sums may be greater than the weights by so much; 0 if nothing was rounded.
    counts
        int64 ``[p]``: pieces of each type.
    rows
        Bits of the sums before each piece is added, types ascending, and after the last.
    """

    unit_ug: int
    excess_ug: int
    multiples: Int64
    counts: Int64
    rows: tuple[int, ...]

    def weights_ug(self) -> Int64:
        """Return all sums, ascending, from 0 to the weight of everything."""
        row = self.rows[-1]
        held = np.frombuffer(row.to_bytes((row.bit_length() + 7) // 8, "little"), dtype=np.uint8)
        return np.flatnonzero(np.unpackbits(held, bitorder="little")).astype(np.int64) * (
            self.unit_ug
        )

    def pieces_of(self, weight_ug: int) -> Int64:
        """Return int64 ``[p]``: pieces that weigh exactly so much, as few early types as can be.

        Raises
        ------
        ValueError
            If no sub-multiset has that weight.
        """
        left, rest = divmod(weight_ug, self.unit_ug)
        if rest or left < 0 or not self.rows[-1] >> left & 1:
            raise ValueError(f"no pieces weigh {weight_ug} ug together; take one of weights_ug()")
        taken = np.zeros_like(self.counts)
        types = np.repeat(np.arange(self.counts.size), self.counts)
        for piece, before in zip(types[::-1].tolist(), self.rows[-2::-1], strict=True):
            if not before >> left & 1:
                taken[piece] += 1
                left -= int(self.multiples[piece])
        return taken


def subset_sums(weight_ug: Int64, counts: Int64) -> SubsetSums | None:
    """Find all sums; ``None`` if the pieces are too many.

    Parameters
    ----------
    weight_ug
        int64 ``[p]``: of one piece of each type, 0 or more.
    counts
        int64 ``[p]``: pieces of each type, 0 or more.
    """
    total = int(weight_ug @ counts)
    unit_ug = max(1, gcd(*weight_ug[counts > 0].tolist()))
    number = int(counts.sum())
    if number > MOST_PIECES:
        return None
    rounded = total // unit_ug > MOST_WEIGHTS
    if rounded:
        unit_ug = -(-total // (MOST_WEIGHTS - number))
    multiples = -(-weight_ug // unit_ug)
    rows = [1]
    for shift, count in zip(multiples.tolist(), counts.tolist(), strict=True):
        for _ in range(count):
            rows.append(rows[-1] | rows[-1] << shift)
    excess_ug = number * unit_ug if rounded else 0
    return SubsetSums(unit_ug, excess_ug, multiples, counts, tuple(rows))
