"""All sets of places that prices do not exclude, by adding one place after the other.

A set under construction is the least sum of its places' reduced costs by weight; together
with the least that any further places could add to it, that is a bound. Places are in a
fixed order and join in that order, so that every set is met once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.convolve import Ints, least_sums, possible
from allocation.optimize.location_sets.coupled import Coupled
from allocation.optimize.location_sets.cover import Cover, no_cover

Int64 = NDArray[np.int64]

_MOST_SETS = 100_000
_MOST_STEPS = 10**9
_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of places, least bounds first.

    Attributes
    ----------
    members
        int64 ``[s, shipments]``: ascending places of each.
    bounds
        int64 ``[s]``: scalars that no plan from exactly these places undercuts.
    complete
        Whether no set is missing.
    """

    members: Int64
    bounds: Int64
    complete: bool

    def __iter__(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Yield the places and the bound of each set."""
        for places, bound in zip(self.members, self.bounds, strict=True):
            yield tuple(places.tolist()), int(bound)


def sets_below(
    coupled: Coupled,
    shipments: int,
    below: int,
    budget: Budget,
    cover: Cover | None = None,
    most_steps: int | None = None,
) -> Sets:
    """Return the sets of so many places with a bound under `below`.

    Sets are missing only if time runs out, or they are too many. Where a place has to ship,
    it is in every set, and others have to be.

    Parameters
    ----------
    cover
        What all places of a set together must have; by default nothing.
    most_steps
        Places to add to sets under construction; when that is done, sets may be missing.
    """
    cover = cover or no_cover(coupled.reduced.shape[0])
    through, lacking = coupled.through, cover.wanted
    if through is not None:
        lacking = lacking - cover.cap[through]
    kept = np.arange(coupled.reduced.shape[0])
    for _ in range(_ROUNDS):
        each = coupled.each(shipments)
        keep = np.flatnonzero(each < below)
        if keep.size == kept.size:
            break
        coupled, kept, each = coupled.only(keep), kept[keep], each[keep]
    # Places that hardly any set contains go first: what they begin is soon excluded.
    order = np.argsort(-each, kind="stable")
    adding = shipments - coupled.given
    tree = _Tree(coupled.only(order), adding, below, budget, cover.only(kept[order]))
    if most_steps is not None:
        tree.steps = most_steps
    complete = kept.size < adding or tree.grow(coupled.rest, 0, (), lacking)
    members, bounds = tree.found()
    rank = np.argsort(bounds, kind="stable")
    members = kept[order[members[rank]]]
    if through is not None:
        members = np.column_stack((members, np.full(rank.size, through)))
    return Sets(np.sort(members, axis=1), bounds[rank], complete)


@dataclass(slots=True, eq=False)
class _Tree:
    coupled: Coupled
    shipments: int
    below: int
    budget: Budget
    cover: Cover
    steps: int = _MOST_STEPS
    count: int = 0
    _first: list[tuple[int, ...]] = field(default_factory=list)
    _last: list[NDArray[np.intp]] = field(default_factory=list)
    _bounds: list[Int64] = field(default_factory=list)
    _further: list[Ints] = field(init=False)

    def __post_init__(self) -> None:
        coupled = self.coupled
        self._further = [coupled.least]
        for _ in range(self.shipments - 2):
            sums = least_sums(self._further[-1], coupled.least, coupled.never)
            self._further.append(sums)

    def found(self) -> tuple[Int64, Int64]:
        """Return int64 ``[s, shipments]`` and ``[s]``: places of each set, and its bound."""
        if not self.count:
            return np.zeros((0, self.shipments), dtype=np.int64), np.zeros(0, dtype=np.int64)
        sizes = [last.size for last in self._last]
        first = np.array(self._first, dtype=np.int64).reshape(len(sizes), self.shipments - 1)
        members = np.column_stack((np.repeat(first, sizes, axis=0), np.concatenate(self._last)))
        return members, np.concatenate(self._bounds)

    def grow(self, sums: Ints, start: int, members: tuple[int, ...], lacking: Int64) -> bool:
        """Add places from `start` on to a set; say whether nothing was left aside.

        Parameters
        ----------
        lacking
            int64 ``[c]``: what the others have to have.
        """
        coupled = self.coupled
        missing = self.shipments - len(members)
        if missing == 1:
            return self._complete(sums, self.cover.sufficing(start, lacking), members)
        ends = least_sums(sums, self._further[missing - 2], coupled.never)
        places, _ = self._below(ends, np.arange(start, coupled.reduced.shape[0]))
        for place in places.tolist():
            if self.budget.is_over:
                return False
            still = lacking - self.cover.cap[place]
            if missing == 2 and not self.cover.sufficing(place + 1, still).size:
                continue
            self.steps -= 1
            if self.steps < 0:
                return False
            more = least_sums(sums, coupled.reduced[place], coupled.never)
            if not self.grow(more, place + 1, (*members, place), still):
                return False
        return True

    def _complete(self, sums: Ints, places: NDArray[np.intp], members: tuple[int, ...]) -> bool:
        """Note the sets that some of the places complete; say whether there is room for more."""
        last, bounds = self._below(sums, places)
        if last.size:
            self._first.append(members)
            self._last.append(last)
            self._bounds.append(bounds)
            self.count += last.size
        return self.count <= _MOST_SETS

    def _below(self, sums: Ints, places: NDArray[np.intp]) -> tuple[NDArray[np.intp], Int64]:
        """Return those of the places that leave a bound under the limit, and the bounds."""
        coupled = self.coupled
        if not places.size:
            return places, np.zeros(0, dtype=np.int64)
        least = (coupled.reduced[places] + sums[::-1]).min(axis=1)
        bounds = possible(least, coupled.never).astype(np.int64)
        hits = np.flatnonzero((bounds < coupled.never) & (bounds + coupled.base < self.below))
        return places[hits], bounds[hits] + coupled.base
