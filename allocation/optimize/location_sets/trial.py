"""Try sets of places: divide the demand over each, pack the shipments, keep the best plan."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.assign import Assigner
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.pricer import Pricer
from allocation.optimize.location_sets.scalars import INFINITE
from allocation.optimize.location_sets.split import Split

_PATIENCE, _LITTLE_PATIENCE = 5_000, 200
"""Vectors tried one by one for a set of places, and for one that will be tried again."""
_ROOM_PPM = (0, 250, 1_000, 4_000)
"""Room left in shipments of several parcels, in millionths of the weight of everything."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A shipment of the best plan: lane and units of each atom."""

    lane: int
    units: tuple[int, ...]


@dataclass(slots=True, eq=False)
class Found:
    """What the search has found so far; trials add to it.

    Attributes
    ----------
    best
        Scalar of the best plan known; starts with the incumbent's.
    shipped
        Its shipments; ``None`` while the incumbent is the best.
    open_at
        Least bound of what was not searched; `INFINITE` if all was.
    """

    best: int
    shipped: tuple[Shipped, ...] | None = None
    open_at: int = INFINITE

    @property
    def bound(self) -> int:
        """Scalar that no plan undercuts."""
        return min(self.best, self.open_at)

    def leave(self, bound: int) -> None:
        """Note that something is not searched that may be as good as a bound."""
        self.open_at = min(self.open_at, bound)


@dataclass(slots=True, eq=False)
class Trial:
    """Tries sets of places under one condition of what must ship.

    Attributes
    ----------
    must_ug
        Weight of everything that must ship.
    """

    model: Model
    pricer: Pricer
    assigner: Assigner
    budget: Budget
    found: Found
    must_ug: int

    def glance(self, places: tuple[int, ...], floor: int) -> None:
        """Look for a better plan from some places; they will be looked at again."""
        known = self.found.open_at
        self.run(places, floor, patience=_LITTLE_PATIENCE)
        self.found.open_at = known

    def run(self, places: tuple[int, ...], bound: int, patience: int = _PATIENCE) -> bool:
        """Find the best plan from exactly these places; say whether time is left."""
        self.assigner.by_weight = True
        self.assigner.patience = patience
        while True:
            if self.budget.left_s() <= 0:
                self.found.leave(bound)
                return False
            self.assigner.gave_up_at = INFINITE
            split = self.assigner.best(places, self.model.demand, self.found.best, bound)
            self.found.leave(self.assigner.gave_up_at)
            if split is None or self._settle(split):
                return True
            bound = max(bound, split.bound)
            if self.assigner.by_weight and len(places) > 1:
                self._leave_room(places, bound)
                self.assigner.by_weight = False
            if bound >= self.found.best:
                return True

    def _leave_room(self, places: tuple[int, ...], bound: int) -> None:
        """Look for plans whose parcels have some room, as others could not be packed."""
        for share in _ROOM_PPM:
            split = self.assigner.with_room(places, self.found.best, self.must_ug * share // 10**6)
            if split is None:
                return
            self._offer(split)
            if self.found.best <= max(bound, split.scalar):
                return

    def _settle(self, split: Split) -> bool:
        """Pack the shipments of a split; say whether that leaves its set of places settled."""
        known = self.pricer.known
        offered = self._offer(split)
        if offered is None:
            return False
        value, bound = offered
        if bound == split.scalar:
            if value > bound:
                self.found.leave(bound)
            return True
        if self.pricer.known == known and not self.assigner.by_weight:
            raise AssertionError("a price is above its bound, and nothing was learned of it")
        return False

    def _offer(self, split: Split) -> tuple[int, int] | None:
        """Pack the shipments of a split, and keep the plan if it is the best one.

        Returns
        -------
        tuple or None
            Its scalar, and the bound of that with these contents; ``None`` if no lane of a
            place carries its part.
        """
        value = bound = self._left(split)
        shipped = []
        for place, units in split.parts:
            vector = np.array(units, dtype=np.int64)
            offer = self.pricer.offer(place, vector, several=len(split.parts) > 1)
            if offer is None:
                return None
            value, bound = value + offer.scalar, bound + offer.bound
            shipped.append(Shipped(offer.lane, units))
        if value < self.found.best:
            self.found.best, self.found.shipped = value, tuple(shipped)
        return value, bound

    def _left(self, split: Split) -> int:
        """Return the scalar of what a split leaves out."""
        placed = np.array([units for _, units in split.parts], dtype=np.int64).sum(axis=0)
        return int(self.model.scalars.left_out @ (self.model.demand - placed))
