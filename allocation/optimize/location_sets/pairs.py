"""Lower bounds of plans with few shipments, from weights and amounts, all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.location_sets.convolve import least_sums
from allocation.optimize.location_sets.cover import make_cover
from allocation.optimize.location_sets.model import Model
from allocation.optimize.location_sets.scalars import INFINITE

Int64 = NDArray[np.int64]

_CELLS_AT_A_TIME = 300_000
_MOST_SUMS = 12
_MOST_KINDS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Few:
    """Bounds by the price curves of a model.

    Attributes
    ----------
    must
        bool ``[a]``: atoms of which nothing may be left out.
    left_out
        int64 ``[a]``: scalar of leaving out a unit; `INFINITE` where that must not be.
    """

    model: Model
    must: NDArray[np.bool_]
    left_out: Int64
    budget: Budget = ENDLESS

    @property
    def weight_ug(self) -> int:
        """Weight of everything that must ship."""
        demand = np.where(self.must, self.model.demand, 0)
        return int(self.model.contents.weight_ug @ demand)

    def singles(self) -> Int64:
        """Return int64 ``[l]``: what a single shipment from each place costs at least."""
        places, demand = self.model.places, self.model.demand
        per_unit = np.minimum(places.per_unit, self.left_out)
        covers = (places.cap[:, self.must] >= demand[self.must]).all(axis=1)
        amounts = np.where(per_unit >= INFINITE, 0, per_unit) @ demand
        step = np.searchsorted(places.break_ug, self.weight_ug)
        return np.where(covers, places.value[:, step] + amounts, INFINITE)

    def pairs(self, below: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Int64]:
        """Return the pairs of places with a bound under `below`, least bounds first.

        Raises
        ------
        OutOfTimeError
            If the budget is over before they are found.
        """
        self.budget.check()
        first, second = np.nonzero(self._suffice())
        self.budget.check()
        amounts = self._amounts(first, second)
        keep = self._by_kind(first, second) + amounts < below
        first, second, amounts = first[keep], second[keep], amounts[keep]
        bounds = self._windowed(first, second) + amounts
        keep = bounds < below
        first, second, bounds = first[keep], second[keep], bounds[keep]
        order = np.argsort(bounds, kind="stable")
        return first[order], second[order], bounds[order]

    def _suffice(self) -> NDArray[np.bool_]:
        """Return bool ``[l, l]``: the first and a later second can ship all there must be."""
        cover = make_cover(self.model, self.must)
        suffice = np.triu(np.ones((len(cover.cap), len(cover.cap)), dtype=np.bool_), 1)
        for each, wanted in zip(cover.cap.T, cover.wanted.tolist(), strict=True):
            self.budget.check()
            if wanted == 1:
                has = each > 0
                suffice &= has[:, None] | has
            else:
                suffice &= each[:, None] >= wanted - each
        return suffice

    def many(self, at_least: int, at_most: int) -> int:
        """Return what plans with so many shipments cost at least; by weight alone."""
        model = self.model
        if at_least > at_most or len(model.places) == 0:
            return INFINITE
        demand = np.where(self.must, model.demand, 0)
        least = model.rows.curve.min(axis=0)[: int(model.grid.unit @ demand) + 1]
        cheapest = int(least[0])
        if cheapest < 0 and at_most > _MOST_SUMS:
            return -INFINITE
        best, total = INFINITE, least
        for number in range(1, at_most + 1):
            if number > 1:
                total = least_sums(total, least, INFINITE)
            if number >= at_least:
                best = min(best, int(total[-1]))
            following = max(number + 1, at_least)
            if cheapest >= 0 and following * cheapest >= best:
                break
            if following > _MOST_SUMS:
                best = min(best, following * cheapest)
                break
        per_unit = np.minimum(model.places.per_unit.min(axis=0), self.left_out)
        amounts = int(np.where(per_unit >= INFINITE, 0, per_unit) @ model.demand)
        return min(best + amounts, INFINITE)

    def _amounts(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        per_unit = np.minimum(self.model.places.per_unit, self.left_out)
        amounts = np.zeros(first.size, dtype=np.int64)
        for atom in range(per_unit.shape[1]):
            self.budget.check()
            each = per_unit[:, atom]
            least = np.minimum(each[first], each[second])
            least[least >= INFINITE] = 0
            amounts += least * self.model.demand[atom]
        return amounts

    def _by_kind(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        """Bound pairs by weight alone, where most places share their price curves."""
        places, weight = self.model.places, self.weight_ug
        _, example, kind = np.unique(places.value, axis=0, return_index=True, return_inverse=True)
        if example.size > _MOST_KINDS:
            return np.full(first.size, -INFINITE, dtype=np.int64)
        # The first of the two fills a step of its curve, the other ships the rest.
        breaks = places.break_ug[places.break_ug <= weight]
        taken = places.value[example][:, : breaks.size]
        rest = places.value[example][:, np.searchsorted(places.break_ug, weight - breaks)]
        least = (taken[:, None, :] + rest[None, :, :]).min(axis=2)
        kind = kind.reshape(-1)
        by_pair: Int64 = least[kind[first], kind[second]]
        return by_pair

    def _windowed(self, first: NDArray[np.intp], second: NDArray[np.intp]) -> Int64:
        """Bound pairs by weight, knowing what each has to ship as the other cannot.

        The first of the two fills a step of its curve or ships the most it can; the other
        ships the rest.
        """
        places, demand = self.model.places, self.model.demand
        weight_ug, weight = self.model.contents.weight_ug, self.weight_ug
        most = np.where(self.must, np.minimum(places.cap, demand), 0) @ weight_ug
        least = weight - most
        breaks = places.break_ug[places.break_ug <= weight]
        taken = places.value[:, : breaks.size]
        rest = places.value[:, np.searchsorted(places.break_ug, weight - breaks)]
        step_of_most = np.searchsorted(places.break_ug, most)
        step_of_rest = np.searchsorted(places.break_ug, least)
        bounds = (
            places.value[first, step_of_most[first]] + places.value[second, step_of_rest[first]]
        )
        step = max(1, _CELLS_AT_A_TIME // max(1, breaks.size))
        for start in range(0, first.size, step):
            self.budget.check()
            here = slice(start, start + step)
            one, two = first[here], second[here]
            total = taken[one] + rest[two]
            total[(breaks < least[two][:, None]) | (breaks > most[one][:, None])] = INFINITE
            np.minimum(bounds[here], total.min(axis=1, initial=INFINITE), out=bounds[here])
        return bounds
