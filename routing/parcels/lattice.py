"""Exact packing of few pieces: every sub-multiset is considered as a parcel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.parcels.partition import partition

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
        int64 ``[s]``: least total, at least ``NO_PRICE`` where there is no packing.
    """
    digits = tuple(int(most) + 1 for most in reversed(vectors[-1].tolist()))
    part = cost.copy()
    part[0] = np.iinfo(np.int64).max // 4
    return partition(digits, part, None)


def parcels_of(vectors: Int64, cost: Int64, best: Int64, state: int) -> list[int]:
    """Return the numbers of the parcels of a cheapest partition of a vector.

    Among equals the fullest parcel is taken first, hence few parcels.
    """
    chosen = []
    while state > 0:
        options = np.arange(1, state + 1)
        options = options[(vectors[1 : state + 1] <= vectors[state]).all(axis=1)]
        hits = options[cost[options] + best[state - options] == best[state]]
        taken = int(hits[-1])
        chosen.append(taken)
        state -= taken
    return chosen
