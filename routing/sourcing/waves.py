"""Waves of lanes: those that leave now, and those that leave once supply has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.network import Network
from routing.order import Order
from routing.promise.promise import NEVER, NEVER_S
from routing.sourcing.lane_sheet import lane_sheet
from routing.sourcing.lanes import LaneFacts
from routing.sourcing.portions import NOBODY_KNOWS_S, THERE_S

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Lanes of several starts, by (location, start, offer).

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


def leaving_now(facts: LaneFacts) -> Waves:
    """Return lanes that all leave now."""
    return Waves(facts, np.full(len(facts), THERE_S, dtype=np.int64))


def make_waves(
    order: Order,
    network: Network,
    processing_days: int,
    later: Mapping[int, NDArray[np.bool_]],
) -> Waves:
    """Return the lanes that leave now, and those of later starts at some locations.

    Parameters
    ----------
    later
        Start to bool ``[all locations]``: where something can leave then.
    """
    now = lane_sheet(order, network, processing_days)
    parts, starts = [now], [np.full(len(now), THERE_S, dtype=np.int64)]
    for start_s, here in sorted(later.items()):
        sheet = (
            now if start_s == NOBODY_KNOWS_S else _sheet(order, network, processing_days, start_s)
        )
        part = sheet.only(np.flatnonzero(here[sheet.location]))
        parts.append(_undated(part) if start_s == NOBODY_KNOWS_S else part)
        starts.append(np.full(len(part), start_s, dtype=np.int64))
    if len(parts) == 1:
        return leaving_now(now)
    facts, start_s_of = _joined(parts), np.concatenate(starts)
    rank = np.lexsort((facts.offer, start_s_of, facts.location))
    return Waves(facts.only(rank), start_s_of[rank])


def _sheet(order: Order, network: Network, processing_days: int, start_s: int) -> LaneFacts:
    """Return the lanes of an order that is placed when its supply has come."""
    then = datetime.fromtimestamp(start_s, UTC)
    return lane_sheet(replace(order, placed_time=then), network, processing_days)


def _undated(facts: LaneFacts) -> LaneFacts:
    """Return lanes of which only the price is known, as of now."""
    never = np.full(len(facts), NEVER, dtype=np.int32)
    never_s = np.full(len(facts), NEVER_S, dtype=np.int64)
    return replace(facts, earliest=never, latest=never, cutoff_s=never_s)


def _joined(parts: Sequence[LaneFacts]) -> LaneFacts:
    """Put lanes one after the other; cards and tariffs that they share are listed once."""
    cards, card_of = _distinct([part.cards for part in parts])
    tariffs, tariff_of = _distinct([part.tariffs for part in parts])
    columns = {
        each.name: np.concatenate([getattr(part, each.name) for part in parts])
        for each in fields(LaneFacts)
        if isinstance(getattr(parts[0], each.name), np.ndarray)
    }
    card = [new[part.card] for new, part in zip(card_of, parts, strict=True)]
    tariff = [new[part.tariff] for new, part in zip(tariff_of, parts, strict=True)]
    columns |= {"card": np.concatenate(card), "tariff": np.concatenate(tariff)}
    return replace(parts[0], **columns, cards=cards, tariffs=tariffs)


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
