"""A lower bound on the price of a total weight sent in any number of parcels.

Treat the contents as a fluid that can be cut anywhere. The cheapest way to send it is
an unbounded covering knapsack over the price steps: take steps, each as often as
wanted, whose limits add up to the weight. Its value as a function of the weight is a
step function, computed here as the set of (capacity, price) sums that no other sum
beats. Real items cannot be cut and volume only raises billable weights, so no real
split costs less.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import Tariff

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


def fluid_bound_minor(tariff: Tariff, weight_ug: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a price that no way of sending each total weight can undercut.

    Up to twice the tariff's greatest weight it is the cheapest split of a fluid; above,
    the greater of the value there and the best price per microgram of any step.

    Parameters
    ----------
    tariff
        The price steps.
    weight_ug
        int64, any shape, 0 or more.

    Returns
    -------
    NDArray[np.int64]
        Same shape, minor units; 0 for weight 0 (nothing needs to be sent).
    """
    weight = np.asarray(weight_ug, dtype=np.int64)
    step = np.searchsorted(tariff.fluid_limit_ug, weight, side="left")
    within = tariff.fluid_price_minor[np.minimum(step, tariff.fluid_limit_ug.size - 1)]
    beyond = step >= tariff.fluid_limit_ug.size
    if not beyond.any():
        return within
    return np.where(beyond, np.maximum(within, _by_best_ratio(tariff, weight)), within)


def _by_best_ratio(tariff: Tariff, weight: NDArray[np.int64]) -> NDArray[np.int64]:
    limits, prices = tariff.limit_ug.tolist(), tariff.price_minor.tolist()
    limit, price = limits[0], prices[0]
    for other_limit, other_price in zip(limits, prices, strict=True):
        if other_price * limit < price * other_limit:
            limit, price = other_limit, other_price
    whole, rest = np.divmod(weight, limit)
    excess_bits = limit.bit_length() + price.bit_length() - 62
    bound: NDArray[np.int64] = whole * price
    if excess_bits <= 0:
        bound -= -(rest * price) // limit
    else:
        # Too large for an exact product: drop low bits in the direction that lowers the bound.
        bound += (rest >> excess_bits) * price // ((limit >> excess_bits) + 1)
    return bound


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
