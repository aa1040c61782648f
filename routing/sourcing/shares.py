"""From portions to slots, rows of availability, and the supply that slots share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.sourcing.holdings import Holdings
from routing.sourcing.needs import NeedClass
from routing.sourcing.problem import NO_LIMIT
from routing.sourcing.supply import NO_CEILING, Supply
from routing.sourcing.usable import PortionColumns, Usable
from routing.sourcing.waves import Waves

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Intp = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Portions of an order and who can use them on which lane.

    Attributes
    ----------
    usable
        One per class of the holdings.
    """

    holdings: Holdings
    usable: tuple[Usable, ...]

    @property
    def classes(self) -> tuple[NeedClass, ...]:
        """Of the holdings."""
        return self.holdings.classes

    @property
    def columns(self) -> PortionColumns:
        """Of the holdings."""
        return self.holdings.columns

    def only(self, kept: Intp, lanes: int) -> Shares:
        """Return the shares on some of the lanes, numbered as in `kept`."""
        return Shares(self.holdings, tuple(each.only(kept, lanes) for each in self.usable))

    def enough(self, least: Int64, lanes: int) -> NDArray[np.bool_]:
        """Return bool ``[n, j]``: a lane has at least so much for a line.

        Parameters
        ----------
        least
            int64 ``[n, items]``: increments of each item.
        """
        able = np.ones((least.shape[0], lanes), dtype=np.bool_)
        for each, usable in zip(self.classes, self.usable, strict=True):
            amount = usable.amount(self.columns.increments, lanes)
            for line in each.lines:
                able[line] &= amount >= least[line, each.item]
        return able

    def variety(self, lanes: int) -> Int64:
        """Return int64 ``[j]``: equal for lanes of one location and start with equal portions.

        Between such lanes only the day of arrival differs, and a later day leaves fewer
        portions to every class: as many in all means the same ones.
        """
        total = np.zeros(lanes, dtype=np.int64)
        for usable in self.usable:
            total += usable.count(lanes)
        return total


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """Slots, by (location, start, way, portions), and the lanes of each.

    Attributes
    ----------
    place
        intp ``[l]``: the network's index of each slot's location.
    start_s
        int64 ``[l]``.
    of_lane
        int32 ``[j]``: ascending once the lanes are put in the order of `rank`.
    rank
        intp ``[j]``: lanes by slot.
    example
        intp ``[l]``: some lane of each slot, as numbered before.
    """

    place: Intp
    start_s: Int64
    of_lane: Int32
    rank: Intp
    example: Intp


def make_slots(waves: Waves, variety: Int64) -> Slots:
    """Group lanes that leave one location at one start and way with the same portions."""
    location = waves.facts.location
    to = feed = np.zeros(location.size, dtype=np.int32)
    if waves.facts.ways is not None:
        to, feed = waves.facts.ways.to, waves.facts.ways.feed
    keys = np.stack((location, waves.start_s, feed, to, -variety)).astype(np.int64)
    rank = np.lexsort((waves.facts.offer, *keys[::-1]))
    keys = keys[:, rank]
    opens = np.ones(rank.size, dtype=np.bool_)
    opens[1:] = (keys[:, 1:] != keys[:, :-1]).any(axis=0)
    example = rank[opens]
    return Slots(
        place=location[example].astype(np.intp),
        start_s=waves.start_s[example],
        of_lane=np.cumsum(opens, dtype=np.int32) - np.int32(1),
        rank=rank,
        example=example,
    )


@dataclass(frozen=True, slots=True, eq=False)
class StockRows:
    """Rows of the problem: first one per item, then one per class that has its own.

    Attributes
    ----------
    use
        int64 ``[n, k]``.
    available
        int64 ``[k, l]``.
    item
        Index of the item of each row.
    """

    use: Int64
    available: Int64
    item: tuple[int, ...]


def stock_rows(shares: Shares, slots: Slots, use: Int64, free: Sequence[int]) -> StockRows:
    """Return what each slot has for all lines of an item together, and for each class.

    Parameters
    ----------
    use
        int64 ``[n, items]``.
    free
        Items that are not looked at.
    """
    by_item = _amounts(shares, slots, use.shape[1])
    by_item[list(free)] = NO_LIMIT
    rows, amounts, items = [use], [by_item], list(range(use.shape[1]))
    for each in range(len(shares.classes)):
        within = _lines_within(shares.classes, each)
        needed = shares.classes[each]
        if len(within) == int((use[:, needed.item] > 0).sum()):
            # Every line of the item may use these portions only: they are all there are.
            continue
        row = np.zeros((use.shape[0], 1), dtype=np.int64)
        row[within, 0] = use[within, needed.item]
        rows.append(row)
        amounts.append(_amount_of(shares, slots, each)[None, :])
        items.append(needed.item)
    return StockRows(np.concatenate(rows, axis=1), np.concatenate(amounts), tuple(items))


def _lines_within(classes: Sequence[NeedClass], number: int) -> list[int]:
    """Return the lines whose portions are all among those of a class."""
    one = classes[number]
    return sorted(line for other in classes if other.is_within(one) for line in other.lines)


def _amount_of(shares: Shares, slots: Slots, number: int) -> Int64:
    amount = shares.usable[number].amount(shares.columns.increments, slots.rank.size)
    there: Int64 = amount[slots.example]
    return there


def _amounts(shares: Shares, slots: Slots, items: int) -> Int64:
    """Return int64 ``[items, l]``: what all classes of an item together may use."""
    lanes = slots.rank.size
    pairs = np.concatenate(
        [usable.portion * lanes + usable.lane for usable in shares.usable]
        or [np.zeros(0, dtype=np.intp)]
    )
    portion, lane = np.divmod(np.unique(pairs), max(1, lanes))
    total = np.zeros((items, lanes), dtype=np.int64)
    np.add.at(total, (shares.columns.item[portion], lane), shares.columns.increments[portion])
    return total[:, slots.example]


def make_supply(shares: Shares, slots: Slots, use: Int64, free: Sequence[int]) -> Supply:
    """Return which line may use which portion in which slot."""
    slot_of = np.full(slots.rank.size, -1, dtype=np.int64)
    slot_of[slots.example] = np.arange(slots.example.size)
    triples = [np.zeros((3, 0), dtype=np.int64)]
    for each, usable in zip(shares.classes, shares.usable, strict=True):
        slot = slot_of[usable.lane]
        portion, slot = usable.portion[slot >= 0], slot[slot >= 0]
        triples += [np.stack((np.full(slot.size, line), slot, portion)) for line in each.lines]
    line, slot, portion = np.concatenate(triples, axis=1)
    rank = np.lexsort((portion, slot, line))
    looked_at = use.copy()
    looked_at[:, list(free)] = 0
    ceilings = shares.holdings.ceilings
    ceiling_items = sorted(ceilings)
    ceiling = np.full(len(shares.holdings.portions), NO_CEILING, dtype=np.int32)
    for number, each_portion in enumerate(shares.holdings.portions):
        if each_portion.waits and each_portion.item in ceilings:
            ceiling[number] = ceiling_items.index(each_portion.item)
    return Supply(
        use=looked_at,
        resource=shares.columns.item.astype(np.int32),
        quantity=shares.columns.increments,
        ceiling=ceiling,
        ceiling_most=np.array([ceilings[item] for item in ceiling_items], dtype=np.int64),
        pair_portion=portion[rank].astype(np.int32),
        pair_line=line[rank].astype(np.int32),
        pair_slot=slot[rank].astype(np.int32),
    )
