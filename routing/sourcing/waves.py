"""Waves of lanes: those that leave now, and those that leave once supply has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.promise.promise import NEVER, NEVER_S
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.later_lanes import later_lanes
from routing.sourcing.portions import NOBODY_KNOWS_S, THERE_S
from routing.sourcing.ways import NO_CARD, NO_FEED, fed_ways, joined_ways

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Lanes of several starts.

    Attributes
    ----------
    facts
        See there.
    start_s
        int64 ``[j]``: Unix seconds from which the lane's location can begin; `THERE_S` for
        now, `NOBODY_KNOWS_S`.
    """

    facts: LaneFacts
    start_s: NDArray[np.int64]

    def only(self, keep: NDArray[np.intp]) -> Waves:
        """Return some of the lanes, in the order given."""
        return Waves(self.facts.only(keep), self.start_s[keep])

    def in_order(self) -> NDArray[np.intp]:
        """Return the lanes by location, start, way and offer."""
        facts = self.facts
        if facts.ways is None:
            return np.lexsort((facts.offer, self.start_s, facts.location))
        way = facts.ways
        return np.lexsort((facts.offer, way.to, way.feed, self.start_s, facts.location))


def leaving_now(facts: LaneFacts) -> Waves:
    """Return lanes that all leave now."""
    return leaving_at(THERE_S, facts)


def make_waves(
    order: Order,
    network: Network,
    processing_days: int,
    later: Mapping[int, NDArray[np.bool_]],
) -> Waves:
    """Return the lanes to the door that leave now, and those of later starts somewhere.

    Parameters
    ----------
    later
        Start to bool ``[all locations]``: where something can leave then.
    """
    sheet = lane_sheet(order, network, processing_days)
    parts = [leaving_now(sheet)]
    dated = {start_s: here for start_s, here in later.items() if start_s != NOBODY_KNOWS_S}
    if dated:
        found = later_lanes(order, network, processing_days, dated)
        parts += [Waves(each.facts, each.start_s) for each in found]
    if NOBODY_KNOWS_S in later:
        here = np.flatnonzero(later[NOBODY_KNOWS_S][sheet.location])
        parts.append(leaving_at(NOBODY_KNOWS_S, sheet.only(here)))
    return join_waves(parts)


def time_of(start_s: int, order: Order) -> datetime:
    """Return when a later start is; for one that nobody can date, when the order was placed."""
    if start_s == NOBODY_KNOWS_S:
        return order.placed_time
    return datetime.fromtimestamp(start_s, UTC)


def leaving_at(start_s: int, facts: LaneFacts) -> Waves:
    """Return lanes of one start; where nobody can date it, only their prices are known."""
    starts = np.full(len(facts), start_s, dtype=np.int64)
    if start_s != NOBODY_KNOWS_S:
        return Waves(facts, starts)
    never = np.full(len(facts), NEVER, dtype=np.int32)
    never_s = np.full(len(facts), NEVER_S, dtype=np.int64)
    return Waves(replace(facts, earliest=never, latest=never, cutoff_s=never_s), starts)


def join_waves(parts: Sequence[Waves]) -> Waves:
    """Put waves one after the other."""
    if len(parts) == 1:
        return parts[0]
    facts = join_lanes([part.facts for part in parts])
    return Waves(facts, np.concatenate([part.start_s for part in parts]))


def join_lanes(parts: Sequence[LaneFacts]) -> LaneFacts:
    """Put lanes one after the other; cards and tariffs that they share are listed once."""
    cards, card_of = _distinct([part.cards for part in parts])
    tariffs, tariff_of = _distinct([part.tariffs for part in parts])
    columns: dict[str, Any] = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(LaneFacts)
        if isinstance(getattr(parts[0], each.name), np.ndarray)
    }
    card = [
        np.where(part.card == NO_CARD, NO_CARD, new[part.card]) if new.size else part.card
        for new, part in zip(card_of, parts, strict=True)
    ]
    tariff = [new[part.tariff] for new, part in zip(tariff_of, parts, strict=True)]
    columns |= {"card": np.concatenate(card), "tariff": np.concatenate(tariff)}
    ways = None
    if any(part.ways is not None for part in parts):
        ways = joined_ways([part.ways or fed_ways(len(part), NO_FEED, ()) for part in parts])
    return replace(parts[0], **columns, cards=cards, tariffs=tariffs, ways=ways)


def _distinct(
    groups: Sequence[Sequence[T]],
) -> tuple[tuple[T, ...], list[NDArray[np.int32]]]:
    """Return everything once, by identity, and the new number of each in each group."""
    known: dict[int, int] = {}
    found: list[T] = []
    numbers = []
    for group in groups:
        for each in group:
            if known.setdefault(id(each), len(found)) == len(found):
                found.append(each)
        numbers.append(np.array([known[id(each)] for each in group], dtype=np.int32))
    return tuple(found), numbers
