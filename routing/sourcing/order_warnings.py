"""What deserves a look in a planning run: facts that are missing and what that does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.network import Network
from routing.order import Order
from routing.sourcing.resolve import ResolvedLine

Int64 = NDArray[np.int64]


def warnings_of(
    order: Order, network: Network, lines: Sequence[ResolvedLine], distance_m: Int64
) -> tuple[str, ...]:
    """Return a sentence for each thing that makes a plan worse than it could be.

    Parameters
    ----------
    distance_m
        int64 ``[all locations]``.
    """
    found = []
    if order.destination.coordinates is None:
        found.append(
            "destination coordinates are unknown: distances do not count; give coordinates or a "
            "known postal code"
        )
    else:
        far = np.flatnonzero(distance_m >= UNKNOWN_DISTANCE_M)
        if far.size:
            named = ", ".join(network.locations[place].id for place in far[:5])
            found.append(f"{far.size} location(s) with unknown coordinates sort last: {named}")
    weightless = [line.id for line in lines if line.weight_ug == 0]
    if weightless:
        found.append(
            f"{len(weightless)} line(s) without a weight are priced as weightless: "
            f"{', '.join(weightless[:5])}"
        )
    return tuple(found)


def carton_warnings(homeless: Sequence[ResolvedLine]) -> tuple[str, ...]:
    """Return a sentence about lines with things that no carton holds, if there are any."""
    if not homeless:
        return ()
    named = ", ".join(line.id for line in homeless[:5])
    message = (
        f"{len(homeless)} line(s) hold things that fit into none of the cartons and are sent as "
        f"they are, each by itself: {named}; check their sizes, or add a carton"
    )
    return (message,)
