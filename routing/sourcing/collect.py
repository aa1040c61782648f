"""Lanes to where shoppers collect: from the place itself, and by transfer from others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from routing.ids import LocationId, RateCardId
from routing.network import Network
from routing.promise.departure import departure
from routing.rating.tariff import Tariff
from routing.rating.transit import NO_BASIS, UNKNOWN_PERCENT
from routing.rating.zones import RateZone
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.ways import NO_CARD, NO_FEED, Ways
from routing.transfer import TransferRoute

_HEAVIEST_UG: Final = 10**18


def _free() -> Tariff:
    weight = np.array([_HEAVIEST_UG], dtype=np.int64)
    nothing = np.zeros(1, dtype=np.int64)
    return Tariff(
        card_id=RateCardId(""),
        zone=RateZone(0),
        currency="",
        limit_ug=weight,
        price_minor=nothing,
        dimensional=None,
        subadditive_below_ug=_HEAVIEST_UG,
        fluid_limit_ug=weight,
        fluid_price_minor=nothing,
    )


FREE: Final = _free()
"""Carries everything for nothing: no carrier comes."""


def stores_of(lines: Sequence[ResolvedLine]) -> tuple[LocationId, ...]:
    """Return the places where lines are collected, each once."""
    return tuple(
        sorted({each.pickup_location_id for each in lines if each.pickup_location_id is not None})
    )


@dataclass(frozen=True, slots=True)
class _Lane:
    location: int
    to: int
    ship: int
    ready: int
    cutoff_s: int
    leg_minor: int = 0
    leg_unit_minor: int = 0


def collection_lanes(
    network: Network, stores: Sequence[LocationId], placed_time: datetime, processing_days: int
) -> LaneFacts:
    """Return the lanes on which something gets to where it is collected, by location.

    Parameters
    ----------
    stores
        Known locations.
    placed_time
        Aware; when supply has come, for what waits.
    processing_days
        Working days the items need on top of the locations' own.
    """
    lanes = sorted(
        (
            lane
            for store in stores
            for lane in _lanes_to(network, store, placed_time, processing_days)
        ),
        key=lambda lane: (lane.location, lane.to),
    )

    def int32(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        return np.array(values, dtype=np.int32)

    def int64(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    ready = int32([lane.ready for lane in lanes])
    return LaneFacts(
        location=int32([lane.location for lane in lanes]),
        offer=int32([-1 for _ in lanes]),
        card=int32([NO_CARD for _ in lanes]),
        tariff=int32([0 for _ in lanes]),
        zone=np.zeros(len(lanes), dtype=np.int16),
        ship=int32([lane.ship for lane in lanes]),
        earliest=ready,
        latest=ready,
        basis=np.full(len(lanes), NO_BASIS, dtype=np.int16),
        on_time_percent=np.full(len(lanes), UNKNOWN_PERCENT, dtype=np.int16),
        cutoff_s=int64([lane.cutoff_s for lane in lanes]),
        cards=(),
        tariffs=(FREE,),
        ways=Ways(
            to=int32([lane.to for lane in lanes]),
            feed=int32([NO_FEED for _ in lanes]),
            leg_minor=int64([lane.leg_minor for lane in lanes]),
            leg_unit_minor=int64([lane.leg_unit_minor for lane in lanes]),
        ),
    )


def _lanes_to(
    network: Network, store: LocationId, placed_time: datetime, processing_days: int
) -> Iterator[_Lane]:
    to = network.location_index[store]
    if not network.facts.open[to]:
        return
    for place, routes in enumerate(network.facts.routes):
        if place == to:
            yield from _leaving(network, place, to, None, placed_time, processing_days)
        for route in routes:
            if route.to_location_id == store and place != to:
                yield from _leaving(network, place, to, route, placed_time, processing_days)


def _leaving(
    network: Network,
    place: int,
    to: int,
    route: TransferRoute | None,
    placed_time: datetime,
    processing_days: int,
) -> Iterator[_Lane]:
    leaves = departure(network.schedules, place, placed_time, processing_days)
    if leaves is None:
        return
    ship = leaves.date.toordinal()
    cutoff_s = int(leaves.cutoff_time.timestamp())
    if route is None:
        yield _Lane(place, to, ship, ship, cutoff_s)
    else:
        ready = ship + route.transit_days
        legs = route.per_transfer_minor, route.per_unit_minor
        yield _Lane(place, to, ship, ready, cutoff_s, *legs)
