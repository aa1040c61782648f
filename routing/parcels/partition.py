"""Min-plus partition of a lattice: the cheapest way to divide a vector into parts.

The lattice is all integer vectors ``0 <= v < shape``, numbered with axis 0 fastest, so
that ``number(v) - number(p) == number(v - p)`` for ``p <= v``.
``rest[v] = min over parts p <= v of (part[p] + rest[v - p])``, where each part must
hold a unit of the highest axis present in ``v``: every partition is met, each once.
One unit of that axis may also be left out at a price. All vectors whose highest axis
and digit agree are computed at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

INFINITE = 2**60
"""Value of what is not possible; two of them still add up."""

_CACHED_PAIRS = 100_000
_MOST_CELLS = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Every (part, whole - part) of a lattice, wholes ascending; `start` is each whole's first."""

    part: NDArray[np.intp]
    rest: NDArray[np.intp]
    start: NDArray[np.intp]


def pair_count(shape: tuple[int, ...]) -> int:
    """Return how many sums `partition` takes for a lattice of that shape."""
    total, below = 0, 1
    for digits in shape:
        total += below * digits * (digits - 1) // 2
        below *= digits * (digits + 1) // 2
    return total


def _make_pairs(shape: tuple[int, ...]) -> Pairs:
    if not shape:
        zero = np.zeros(1, dtype=np.intp)
        return Pairs(zero, zero, zero)
    below = pairs_of(shape[:-1])
    stride = int(np.prod(shape[:-1], dtype=np.int64))
    counts = np.diff(below.start, append=below.part.size)
    part, rest, sizes = [], [], []
    for whole in range(shape[-1]):
        offset = np.arange(whole + 1, dtype=np.intp) * stride
        part.append((below.part[:, None] + offset).ravel())
        rest.append((below.rest[:, None] + offset[::-1]).ravel())
        sizes.append(counts * (whole + 1))
    size = np.concatenate(sizes)
    start = np.concatenate(([0], np.cumsum(size)[:-1])).astype(np.intp)
    return Pairs(np.concatenate(part), np.concatenate(rest), start)


_cached_pairs = lru_cache(maxsize=48)(_make_pairs)


def pairs_of(shape: tuple[int, ...]) -> Pairs:
    """Return every (part, rest) of every vector of a lattice, by vector."""
    size = 1
    for digits in shape:
        size *= digits * (digits + 1) // 2
    return _cached_pairs(shape) if size <= _CACHED_PAIRS else _make_pairs(shape)


def least_sums(pairs: Pairs, part: Int64, rest: Int64, stride: int, digit: int) -> Int64:
    """Return the least ``part + rest`` over parts with at least one unit of an axis.

    For all vectors below `stride` with the given digit on the axis at once.
    """
    best = None
    step = max(1, _MOST_CELLS // pairs.part.size)
    for low in range(1, digit + 1, step):
        taken = np.arange(low, min(low + step, digit + 1), dtype=np.intp)[:, None] * stride
        total = part[taken + pairs.part]
        total += rest[digit * stride - taken + pairs.rest]
        least = np.minimum.reduceat(total.min(axis=0), pairs.start)
        best = least if best is None else np.minimum(best, least)
    if best is None:
        raise ValueError("a digit of 0 has no part with a unit of its axis")
    return best


def partition(shape: tuple[int, ...], part: Int64, left_out: Int64 | None) -> Int64:
    """Return the least total of every vector.

    Parameters
    ----------
    shape
        ``count + 1`` per axis.
    part
        int64 ``[s]``: value of the vector as one part; at least `INFINITE` if it cannot be.
    left_out
        int64 ``[a]``: value of leaving out one unit of an axis; ``None`` if nothing may be.

    Returns
    -------
    ndarray
        int64 ``[s]``; 0 for the empty vector, `INFINITE` where there is no partition.
    """
    rest = np.full(part.shape, INFINITE, dtype=np.int64)
    rest[0] = 0
    stride = 1
    for axis, digits in enumerate(shape):
        pairs = pairs_of(shape[:axis])
        for digit in range(1, digits):
            best = least_sums(pairs, part, rest, stride, digit)
            if left_out is not None:
                before = rest[(digit - 1) * stride : digit * stride]
                np.minimum(best, before + left_out[axis], out=best)
            rest[digit * stride : (digit + 1) * stride] = np.minimum(best, INFINITE)
        stride *= digits
    return rest
