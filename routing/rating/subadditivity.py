"""Up to which weight one parcel is never dearer than two.

Published rates are not subadditive: from some weight on, two light parcels from the
same stock location cost less than one heavy parcel. Below that weight the search for
a cheaper split can be skipped, with proof.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import Tariff, parcel_price_minor


def subadditive_below_ug(limit_ug: NDArray[np.int64], price_minor: NDArray[np.int64]) -> int:
    """Return the greatest W with price(a) + price(b) >= price(a + b) for all a + b <= W.

    Weights are whole micrograms, 0 or more. All weights of a step cost the same, so two
    steps reach exactly one interval of sums, and the first dearer weight in it starts
    either that interval or a step: checking those is checking every weight. Prices need
    not grow with weight. By induction the same holds for more than two parcels.

    Parameters
    ----------
    limit_ug, price_minor
        int64[B], limits strictly increasing.

    Returns
    -------
    int
        At most the last limit, above which one parcel cannot be sent at all.
    """
    first_ug = np.concatenate(([0], limit_ug[:-1] + 1))
    for step in range(limit_ug.size):
        lightest = first_ug[: step + 1, None] + first_ug[None, : step + 1]
        heaviest = limit_ug[: step + 1, None] + limit_ug[None, : step + 1]
        cheaper = price_minor[: step + 1, None] + price_minor[None, : step + 1] < price_minor[step]
        sums_from = np.maximum(lightest, first_ug[step])
        violated = cheaper & (sums_from <= np.minimum(heaviest, limit_ug[step]))
        if violated.any():
            return int(sums_from[violated].min()) - 1
    return int(limit_ug[-1])


def one_parcel_is_cheapest(
    tariff: Tariff, weight_ug: NDArray[np.int64], volume_nl: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Say for which contents a single parcel is certainly the cheapest way to send them.

    True where the price of one parcel is no more than a lower bound on every split:
    safe in the presence of dimensional weight (splitting may bring each part under the
    volume threshold) and of prices that fall. False means "not proved".

    Parameters
    ----------
    tariff
        The price steps.
    weight_ug, volume_nl
        int64, shapes that broadcast: total actual weight and volume of the contents.
    """
    price = parcel_price_minor(tariff, weight_ug, volume_nl)
    # There is at least one parcel, even for contents without weight.
    bound = np.maximum(fluid_bound_minor(tariff, weight_ug), tariff.price_minor.min())
    proved: NDArray[np.bool_] = price <= bound
    return proved
