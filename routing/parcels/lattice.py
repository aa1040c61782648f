"""Exact packing of few pieces: every sub-multiset is considered as a parcel.

Dynamic programme over the lattice of count vectors ``0 <= v <= counts``: the
best packing of ``v`` is a parcel that holds at least one piece of the first
type present in ``v``, plus the best packing of the rest. Fixing that piece
removes the orderings of the same set of parcels and loses nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]


def lattice_size(counts: Int64) -> int:
    """Return the number of vectors ``0 <= v <= counts``; exact, however large."""
    size = 1
    for count in counts.tolist():
        size *= count + 1
    return size


def lattice_vectors(counts: Int64) -> Int64:
    """Return int64 ``[size, p]`` of all vectors; row ``r`` has mixed-radix number ``r``."""
    shape = tuple(int(count) + 1 for count in counts)
    return np.indices(shape, dtype=np.int64).reshape(len(shape), -1).T


def cheapest_partition(vectors: Int64, cost: Int64) -> tuple[Int64, Int64]:
    """Partition every vector into parcels at least total cost.

    Parameters
    ----------
    vectors
        int64 ``[s, p]`` from `lattice_vectors`.
    cost
        int64 ``[s]``: cost of the vector as one parcel; ``NO_PRICE`` if it cannot be.

    Returns
    -------
    best
        int64 ``[s]``: least total, ``NO_PRICE`` where there is no packing.
    parcel
        int64 ``[s]``: number of the parcel taken first; -1 where there is none.
        Among equals the largest number, hence few and full parcels.
    """
    size = vectors.shape[0]
    best = np.full(size, NO_PRICE, dtype=np.int64)
    parcel = np.full(size, -1, dtype=np.int64)
    best[0] = 0
    usable = np.flatnonzero(cost < NO_PRICE)
    usable = usable[usable > 0]
    first = np.argmax(vectors > 0, axis=1)
    for state in range(1, size):
        lead = first[state]
        candidates = usable[: np.searchsorted(usable, state, side="right")]
        fits = (vectors[candidates] <= vectors[state]).all(axis=1)
        fits &= vectors[candidates, lead] > 0
        options = candidates[fits]
        if options.size == 0:
            continue
        total = cost[options] + best[state - options]
        pick = options.size - 1 - int(np.argmin(total[::-1]))
        if total[pick] < NO_PRICE:
            best[state] = total[pick]
            parcel[state] = options[pick]
    return best, parcel


def parcels_of(state: int, parcel: Int64) -> list[int]:
    """Return the numbers of the parcels that `cheapest_partition` chose for a state."""
    chosen = []
    while state > 0:
        taken = int(parcel[state])
        chosen.append(taken)
        state -= taken
    return chosen
