"""All sets of places that prices do not exclude, by adding one place after the other.

A set under construction is the least sum of its places' reduced costs by weight; together
with the least that any further places could add to it, that is a bound. Places are in a
fixed order and join in that order, so that every set is met once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.convolve import Ints, least_sums, possible
from allocation.optimize.location_sets.coupled import Coupled

Int64 = NDArray[np.int64]

_MOST_SETS = 100_000
_ROUNDS = 4


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Sets of places, least bounds first.

    Attributes
    ----------
    members
        Ascending places of each.
    bounds
        Scalars that no plan from exactly these places undercuts.
    complete
        Whether no set is missing.
    """

    members: list[tuple[int, ...]]
    bounds: list[int]
    complete: bool


def sets_below(coupled: Coupled, shipments: int, below: int, budget: Budget) -> Sets:
    """Return the sets of so many places with a bound under `below`.

    Sets are missing only if time runs out or they are too many.
    """
    kept = np.arange(coupled.reduced.shape[0])
    for _ in range(_ROUNDS):
        each = coupled.each(shipments)
        keep = np.flatnonzero(each < below)
        if keep.size == kept.size:
            break
        coupled, kept, each = coupled.only(keep), kept[keep], each[keep]
    # Places that hardly any set contains go first: what they begin is soon excluded.
    order = np.argsort(-each, kind="stable")
    tree = _Tree(coupled.only(order), shipments, below, budget)
    complete = kept.size < shipments or tree.grow(coupled.rest, 0, ())
    rank = np.argsort(np.array(tree.bounds, dtype=np.int64), kind="stable").tolist()
    members = [tuple(np.sort(kept[order[list(tree.members[each])]]).tolist()) for each in rank]
    return Sets(members, [tree.bounds[each] for each in rank], complete)


@dataclass(slots=True, eq=False)
class _Tree:
    coupled: Coupled
    shipments: int
    below: int
    budget: Budget
    members: list[tuple[int, ...]] = field(default_factory=list)
    bounds: list[int] = field(default_factory=list)
    _further: list[Ints] = field(init=False)

    def __post_init__(self) -> None:
        coupled = self.coupled
        self._further = [coupled.least]
        for _ in range(self.shipments - 2):
            sums = least_sums(self._further[-1], coupled.least, coupled.never)
            self._further.append(sums)

    def grow(self, sums: Ints, start: int, members: tuple[int, ...]) -> bool:
        """Add places from `start` on to a set; say whether nothing was left aside."""
        coupled = self.coupled
        missing = self.shipments - len(members)
        ends = sums
        if missing > 1:
            ends = least_sums(sums, self._further[missing - 2], coupled.never)
        least = (coupled.reduced[start:] + ends[::-1]).min(axis=1)
        bounds = possible(least, coupled.never).astype(np.int64)
        hits = np.flatnonzero((bounds < coupled.never) & (bounds + coupled.base < self.below))
        if missing == 1:
            self.members += [(*members, start + hit) for hit in hits.tolist()]
            self.bounds += (bounds[hits] + coupled.base).tolist()
            return len(self.members) <= _MOST_SETS
        if self.budget.left_s() <= 0:
            return False
        for place in (start + hits).tolist():
            more = least_sums(sums, coupled.reduced[place], coupled.never)
            if not self.grow(more, place + 1, (*members, place)):
                return False
        return True
