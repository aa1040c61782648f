"""What each need finds on each lane: portions that can be picked in time and arrive fresh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.promise.promise import NEVER
from routing.sourcing.needs import NeedClass
from routing.sourcing.portions import NOBODY_KNOWS_S, Portion
from routing.sourcing.waves import Waves
from routing.sourcing.ways import NO_FEED

Int64 = NDArray[np.int64]
Intp = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class PortionColumns:
    """Portions as arrays of length ``p``; see `Portion`."""

    item: Int64
    place: Int64
    increments: Int64
    start_s: Int64
    last_day: Int64


def columns_of(portions: Sequence[Portion]) -> PortionColumns:
    """Return portions as arrays."""
    rows = [(p.item, p.place, p.increments, p.start_s, p.last_day) for p in portions]
    table = np.array(rows, dtype=np.int64).reshape(-1, 5)
    return PortionColumns(*(np.ascontiguousarray(column) for column in table.T))


@dataclass(frozen=True, slots=True, eq=False)
class Usable:
    """Which portions serve a need class on which lane.

    Attributes
    ----------
    portion, lane
        intp ``[e]``, by (portion, lane).
    """

    portion: Intp
    lane: Intp

    def only(self, kept: Intp, lanes: int) -> Usable:
        """Return what is usable on some of the lanes, numbered as in `kept`."""
        number = np.full(lanes, -1, dtype=np.intp)
        number[kept] = np.arange(kept.size)
        lane = number[self.lane]
        return Usable(self.portion[lane >= 0], lane[lane >= 0])

    def amount(self, increments: Int64, lanes: int) -> Int64:
        """Return int64 ``[j]``: increments of all portions together."""
        total = np.zeros(lanes, dtype=np.int64)
        np.add.at(total, self.lane, increments[self.portion])
        return total

    def count(self, lanes: int) -> Int64:
        """Return int64 ``[j]``: number of portions."""
        counts: Int64 = np.bincount(self.lane, minlength=lanes).astype(np.int64)
        return counts


def arrival_days(waves: Waves) -> Int64:
    """Return int64 ``[j]``: the day until which lots must last.

    The latest delivery date; where transit times are unknown, the ship date. `NEVER` where
    nobody knows when the lane leaves.
    """
    facts = waves.facts
    day = np.where(facts.latest < NEVER, facts.latest, facts.ship)
    return np.where(waves.start_s == NOBODY_KNOWS_S, NEVER, day).astype(np.int64)


def find_usable(
    need_class: NeedClass, portions: Sequence[Portion], columns: PortionColumns, waves: Waves
) -> Usable:
    """Return the portions that serve a class, lane by lane."""
    of_item = np.flatnonzero(columns.item == need_class.item)
    takes = [need_class.need.takes(portions[number]) for number in of_item.tolist()]
    chosen = of_item[np.array(takes, dtype=np.bool_)]
    place = columns.place[chosen]
    from_place = _from_place(need_class, waves)
    rank = np.argsort(from_place, kind="stable")
    sorted_place = from_place[rank]
    first = np.searchsorted(sorted_place, place, side="left")
    count = np.searchsorted(sorted_place, place, side="right") - first
    portion = np.repeat(chosen, count)
    within = np.arange(portion.size) - np.repeat(np.cumsum(count) - count, count)
    lane = rank[np.repeat(first, count) + within]
    last_day = columns.last_day[portion]
    arrives = arrival_days(waves)[lane] + need_class.need.shelf_life_days
    in_time = columns.start_s[portion] <= waves.start_s[lane]
    fresh = (last_day == NEVER) | (arrives <= last_day)
    released = waves.start_s[lane] >= need_class.need.release_s
    good = in_time & fresh & released
    return Usable(portion[good], lane[good])


def _from_place(need_class: NeedClass, waves: Waves) -> Int64:
    """Return int64 ``[j]``: the location that the class's units on a lane come from."""
    location = waves.facts.location.astype(np.int64)
    ways = waves.facts.ways
    if ways is None or not need_class.origins:
        return location
    origins = np.array(need_class.origins, dtype=np.int64)
    return np.where(ways.feed == NO_FEED, location, origins[ways.feed])
