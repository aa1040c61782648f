"""Which weights a shipment or parcel can have: only those need a step."""

from __future__ import annotations

from math import gcd

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]

_MOST_WEIGHTS = 1_000_000


def weight_unit_ug(problem: SourcingProblem) -> int:
    """Return the greatest weight that every piece is a multiple of; 1 if all weigh nothing."""
    return gcd(*problem.pieces.weight_ug.tolist()) or 1


def reachable_weights(weights: list[tuple[int, int]]) -> Int64:
    """Return all sums of the given pieces, ascending, the empty one left out.

    Parameters
    ----------
    weights
        (weight, most copies), in units.

    Returns
    -------
    NDArray[np.int64]
        Every weight up to the total if that is too long to enumerate: a superset.
    """
    total = sum(weight * copies for weight, copies in weights)
    if total > _MOST_WEIGHTS:
        raise ValueError(f"weights up to {total} units are too many to list; use coarser weights")
    reached = np.zeros(total + 1, dtype=np.bool_)
    reached[0] = True
    for weight, copies in weights:
        for _ in range(copies if weight else 0):
            reached[weight:] |= reached[:-weight].copy()
    found = np.flatnonzero(reached).astype(np.int64)
    return found[1:] if any(weight for weight, _ in weights) else found
