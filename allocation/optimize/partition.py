"""Partitions of a lattice with a limit on the number of parts; see `routing.parcels.partition`."""

from __future__ import annotations

import numpy as np

from routing.parcels.partition import INFINITE, Int64, least_sums, pairs_of, partition


def layered(shape: tuple[int, ...], part: Int64, left_out: Int64 | None, most_parts: int) -> Int64:
    """Return int64 ``[m + 1, s]``: the least total with at most ``0..m`` parts.

    Parameters are those of `partition`; ``m`` is `most_parts`.
    """
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
        pairs = pairs_of(shape[:axis])
        for digit in range(1, digits):
            best = least_sums(pairs, part, fewer, stride, digit)
            np.minimum(best, fewer[digit * stride : (digit + 1) * stride], out=best)
            if left_out is not None:
                before = rest[(digit - 1) * stride : digit * stride]
                np.minimum(best, before + left_out[axis], out=best)
            rest[digit * stride : (digit + 1) * stride] = np.minimum(best, INFINITE)
        stride *= digits
    return rest
