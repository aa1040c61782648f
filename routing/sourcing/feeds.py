"""Feeds: in which ways units from several locations can be merged at a hub.

A hub is a location that merges; others have transfer routes to it. A feed is a hub with
two or three locations that send there, or have it already, and for each line the one
of them that it comes from whole. A shipment from a hub is then priced like any other, plus
the legs; since a set of locations is one feed, its legs are a fixed cost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.location_facts import UNLIMITED
from routing.network import Network
from routing.promise.departure import departure
from routing.sourcing.verdict import Verdict
from routing.transfer import TransferRoute

Int64 = NDArray[np.int64]

MOST_LOCATIONS: Final = 3
MOST_CANDIDATES: Final = 6
"""Locations considered for each hub: those that have most of the lines, then the cheapest."""

NOWHERE: Final = -1


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer to a hub; `origin` is an index into the network's locations."""

    origin: int
    ship_date: date
    arrival_date: date
    cost_minor: int


@dataclass(frozen=True, slots=True, eq=False)
class Feed:
    """A hub and what comes together there.

    Attributes
    ----------
    hub
        Index into the network's locations.
    legs
        Transfers; none for what is at the hub already.
    origin
        int64 ``[n]``: where each line comes from, `NOWHERE` if from none of them.
    line_minor, unit_minor
        int64 ``[n]``: what its leg costs, once per line and per line unit.
    ready_time
        Aware UTC: when everything has arrived.
    """

    hub: int
    legs: tuple[Leg, ...]
    origin: Int64
    line_minor: Int64
    unit_minor: Int64
    ready_time: datetime

    @property
    def legs_minor(self) -> int:
        """Fixed cost of all legs."""
        return sum(leg.cost_minor for leg in self.legs)


def find_feeds(
    network: Network,
    verdicts: NDArray[np.int8],
    reach: Int64,
    demand: Int64,
    placed_time: datetime,
    processing_days: int,
) -> tuple[Feed, ...]:
    """Return the feeds of all hubs.

    Parameters
    ----------
    verdicts, reach
        int8 and int64 ``[n, all locations]``: who may ship which line, and how much of it.
    """
    able = verdicts == Verdict.ELIGIBLE
    found: list[Feed] = []
    for hub in network.hubs:
        if network.facts.open[hub]:
            candidates = _candidates(network, hub, able)
            for some in _sets(candidates):
                feed = _feed(
                    network, hub, some, able, reach >= demand[:, None], placed_time, processing_days
                )
                if feed is not None:
                    found.append(feed)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Source:
    """A location that feeds a hub; `route` is ``None`` for the hub itself."""

    place: int
    route: TransferRoute | None


def _candidates(network: Network, hub: int, able: NDArray[np.bool_]) -> list[_Source]:
    """Return who can feed a hub. One with a limit on its day stays out: it is not counted."""
    facts = network.facts
    hub_id = network.locations[hub].id
    sources = [_Source(hub, None)]
    for place, offered in enumerate(facts.routes):
        routes = [each for each in offered if each.to_location_id == hub_id]
        if routes and place != hub:
            sources.append(_Source(place, min(routes, key=lambda each: each.per_transfer_minor)))
    limits = (facts.capacity_orders, facts.capacity_lines, facts.capacity_units)
    free = np.minimum.reduce(limits) >= UNLIMITED
    useful = [each for each in sources if able[:, each.place].any() and free[each.place]]
    useful.sort(key=lambda each: (-int(able[:, each.place].sum()), _leg_cost(each), each.place))
    return useful[:MOST_CANDIDATES]


def _leg_cost(source: _Source) -> int:
    return 0 if source.route is None else source.route.per_transfer_minor


def _sets(candidates: Sequence[_Source]) -> Iterator[tuple[_Source, ...]]:
    for size in range(2, MOST_LOCATIONS + 1):
        yield from combinations(sorted(candidates, key=lambda each: each.place), size)


def _feed(
    network: Network,
    hub: int,
    sources: tuple[_Source, ...],
    able: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    placed_time: datetime,
    processing_days: int,
) -> Feed | None:
    """Return the feed of a set of locations; ``None`` if one of them has nothing to send."""
    facts = network.facts
    chosen = [_chosen(line, sources, able, whole, network) for line in range(able.shape[0])]
    if {each.place for each in chosen if each is not None} != {each.place for each in sources}:
        return None
    legs = []
    ready = placed_time
    for source in sources:
        if source.route is None:
            continue
        leaves = departure(network.schedules, source.place, placed_time, processing_days)
        if leaves is None:
            return None
        arrival = leaves.date + timedelta(days=source.route.transit_days)
        cost = source.route.per_transfer_minor + int(facts.send_minor[source.place])
        legs.append(Leg(source.place, leaves.date, arrival, cost))
        zone = network.schedules.distinct[int(network.schedules.index[hub])].zone
        ready = max(ready, datetime.combine(arrival, time(0), tzinfo=zone).astimezone(UTC))
    return Feed(
        hub=hub,
        legs=tuple(legs),
        origin=np.array(
            [NOWHERE if each is None else each.place for each in chosen], dtype=np.int64
        ),
        line_minor=_amounts(chosen, facts.send_line_minor, per_unit=False),
        unit_minor=_amounts(chosen, facts.send_unit_minor, per_unit=True),
        ready_time=ready,
    )


def _chosen(
    line: int,
    sources: tuple[_Source, ...],
    able: NDArray[np.bool_],
    whole: NDArray[np.bool_],
    network: Network,
) -> _Source | None:
    """Return where a line comes from: who has all of it, then who sends it cheapest."""
    options = [each for each in sources if able[line, each.place]]
    return min(
        options,
        key=lambda each: (
            not whole[line, each.place],
            _unit_cost(each, int(network.facts.send_unit_minor[each.place])),
            each.place,
        ),
        default=None,
    )


def _unit_cost(source: _Source, handling_minor: int) -> int:
    return 0 if source.route is None else source.route.per_unit_minor + handling_minor


def _amounts(chosen: Sequence[_Source | None], handling_minor: Int64, *, per_unit: bool) -> Int64:
    """Return int64 ``[n]``: what handling where it comes from, and the route, cost."""
    amounts = []
    for each in chosen:
        amount = 0
        if each is not None and each.route is not None:
            amount = int(handling_minor[each.place])
            amount += each.route.per_unit_minor if per_unit else 0
        amounts.append(amount)
    return np.array(amounts, dtype=np.int64)
