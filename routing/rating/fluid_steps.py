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
        one, other = _useful_pairs(capacity, horizon)
        more = _undominated(capacity[one] + capacity[other], cost[one] + cost[other], horizon)
        if np.array_equal(more[0], capacity) and np.array_equal(more[1], cost):
            return more
        capacity, cost = more
    return None


def _useful_pairs(
    capacity: NDArray[np.int64], horizon: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return positions of two sums each, every pair once and none beyond what is needed.

    Capacities and costs grow together: of all that reach the horizon with one sum, the
    first is the cheapest.
    """
    every = np.arange(capacity.size, dtype=np.intp)
    reach = np.searchsorted(capacity, horizon - capacity, side="left")
    ends = np.minimum(reach + 1, capacity.size)
    number = np.maximum(ends - every, 0)
    one = np.repeat(every, number)
    first = np.cumsum(number) - number
    return one, one + np.arange(one.size, dtype=np.intp) - first[one]


def _undominated(capacity: NDArray[np.int64], cost: NDArray[np.int64], horizon: int) -> Steps:
    """Return the sums that no other one beats: cheapest first, each holding more than before."""
    spare = horizon - np.minimum(capacity, horizon)
    bits = horizon.bit_length()
    if int(cost.max()) >> (_KEY_BITS - bits):
        order = np.lexsort((spare, cost))
        spare, cost = spare[order], cost[order]
    else:
        # One number instead of two keys sorts ten times as fast.
        key = np.sort((cost << bits) | spare)
        spare, cost = key & ((1 << bits) - 1), key >> bits
    least_before = np.concatenate(([horizon + 1], np.minimum.accumulate(spare)[:-1]))
    keep = spare < least_before
    return horizon - spare[keep], cost[keep]


_KEY_BITS: Final = 63
