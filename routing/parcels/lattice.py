"""Exact packing of few pieces: every sub-multiset is considered as a parcel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.partition import INFINITE, partition
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]


def lattice_size(counts: Int64) -> int:
    """Return the number of vectors ``0 <= v <= counts``; exact, however large."""
    size = 1
    for count in counts.tolist():
        size *= count + 1
    return size


def lattice_vectors(counts: Int64) -> Int64:
    """Return int64 ``[size, p]`` of all vectors; row ``r`` has mixed-radix number ``r``.

    The last piece type varies fastest.
    """
    shape = tuple(int(count) + 1 for count in counts)
    return np.indices(shape, dtype=np.int64).reshape(len(shape), -1).T


def cheapest_partition(vectors: Int64, cost: Int64) -> Int64:
    """Partition every vector into parcels at least total cost.

    Parameters
    ----------
    vectors
        int64 ``[s, p]`` from `lattice_vectors`.
    cost
        int64 ``[s]``: cost of the vector as one parcel; ``NO_PRICE`` if it cannot be.

    Returns
    -------
    ndarray
        int64 ``[s]``: least total, ``NO_PRICE`` where there is no packing.
    """
    best = _with_fewest(vectors, cost)
    return np.where(best < INFINITE, best // _ONE_MINOR, NO_PRICE)


def cheapest_parcels(vectors: Int64, cost: Int64) -> tuple[int, list[int]]:
    """Return the least total of the last vector and the numbers of its parcels.

    Among equal totals there are as few parcels as possible, the fullest first. The
    total is ``NO_PRICE`` and there are no parcels where there is no packing.
    """
    best = _with_fewest(vectors, cost)
    state = vectors.shape[0] - 1
    if best[state] >= INFINITE:
        return NO_PRICE, []
    part = cost * _ONE_MINOR + 1
    chosen = []
    while state > 0:
        options = np.arange(1, state + 1)
        options = options[(vectors[1 : state + 1] <= vectors[state]).all(axis=1)]
        options = options[cost[options] < NO_PRICE]
        hits = options[part[options] + best[state - options] == best[state]]
        chosen.append(int(hits[-1]))
        state -= chosen[-1]
    return int(best[-1] // _ONE_MINOR), chosen


def _with_fewest(vectors: Int64, cost: Int64) -> Int64:
    """Return least totals whose low digits count the parcels."""
    digits = tuple(int(most) + 1 for most in reversed(vectors[-1].tolist()))
    part = np.where(cost < NO_PRICE, np.minimum(cost, _DEAREST) * _ONE_MINOR + 1, INFINITE)
    part[0] = INFINITE
    return partition(digits, part, None)


_ONE_MINOR = 2**16
_DEAREST = 2**43
"""Far above any postage; keeps sums with their parcel counts within 64 bits."""
