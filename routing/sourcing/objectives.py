"""Objectives by name: what a strategy can minimise, one tier each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.sourcing.problem import Int32, Int64
from routing.sourcing.tier import Tier

FARTHEST_M = 40_000_000
"""Stands for an unknown distance: farther than any two places on Earth."""


def unfilled(unit_increments: Int64) -> Tier:
    """Minimise units left unfilled; a line with decimals counts its increments as shares.

    Parameters
    ----------
    unit_increments
        int64 ``[n]``: increments in one unit of each line. Units weigh the same
        whatever their scale, so weights are scaled to a common multiple.
    """
    common = int(unit_increments.max(initial=1))
    return Tier("unfilled", unfilled=common // unit_increments)


def _cost(_location: Int32, _distance_m: Int64) -> Tier:
    return Tier("cost", counts_cost=True)


def _fewest_shipments(location: Int32, _distance_m: Int64) -> Tier:
    return Tier("fewest_shipments", shipment=np.ones(location.size, dtype=np.int64))


def _closest(_location: Int32, distance_m: Int64) -> Tier:
    known = np.where(distance_m >= UNKNOWN_DISTANCE_M, FARTHEST_M, distance_m)
    return Tier("closest", shipment=np.minimum(known, FARTHEST_M))


def _ranked(location: Int32, _distance_m: Int64) -> Tier:
    return Tier("ranked", shipment=location.astype(np.int64))


OBJECTIVES: Mapping[str, Callable[[Int32, Int64], Tier]] = MappingProxyType(
    {
        "cost": _cost,
        "fewest_shipments": _fewest_shipments,
        "closest": _closest,
        "ranked": _ranked,
    }
)
"""Name → builder from (location of each lane, distance of each lane)."""
