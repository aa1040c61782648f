"""Objectives by name: what a strategy can minimise, one tier each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.geo.distance import UNKNOWN_DISTANCE_M
from routing.promise.promise import NEVER
from routing.sourcing.problem import Int32, Int64
from routing.sourcing.tier import Tier

METRES_PER_KM: Final = 1_000
FARTHEST_KM: Final = 40_000
"""Stands for an unknown distance: farther than any two places on Earth."""
LATEST_DAYS: Final = 1_000
"""Stands for an unknown delivery date, and caps a known one."""


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """What objectives look at.

    Attributes
    ----------
    location
        int32 ``[j]``: location of each lane; the smaller index is preferred.
    distance_m
        int64 ``[j]``: to the destination; `UNKNOWN_DISTANCE_M` when unknown.
    delivery_day
        int32 ``[j]``: proleptic ordinal of the latest delivery; `NEVER` when unknown.
    placed_day
        The order's own day, as an ordinal.
    abroad
        bool ``[j]``: the location is outside the destination's market.
    covered
        int64 ``[j]``: items of the order that the location has all of.
    unit_increments
        int64 ``[n]``: increments in one unit of each line.
    """

    location: Int32
    distance_m: Int64
    delivery_day: Int32
    placed_day: int
    abroad: NDArray[np.bool_]
    covered: Int64
    unit_increments: Int64


SUBSTITUTED: Final = "substituted"
FILLING: Final = ("unfilled", "waiting", SUBSTITUTED)
"""Tiers about what is filled and from what, above every objective that a strategy names."""


def unfilled(unit_increments: Int64) -> Tier:
    """Minimise units left unfilled; a line with decimals counts its increments as shares."""
    return Tier("unfilled", unfilled=_shares(unit_increments))


def waiting(unit_increments: Int64, later: NDArray[np.bool_]) -> Tier:
    """Minimise units in shipments that wait for supply, whichever that be.

    Parameters
    ----------
    later
        bool ``[j]``: the lane leaves once supply has come.
    """
    return Tier("waiting", unit=_shares(unit_increments)[:, None] * later.astype(np.int64))


def substituted(unit_increments: Int64, rank: Int64, lanes: int) -> Tier:
    """Minimise units of other items than were ordered, less preferred ones counting more.

    Parameters
    ----------
    rank
        int64 ``[n]``: place among the substitutes of its line, from 1; 0 for what was
        ordered.
    lanes
        Number of lanes.
    """
    weight = _shares(unit_increments) * rank
    return Tier(SUBSTITUTED, unit=np.repeat(weight[:, None], lanes, axis=1))


def _shares(unit_increments: Int64) -> Int64:
    """Return int64 ``[n]``: what an increment weighs, so that all units weigh the same."""
    common = int(unit_increments.max(initial=1))
    return common // unit_increments


COST: Final = Tier("cost", counts_cost=True)


def _cost(_: Offered) -> Tier:
    return COST


def _fewest_shipments(offered: Offered) -> Tier:
    return Tier("fewest_shipments", shipment=np.ones(offered.location.size, dtype=np.int64))


def _same_market(offered: Offered) -> Tier:
    return Tier("same_market", shipment=offered.abroad.astype(np.int64))


def _closest(offered: Offered) -> Tier:
    return Tier("closest", shipment=distance_km(offered.distance_m))


def _ranked(offered: Offered) -> Tier:
    return Tier("ranked", shipment=offered.location.astype(np.int64))


def _fastest(offered: Offered) -> Tier:
    days = offered.delivery_day.astype(np.int64) - offered.placed_day
    days = np.where(offered.delivery_day >= NEVER, LATEST_DAYS, np.minimum(days, LATEST_DAYS))
    return Tier("fastest", unit=_per_unit(offered, days))


def _nearest_first(offered: Offered) -> Tier:
    return Tier("nearest_first", unit=_per_unit(offered, _positions(offered, offered.distance_m)))


def _ranked_first(offered: Offered) -> Tier:
    return Tier("ranked_first", unit=_per_unit(offered, offered.location.astype(np.int64)))


def _fullest_first(offered: Offered) -> Tier:
    return Tier("fullest_first", unit=_per_unit(offered, _positions(offered, -offered.covered)))


def _per_unit(offered: Offered, amounts: Int64) -> Int64:
    return _shares(offered.unit_increments)[:, None] * amounts[None, :]


def _positions(offered: Offered, key: Int64) -> Int64:
    """Return int64 ``[j]``: the place of each lane's location in the list sorted by `key`.

    Ties go to the location that is preferred.
    """
    location, lane = np.unique(offered.location, return_index=True)
    order = np.lexsort((location, key[lane]))
    position = np.empty(location.size, dtype=np.int64)
    position[order] = np.arange(location.size)
    return position[np.searchsorted(location, offered.location)]


def distance_km(distance_m: Int64) -> Int64:
    """Return whole kilometres, to the nearest; `FARTHEST_KM` where unknown."""
    known = np.minimum(distance_m, FARTHEST_KM * METRES_PER_KM)
    return np.where(
        distance_m >= UNKNOWN_DISTANCE_M,
        FARTHEST_KM,
        (known + METRES_PER_KM // 2) // METRES_PER_KM,
    )


OBJECTIVES: Final[Mapping[str, Callable[[Offered], Tier]]] = MappingProxyType(
    {
        "cost": _cost,
        "fewest_shipments": _fewest_shipments,
        "same_market": _same_market,
        "closest": _closest,
        "ranked": _ranked,
        "fastest": _fastest,
        "nearest_first": _nearest_first,
        "ranked_first": _ranked_first,
        "fullest_first": _fullest_first,
    }
)
"""Name → builder of the tier."""
