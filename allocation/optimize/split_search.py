"""The best plan with several shipments, each from a location of its own.

The cheapest partition lets a location ship twice. Mostly it does not, or its shipments can be
merged at no cost; then the partition is the best plan. Else the locations that ship twice
become owners, who ship at most once, and the partition is made again: with few owners, as
only locations that everybody wants are ever contested.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.found import Found, Part
from allocation.optimize.own_once import NO_OWNER, OwnOnce, own_once
from allocation.optimize.set_lanes import Offers, SetLanes
from allocation.optimize.set_table import SetTables
from routing.parcels.partition import INFINITE

Int64 = NDArray[np.int64]

_MOST_SUMS = 60_000_000
_IMPOSSIBLE = INFINITE // 2
"""Credits may make what is not possible a little less than infinite."""


@dataclass(slots=True, eq=False)
class SplitSearch:
    """Finds the best plan with several shipments for prices that are settled or not.

    Attributes
    ----------
    lanes
        Of the set tables.
    scalars
        int64 ``[c, s]``: by class.
    optimistic
        Whether `scalars` take prices that are not settled at their lower ends.
    allowed
        bool ``[s]``: vectors that are worth being one of several shipments.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; ``None`` if nothing may be left out.
    must
        A location that has to ship; ``None`` if none has to.
    """

    lanes: SetLanes
    scalars: Int64
    optimistic: bool
    allowed: NDArray[np.bool_]
    left_out: Int64 | None
    budget: Budget
    must: int | None = None
    _owners: list[int] = field(default_factory=list)
    _limited: bool = False

    def __post_init__(self) -> None:
        if self.must is not None:
            self._owners = [self.must]

    @property
    def _tables(self) -> SetTables:
        return self.lanes.tables

    @property
    def _first_is_free(self) -> int:
        """Scalar of the further-shipment cost, which every part carries and the first need not."""
        return self._tables.problem.extra_shipment_minor * self._tables.cost_weight

    def best(self, at_most: int) -> Found | None:
        """Return the best plan whose scalar is below `at_most`.

        Returns
        -------
        Found or None
            Without parts if there is no such plan; ``None`` if there is no telling in time.
        """
        anywhere = self._usable(self.lanes.offers(self.scalars))
        while self._in_reach() or not (len(self._owners) > 1 or self._limited):
            others, owned = anywhere, []
            if self._owners:
                closed = tuple(self._owners)
                apart = self.lanes.offers_without(closed, optimistic=self.optimistic)
                others = self._usable(apart)
                owned = [self._usable(self.lanes.offers_at(at, self.scalars)) for at in closed]
            plans = own_once(
                self._tables.lattice,
                others.scalar,
                tuple(each.scalar for each in owned),
                self.left_out,
                self._most_parts if self._limited else None,
                last_ships=self.must is not None,
            )
            value = plans.least - self._first_is_free
            if value >= at_most or plans.least >= _IMPOSSIBLE:
                count = tuple(self._tables.atoms.count.tolist())
                return Found((), count, at_most, at_most)
            parts, left = self._parts(plans, others, owned)
            separate = self._separated(parts)
            if separate is not None:
                return Found(separate, left, value, value)
        return None

    @property
    def _most_parts(self) -> int:
        limits = self._tables.problem.limits
        return min(limits.max_shipments, int(self._tables.atoms.count.sum()))

    def _in_reach(self) -> bool:
        """Whether one more partition is affordable."""
        sums = (1 + len(self._owners)) * (self._most_parts if self._limited else 1)
        for digits in self._tables.lattice.shape:
            sums *= digits * (digits + 1) // 2
        return sums <= _MOST_SUMS and self.budget.left_s() > 0

    def _usable(self, offers: Offers) -> Offers:
        """Return the offers of vectors that may be one of several shipments."""
        scalar = np.where(self.allowed, offers.scalar, INFINITE)
        scalar[0] = INFINITE
        return Offers(scalar, offers.lane)

    def _parts(
        self, plans: OwnOnce, others: Offers, owned: list[Offers]
    ) -> tuple[list[Part], tuple[int, ...]]:
        """Return the shipments of a least plan, and the units left out."""
        found, left = plans.parts()
        parts = []
        for owner, vector in found:
            offers = others if owner == NO_OWNER else owned[owner]
            parts.append(Part(int(offers.lane[vector]), vector))
        return parts, tuple(self._tables.lattice.vectors[left].tolist())

    def _separated(self, parts: list[Part]) -> tuple[Part, ...] | None:
        """Give every part a location of its own; ``None`` if the partition must be made again.

        Parts that share a location are merged when some lane there carries both for no
        more; the sum is a lower bound, so the merged plan is then a best one, too.
        """
        location = self._tables.problem.lanes.location
        by_location: dict[int, list[Part]] = {}
        for part in parts:
            by_location.setdefault(int(location[part.lane]), []).append(part)
        separate, contested = [], []
        for at, group in by_location.items():
            merged = group[0] if len(group) == 1 else self._merge(at, group)
            if merged is None:
                contested.append(at)
            else:
                separate.append(merged)
        # One that has to ship stays the last.
        self._owners = contested + self._owners
        if contested:
            return None
        if len(separate) > self._tables.problem.limits.max_shipments:
            self._limited = True
            return None
        return tuple(sorted(separate, key=lambda each: each.lane))

    def _merge(self, location: int, group: list[Part]) -> Part | None:
        whole = sum(each.vector for each in group)
        vectors = self._tables.lattice.vectors
        if (sum(vectors[each.vector] for each in group) > self._tables.atoms.count).any():
            return None
        total = sum(int(self.lanes.scalar(each.lane, self.scalars)[each.vector]) for each in group)
        for lane in self.lanes.at(location):
            able = self.lanes.able(lane)[whole]
            if able and int(self.lanes.scalar(lane, self.scalars)[whole]) <= total:
                return Part(lane, whole)
        return None
