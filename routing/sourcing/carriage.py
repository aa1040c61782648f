"""All lanes of an order, and what each of them takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId
from routing.network import Network
from routing.order import Order
from routing.parcels.boxing import Boxing
from routing.quick import quick
from routing.sourcing.collect import collection_lanes, stores_of
from routing.sourcing.feeds import Feed
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lane_verdicts import takes_of
from routing.sourcing.lanes import NO_LANES, LaneFacts
from routing.sourcing.packing_tariffs import need_packagings, pack_lanes
from routing.sourcing.pieces import Piece, pieces_of
from routing.sourcing.resolve import ResolvedLine
from routing.sourcing.waves import (
    Waves,
    join_waves,
    leaving_at,
    leaving_now,
    make_waves,
    time_of,
)
from routing.sourcing.ways import DOOR, fed_ways

Bool = NDArray[np.bool_]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class Carriage:
    """Lanes by location, and what fits them.

    Attributes
    ----------
    facts
        Of the lanes.
    waves
        The same with their starts; ``None`` when all of them leave now, to the door.
    takes
        bool ``[n, j]``: leads where the line goes, and takes every piece of it.
    pieces
        Of each line.
    boxing
        Sizes of the pieces; ``None`` where they do not matter.
    homeless
        Positions of lines with pieces that no carton holds.
    """

    facts: LaneFacts
    waves: Waves | None
    takes: Bool
    pieces: tuple[tuple[Piece, ...], ...]
    boxing: Boxing | None = None
    homeless: tuple[int, ...] = ()


def plain_carriage(
    order: Order, network: Network, lines: Sequence[ResolvedLine], days: int, wanted: Bool
) -> Carriage:
    """Return the lanes of an order that ships at once and to the door.

    Parameters
    ----------
    days
        Working days the items need on top of the locations' own.
    wanted
        bool ``[all locations]``: may ship some line.
    """
    return _taking(lane_sheet(order, network, days), None, order, network, lines, wanted)


def carriage(
    order: Order,
    network: Network,
    lines: Sequence[ResolvedLine],
    days: int,
    wanted: Bool,
    later: Mapping[int, Bool],
    feeds: tuple[Feed, ...],
) -> Carriage:
    """Return the lanes of an order of which some waits, is collected, or is merged.

    Parameters
    ----------
    later
        Starts after now, and at which locations something can leave then.
    feeds
        Ways to merge.
    """
    stores = stores_of(lines)
    found = Carriage(NO_LANES, leaving_now(NO_LANES), _no_takes(lines), _whole_pieces(lines))
    if not stores or any(line.pickup_location_id is None for line in lines):
        parts = [make_waves(order, network, days, later)]
        parts += [_merged(order, network, number, feeds) for number in range(len(feeds))]
        waves = join_waves(parts)
        wanted = wanted.copy()
        wanted[[feed.hub for feed in feeds]] = True
        found = _taking(waves.facts, waves, order, network, lines, wanted)
    if stores:
        collected = _collection(network, order, stores, days, later)
        found = _with_collection(found, collected, lines, network)
    return _in_order(found)


def _in_order(found: Carriage) -> Carriage:
    waves = found.waves
    if waves is None:
        return found
    rank = waves.in_order()
    waves = waves.only(rank)
    return replace(found, facts=waves.facts, waves=waves, takes=found.takes[:, rank])


def _merged(order: Order, network: Network, number: int, feeds: tuple[Feed, ...]) -> Waves:
    """Return the lanes from a hub once everything has arrived there.

    What is merged leaves its own location now: nothing waits for supply.
    """
    feed = feeds[number]
    then = replace(order, placed_time=max(feed.ready_time, order.placed_time))
    sheet = lane_sheet(then, network, 0)
    own = sheet.only(np.flatnonzero(sheet.location == feed.hub))
    return leaving_now(replace(own, ways=fed_ways(len(own), number, feeds)))


def _taking(
    facts: LaneFacts,
    waves: Waves | None,
    order: Order,
    network: Network,
    lines: Sequence[ResolvedLine],
    wanted: Bool,
) -> Carriage:
    pieces = _pieces(lines, facts, wanted, in_cartons=bool(network.carton_sets))
    if not need_packagings(network, facts.cards, lines, pieces):
        takes = takes_of(facts, pieces)
        return Carriage(facts, waves, takes, tuple(pieces))
    packed = pack_lanes(facts, order, network, lines, pieces, wanted)
    return Carriage(
        packed.facts,
        None if waves is None else replace(waves, facts=packed.facts),
        packed.takes,
        packed.pieces,
        packed.boxing,
        packed.homeless,
    )


def _collection(
    network: Network,
    order: Order,
    stores: Sequence[LocationId],
    days: int,
    later: Mapping[int, Bool],
) -> Waves:
    """Return the lanes to where lines are collected, now and once supply has come."""
    parts = [leaving_now(collection_lanes(network, stores, order.placed_time, days))]
    for start_s, here in sorted(later.items()):
        lanes = collection_lanes(network, stores, time_of(start_s, order), days)
        parts.append(leaving_at(start_s, lanes.only(np.flatnonzero(here[lanes.location]))))
    return join_waves(parts)


def _with_collection(
    found: Carriage, collected: Waves, lines: Sequence[ResolvedLine], network: Network
) -> Carriage:
    """Return the lanes with those to where lines are collected; each takes its own lines."""
    before = [found.waves] if found.waves is not None and len(found.facts) else []
    waves = join_waves([*before, collected])
    takes = np.ones((len(lines), len(waves.facts)), dtype=np.bool_)
    takes[:, : len(found.facts)] = found.takes
    takes &= _leads_to(lines, waves.facts, network)
    return replace(found, facts=waves.facts, waves=waves, takes=takes)


def _no_takes(lines: Sequence[ResolvedLine]) -> Bool:
    return np.ones((len(lines), 0), dtype=np.bool_)


def _whole_pieces(lines: Sequence[ResolvedLine]) -> tuple[tuple[Piece, ...], ...]:
    return tuple(pieces_of(line, ()) for line in lines)


def _leads_to(lines: Sequence[ResolvedLine], facts: LaneFacts, network: Network) -> Bool:
    """Return bool ``[n, j]``: a lane leads to where a line goes."""
    goes = [
        DOOR if line.pickup_location_id is None else network.location_index[line.pickup_location_id]
        for line in lines
    ]
    to = np.full(len(facts), DOOR, dtype=np.int32) if facts.ways is None else facts.ways.to
    leads: Bool = np.array(goes, dtype=np.int32)[:, None] == to
    return leads


def _pieces(
    lines: Sequence[ResolvedLine], facts: LaneFacts, wanted: Bool, *, in_cartons: bool
) -> list[tuple[Piece, ...]]:
    """Return the pieces of each line, as the cards of the locations that may ship see them."""
    if not any(line.is_kit for line in lines):
        return [pieces_of(line, (), in_cartons=in_cartons) for line in lines]
    used = np.zeros(len(facts.cards), dtype=np.bool_)
    used[facts.card[wanted[facts.location]]] = True
    cards = [card for card, counts in zip(facts.cards, used.tolist(), strict=True) if counts]
    return [pieces_of(line, cards, in_cartons=in_cartons) for line in lines]
