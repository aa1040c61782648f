"""Lanes of several later starts: those of orders placed when their supply has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.promise.lane_checks import LaneArrays
from routing.promise.promise import promise_lanes_of_starts
from routing.sourcing.lane_rates import best_card
from routing.sourcing.lanes import LaneFacts, lane_services, offered, priced, zones_and_transit

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LaterLanes:
    """Lanes, and the start of each: int64 ``[j]``, Unix seconds."""

    facts: LaneFacts
    start_s: NDArray[np.int64]


def later_lanes(
    order: Order, network: Network, processing_days: int, later: Mapping[int, Bool]
) -> list[LaterLanes]:
    """Return what `make_lanes` does for orders placed at later starts, in few goes.

    Starts between which other rate cards come into force are apart.

    Parameters
    ----------
    processing_days
        Working days the items need on top of the locations' own.
    later
        Start, in Unix seconds, to bool ``[all locations]``: where something can leave then.
    """
    alike: dict[tuple[int | None, ...], list[int]] = {}
    for start_s in sorted(later):
        alike.setdefault(_cards_on(network, _time(start_s).date()), []).append(start_s)
    return [
        _lanes_of(order, network, processing_days, starts, np.stack([later[s] for s in starts]))
        for starts in alike.values()
    ]


def _cards_on(network: Network, on: date) -> tuple[int | None, ...]:
    """Return the identities of the cards of each offer on a day."""
    found: tuple[int | None, ...] | None = network.memo.get(("cards", on))
    if found is None:
        services = range(len(network.offers.services))
        cards = [best_card(network, number, on) for number in services]
        found = tuple(None if card is None else id(card) for card in cards)
        network.memo.put(("cards", on), found, 0)
    return found


def _lanes_of(
    order: Order, network: Network, processing_days: int, starts: Sequence[int], here: Bool
) -> LaterLanes:
    """Return the lanes of starts with the same cards in force.

    Parameters
    ----------
    here
        bool ``[start, all locations]``.
    """
    times = [_time(start_s) for start_s in starts]
    then = replace(order, placed_time=times[0])
    zones, transit = zones_and_transit(then, network)
    serves = offered(then, network, zones)
    start, location, offer = np.nonzero(here[:, :, None] & serves.T[None, :, :])
    lanes = LaneArrays(
        location,
        offer,
        transit.fewest[offer, location],
        transit.most[offer, location],
        np.asarray(processing_days, dtype=np.int64),
    )
    promises = promise_lanes_of_starts(
        network.schedules, lane_services(network), lanes, times, start
    )
    facts, kept = priced(then, network, location, offer, zones, transit, promises)
    return LaterLanes(facts, np.array(starts, dtype=np.int64)[start[kept]])


def _time(start_s: int) -> datetime:
    return datetime.fromtimestamp(start_s, UTC)
