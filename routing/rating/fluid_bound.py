"""A lower bound on the price of a total weight sent in any number of parcels.

Treat the contents as a fluid that can be cut anywhere. The cheapest way to send it is
an unbounded covering knapsack over the price steps: take steps, each as often as
wanted, whose limits add up to the weight. Its value as a function of the weight is a
step function, computed here as the set of (capacity, price) sums that no other sum
beats. Real items cannot be cut and volume only raises billable weights, so no real
split costs less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.rating.tariff import Tariff


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
