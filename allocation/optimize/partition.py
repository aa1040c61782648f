"""Min-plus partition of a lattice: the cheapest way to divide a vector into parts.

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


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
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


def _pairs(shape: tuple[int, ...]) -> _Pairs:
    if not shape:
        zero = np.zeros(1, dtype=np.intp)
        return _Pairs(zero, zero, zero)
    below = _pairs_of(shape[:-1])
    stride = int(np.prod(shape[:-1], dtype=np.int64))
    counts = np.diff(below.start, append=below.part.size)
    part, rest, sizes = [], [], []
    for whole in range(shape[-1]):
        offset = np.arange(whole + 1, dtype=np.intp) * stride
        shifted_part = below.part[:, None] + offset
        shifted_rest = below.rest[:, None] + offset[::-1]
        part.append(shifted_part.ravel())
        rest.append(shifted_rest.ravel())
        sizes.append(counts * (whole + 1))
    size = np.concatenate(sizes)
    start = np.concatenate(([0], np.cumsum(size)[:-1])).astype(np.intp)
    return _Pairs(np.concatenate(part), np.concatenate(rest), start)


_cached_pairs = lru_cache(maxsize=48)(_pairs)


def _pairs_of(shape: tuple[int, ...]) -> _Pairs:
    size = 1
    for digits in shape:
        size *= digits * (digits + 1) // 2
    return _cached_pairs(shape) if size <= _CACHED_PAIRS else _pairs(shape)


def whole_pairs(shape: tuple[int, ...]) -> _Pairs:
    """Return every (part, rest) of every vector of a lattice, by vector."""
    return _pairs_of(shape)


def partition(shape: tuple[int, ...], part: Int64, left_out: Int64 | None) -> Int64:
    """Return the least total of every vector.

    Parameters
    ----------
    shape
        ``count + 1`` per axis.
    part
        int64 ``[s]``: value of the vector as one part; `INFINITE` if it cannot be.
    left_out
        int64 ``[a]``: value of leaving out one unit of an axis; ``None`` if nothing may be.

    Returns
    -------
    ndarray
        int64 ``[s]``; 0 for the empty vector.
    """
    rest = np.full(part.shape, INFINITE, dtype=np.int64)
    rest[0] = 0
    stride = 1
    for axis, digits in enumerate(shape):
        pairs = _pairs_of(shape[:axis])
        for digit in range(1, digits):
            best = None
            for taken in range(1, digit + 1):
                total = part[taken * stride + pairs.part]
                total += rest[(digit - taken) * stride + pairs.rest]
                least = np.minimum.reduceat(total, pairs.start)
                best = least if best is None else np.minimum(best, least)
            assert best is not None
            if left_out is not None:
                before = rest[(digit - 1) * stride : digit * stride]
                np.minimum(best, before + left_out[axis], out=best)
            rest[digit * stride : (digit + 1) * stride] = np.minimum(best, INFINITE)
        stride *= digits
    return rest


def layered(shape: tuple[int, ...], part: Int64, left_out: Int64 | None, most_parts: int) -> Int64:
    """Return int64 ``[m + 1, s]``: the least total with at most ``0..m`` parts."""
    layers = np.full((most_parts + 1, part.size), INFINITE, dtype=np.int64)
    layers[0] = partition(shape, np.full_like(part, INFINITE), left_out)
    for number in range(1, most_parts + 1):
        layers[number] = _one_more(shape, part, left_out, layers[number - 1])
    return layers


def _one_more(shape: tuple[int, ...], part: Int64, left_out: Int64 | None, fewer: Int64) -> Int64:
    rest = np.full(part.shape, INFINITE, dtype=np.int64)
    rest[0] = 0
    stride = 1
    for axis, digits in enumerate(shape):
        pairs = _pairs_of(shape[:axis])
        for digit in range(1, digits):
            best = fewer[digit * stride : (digit + 1) * stride].copy()
            for taken in range(1, digit + 1):
                total = part[taken * stride + pairs.part]
                total += fewer[(digit - taken) * stride + pairs.rest]
                np.minimum(best, np.minimum.reduceat(total, pairs.start), out=best)
            if left_out is not None:
                before = rest[(digit - 1) * stride : digit * stride]
                np.minimum(best, before + left_out[axis], out=best)
            rest[digit * stride : (digit + 1) * stride] = np.minimum(best, INFINITE)
        stride *= digits
    return rest
