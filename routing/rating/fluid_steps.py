"""The cheapest price of every total amount sent in any number of parcels, as steps.

An unbounded covering knapsack over the price steps of one parcel: take steps, each as often
as wanted, whose limits add up to the amount. Its value is a step function, computed here as
the set of (capacity, price) sums that no other sum beats.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

_MOST_POINTS: Final = 1024
_HORIZON_PARCELS: Final = 2

Steps = tuple[NDArray[np.int64], NDArray[np.int64]]


def fluid_steps(limit_ug: NDArray[np.int64], price_minor: NDArray[np.int64]) -> Steps:
    """Return the cheapest price of every total weight up to two full parcels, as steps.

    Exact while the result has at most 1,024 steps; a table with so many odd limits that
    it would have more is first rounded *up* to a grid, which can only lower the bound.

    Parameters
    ----------
    limit_ug, price_minor
        int64[B], limits strictly increasing. Prices that fall with weight are lowered to
        the cheapest price at or above the weight, since volume may raise a parcel there.

    Returns
    -------
    tuple of NDArray[np.int64]
        Capacities (strictly increasing, from 0) and prices (strictly increasing, from 0).
    """
    horizon = int(limit_ug[-1]) * _HORIZON_PARCELS
    cheapest_above = np.minimum.accumulate(price_minor[::-1])[::-1]
    exact = _closure(limit_ug, cheapest_above, horizon)
    if exact is not None:
        return exact
    grid = -(-horizon // (_MOST_POINTS - 2))
    rounded = _closure(-(-limit_ug // grid) * grid, cheapest_above, horizon)
    if rounded is None:
        raise AssertionError("a grid of 1,022 capacities has more than 1,024 sums")
    return rounded


def undominated_sums(first: Steps, second: Steps, horizon: int) -> Steps:
    """Return the sums of a step of each that no other sum beats, capacities up to `horizon`."""
    capacity = np.add.outer(first[0], second[0]).ravel()
    return _undominated(capacity, np.add.outer(first[1], second[1]).ravel(), horizon)


def _closure(limit: NDArray[np.int64], price: NDArray[np.int64], horizon: int) -> Steps | None:
    """Return all undominated sums up to `horizon`, or None if they are too many."""
    zero = np.zeros(1, dtype=np.int64)
    capacity, cost = _undominated(
        np.concatenate((zero, limit)), np.concatenate((zero, price)), horizon
    )
    while capacity.size <= _MOST_POINTS:
        # Sums of two sums: the number of parcels covered doubles with every round.
        more = _undominated(
            np.add.outer(capacity, capacity).ravel(), np.add.outer(cost, cost).ravel(), horizon
        )
        if np.array_equal(more[0], capacity) and np.array_equal(more[1], cost):
            return more
        capacity, cost = more
    return None


def _undominated(capacity: NDArray[np.int64], cost: NDArray[np.int64], horizon: int) -> Steps:
    capacity = np.minimum(capacity, horizon)
    order = np.lexsort((-capacity, cost))
    capacity, cost = capacity[order], cost[order]
    best_before = np.concatenate(([-1], np.maximum.accumulate(capacity)[:-1]))
    keep = capacity > best_before
    return capacity[keep], cost[keep]
