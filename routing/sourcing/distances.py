"""How far every location is from where an order goes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.geo.distance import UNKNOWN_DISTANCE_M, great_circle_m
from routing.network import Network
from routing.order import Order
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.ways import DOOR


def distances(order: Order, network: Network) -> NDArray[np.int64]:
    """Return int64 ``[l]`` of metres, `UNKNOWN_DISTANCE_M` where either end is unknown.

    Remembered by coordinates, since orders that give a postal code share its point. The
    array is shared: it cannot be written to.
    """
    to = order.destination.coordinates
    found: NDArray[np.int64] | None = network.memo.get(("distance", to))
    if found is None:
        found = (
            np.full(len(network.locations), UNKNOWN_DISTANCE_M, dtype=np.int64)
            if to is None
            else great_circle_m(network.origins.lat_deg, network.origins.lng_deg, to)
        )
        found.setflags(write=False)
        network.memo.put(("distance", to), found, found.nbytes)
    return found


def lane_distances(
    facts: LaneFacts, distance_m: NDArray[np.int64], network: Network
) -> NDArray[np.int64]:
    """Return int64 ``[j]`` of metres to where each lane leads.

    Parameters
    ----------
    distance_m
        int64 ``[all locations]``: to the shopper's door.
    """
    lane_m: NDArray[np.int64] = distance_m[facts.location]
    if facts.ways is None:
        return lane_m
    for store in np.unique(facts.ways.to[facts.ways.to != DOOR]).tolist():
        there = network.locations[store].coordinates
        if there is None:
            to_m = np.full(len(network.locations), UNKNOWN_DISTANCE_M, dtype=np.int64)
        else:
            to_m = great_circle_m(network.origins.lat_deg, network.origins.lng_deg, there)
        lane_m = np.where(facts.ways.to == store, to_m[facts.location], lane_m)
    return lane_m
