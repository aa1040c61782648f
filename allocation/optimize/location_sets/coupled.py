"""Bounds of plans with a given number of shipments, under prices and with all weight shipped.

For any prices ``alpha`` a plan costs ``alpha @ demand`` plus the reduced costs of its
shipments and of what it leaves out, and the cells of all of them add up to the last cell of
the grid. The least sum of reduced costs over all divisions of that weight is therefore a
bound: stronger than one by prices alone, as every shipment pays the step it is in. All
numbers are integers, so that the bound is exact however the prices were found.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.location_sets.convolve import Ints, least_sums, possible
from allocation.optimize.location_sets.knapsack import Knapsack
from allocation.optimize.location_sets.scalars import INFINITE

Int64 = NDArray[np.int64]

_MOST_SUMS = 12
_SLOPES = 65
_SHARE = 64
"""Slopes of straight lines below a curve are whole numbers of this share of a scalar."""


@dataclass(slots=True, eq=False)
class Coupled:
    """What one vector of prices proves; `OutOfTimeError` when the budget is over.

    Attributes
    ----------
    alpha
        int64 ``[a]``.
    reduced
        ``[l, t]``: least reduced cost of a shipment from each place by cell.
    rest
        ``[t]``: least reduced cost of leaving out so much.
    base
        ``alpha @ demand``.
    never
        Reduced cost of what is not possible.
    through
        A place that ships in every plan looked at, its part in `rest`; ``None``: none has to.
    """

    alpha: Int64
    reduced: Ints
    rest: Ints
    base: int
    never: int
    budget: Budget = ENDLESS
    through: int | None = None
    least: Ints = field(init=False)
    _sums: list[Ints] = field(init=False)

    def __post_init__(self) -> None:
        self.least = self.reduced.min(axis=0, initial=self.never)
        self._sums = [self.rest]

    @property
    def given(self) -> int:
        """Shipments that every plan has anyway."""
        return int(self.through is not None)

    def with_shipment_from(self, place: int) -> Coupled:
        """Return the bounds of plans with a shipment from a place, one by itself."""
        reduced = self.reduced.copy()
        reduced[place] = self.never
        rest = least_sums(self.rest, self.reduced[place], self.never)
        return replace(self, reduced=reduced, rest=rest, through=place)

    def sums(self, shipments: int) -> Ints:
        """Return ``[t]``: least reduced cost of so many shipments and what is left out."""
        shipments -= self.given
        while len(self._sums) <= shipments:
            self.budget.check()
            self._sums.append(least_sums(self._sums[-1], self.least, self.never))
        return self._sums[shipments]

    def exactly(self, shipments: int) -> int:
        """Return a scalar that no plan with exactly so many shipments undercuts."""
        return self._bound(int(self.sums(shipments)[-1]))

    def at_least(self, fewest: int, most: int) -> int:
        """Return a scalar that no plan with `fewest` to `most` shipments undercuts."""
        fewest = max(fewest, self.given)
        looked_at = min(most, fewest + _MOST_SUMS)
        best = min((self.exactly(n) for n in range(fewest, looked_at + 1)), default=INFINITE)
        return best if looked_at >= most else min(best, self._beyond(looked_at + 1))

    def each(self, shipments: int) -> Int64:
        """Return int64 ``[l]``: what plans with so many shipments, one from there, cost."""
        others = self.sums(shipments - 1)[::-1]
        least = possible((self.reduced + others).min(axis=1), self.never).astype(np.int64)
        return np.where(least >= self.never, INFINITE, least + self.base)

    def only(self, keep: NDArray[np.intp]) -> Coupled:
        """Return the bounds of plans from some of the places alone."""
        return replace(self, reduced=self.reduced[keep])

    def _bound(self, reduced: int) -> int:
        return INFINITE if reduced >= self.never else reduced + self.base

    def _beyond(self, shipments: int) -> int:
        """Bound plans with so many shipments or more, by a straight line below the curve.

        With ``least[t] >= start + slope * t`` and ``start >= 0`` further shipments never pay.
        """
        cells = np.arange(self.least.size, dtype=np.int64)
        possible = self.least < self.never
        if not possible.any():
            return INFINITE
        scale = _SHARE if self.never < 2**40 else 1
        least = self.least[possible].astype(np.int64) * scale
        may = self.rest < self.never
        rest = self.rest[may].astype(np.int64) * scale
        here = cells[possible]
        rise = (least[1:] - least[0]) // np.maximum(1, here[1:] - here[0])
        low, high = int(rise.min(initial=0)), int(rise.max(initial=0))
        best = -INFINITE
        for slope in sorted({low + (high - low) * n // (_SLOPES - 1) for n in range(_SLOPES)}):
            start = int((least - slope * here).min())
            if start >= 0:
                left = int((rest - slope * cells[may]).min())
                total = (shipments - self.given) * start + slope * int(cells[-1]) + left
                best = max(best, total // scale)
        return -INFINITE if best == -INFINITE else best + self.base


def make_coupled(knapsack: Knapsack, alpha: Int64) -> Coupled:
    """Price everything at given prices."""
    rows = knapsack.model.rows
    by_row = knapsack.reduced(alpha, np.arange(knapsack.rest + 1))
    first = knapsack.model.first_row
    by_place = np.minimum.reduceat(by_row[:-1], first, axis=0) if rows.place.size else by_row[:0]
    base = int(alpha @ knapsack.model.demand)
    return Coupled(alpha, by_place, by_row[-1], base, knapsack.never, knapsack.budget)
