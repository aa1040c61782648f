"""Usual sheets: all that usual orders to one destination have in common, looked up at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from routing.lazy import Once
from routing.network import Network
from routing.order import Order
from routing.rating.trigger import Trigger
from routing.sourcing.distances import distances, lane_distances
from routing.sourcing.lane_sheet import MOST_IDLE, timed_sheet
from routing.sourcing.lane_starts import LaneStarts, starts_of
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.order_warnings import destination_warnings
from routing.sourcing.pieces import Narrowest
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.room import Room, unlimited_room
from routing.sourcing.usual.terms import Terms

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class UsualSheet:
    """Lanes to one destination, with everything about them that no order changes.

    Attributes
    ----------
    since, until
        The stretch of order times it holds for; the second exclusive.
    facts, starts
        The lanes, and where they start.
    distance_m, lane_distance_m
        int64 ``[all locations]`` and ``[j]``: to the destination.
    narrowest, triggers
        Limits of what every lane takes, and what costs more than the price of a weight.
    currency
        That all amounts are in.
    warnings
        About the destination.
    room
        Without any limit.
    terms
        By number of lines, what the policy that was last planned with comes to here.
    """

    since: datetime
    until: datetime
    facts: LaneFacts
    starts: LaneStarts
    distance_m: Int64
    lane_distance_m: Int64
    narrowest: Narrowest
    triggers: tuple[Trigger, ...]
    currency: str
    warnings: tuple[str, ...]
    room: Room
    terms: dict[int, Terms] = field(default_factory=dict)

    @property
    def known(self) -> Once:
        """What follows from the lanes' locations and tariffs alone."""
        return self.facts.known

    def takes(self, line: ResolvedLine) -> bool:
        """Whether every lane takes an increment of a line as a parcel of its own."""
        size = line.dimensions
        volume_nl = 0 if size is None else size.volume_nl
        return self.narrowest.takes(line.weight_ug, volume_nl, size)


def usual_sheet(order: Order, network: Network, processing_days: int) -> UsualSheet | None:
    """Return what orders like this share; ``None`` if the network is not fit for short ways.

    Parameters
    ----------
    order
        Placed in UTC.
    processing_days
        Working days the items need on top of the locations' own.
    """
    to, point = order.destination, order.destination.coordinates
    # Attributes one by one: to hash a dataclass calls Python for each one that it holds.
    key = (
        "usual",
        to.country,
        to.postal_code,
        None if point is None else (point.lat_deg, point.lng_deg),
        to.residential,
        to.po_box,
        order.service_level,
        processing_days,
    )
    sheet: UsualSheet | None = network.memo.get(key)
    if sheet is not None and sheet.since <= order.placed_time < sheet.until:
        return sheet
    if not _is_fit(network):
        return None
    sheet = _make(order, network, processing_days)
    if sheet is not None:
        arrays = sheet.distance_m.nbytes + sheet.lane_distance_m.nbytes
        network.memo.put(key, sheet, arrays + _BESIDES_BYTES)
    return sheet


_BESIDES_BYTES = 4_096
"""What a sheet has of its own besides distances, about: terms for each number of lines."""


def _is_fit(network: Network) -> bool:
    """Say whether no location has limits of a day, and things travel as they are to a door.

    Nor are there more lanes than small orders take along.
    """
    known: bool | None = network.memo.get("fit")
    if known is None:
        known = _is_simple(network)
        network.memo.put("fit", known, 0)
    return known


def _is_simple(network: Network) -> bool:
    currencies = {card.currency for card in network.cards.cards}
    return (
        network.facts.unlimited
        and not network.hubs
        and not network.carton_sets
        and len(currencies) == 1
        and int(np.count_nonzero(network.offers.offered)) <= MOST_IDLE
    )


def _make(order: Order, network: Network, processing_days: int) -> UsualSheet | None:
    found = timed_sheet(order, network, processing_days)
    facts = found.facts
    if not len(facts):
        return None
    distance_m = distances(order, network)
    lane_distance_m = lane_distances(facts, distance_m, network)
    lane_distance_m.setflags(write=False)
    cards = network.cards.cards
    return UsualSheet(
        since=found.since,
        until=found.until,
        facts=facts,
        starts=starts_of(facts, network),
        distance_m=distance_m,
        lane_distance_m=lane_distance_m,
        narrowest=Narrowest.of(facts.cards),
        triggers=tuple(trigger for card in facts.cards for trigger in card.triggers),
        currency=cards[0].currency if network.exchange is None else network.exchange.currency,
        warnings=destination_warnings(order, network, distance_m),
        room=unlimited_room(network),
    )
