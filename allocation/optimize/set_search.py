"""Search over the set tables: partition, settle prices that matter, separate locations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.found import Found, Part
from allocation.optimize.lane_classes import SideLimits
from allocation.optimize.parcel_tables import settle
from allocation.optimize.scalar import left_out_values
from allocation.optimize.set_lanes import SetLanes
from allocation.optimize.set_table import SetTables
from allocation.optimize.split_search import SplitSearch
from routing.parcels.partition import INFINITE, pair_count, partition
from routing.sourcing.problem import SourcingProblem

Int64 = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class SetSearch:
    """Finds the best partition of one problem's lattice.

    Attributes
    ----------
    lanes
        Of the tables.
    left_out
        int64 ``[a]``: scalar of leaving out a unit.
    must
        A location that has to ship; ``None`` if none has to.
    """

    tables: SetTables
    sides: SideLimits
    evaluator: Evaluator
    budget: Budget
    must: int | None = None
    lanes: SetLanes = field(init=False)
    left_out: Int64 = field(init=False)
    _scalars: Int64 = field(init=False)

    def __post_init__(self) -> None:
        tables = self.tables
        self.lanes = SetLanes(tables, self.sides)
        self.left_out = np.array(
            [self._scalar_of_left_out(content) for content in tables.atoms.content],
            dtype=np.int64,
        )
        self._scalars = tables.class_scalars(optimistic=True)

    def _scalar_of_left_out(self, increments: Int64) -> int:
        values = left_out_values(self.tables.problem, increments)
        return sum(
            weight * value
            for weight, value in zip(self.tables.scalarization.weights, values, strict=True)
        )

    def scalar_of_leftover(self) -> int:
        """Scalar of the increments that no lane can take: the same in every plan."""
        return self._scalar_of_left_out(self.tables.atoms.leftover)

    @property
    def nothing(self) -> int:
        """Scalar of shipping nothing at all (leftover lines not counted)."""
        return int(self.left_out @ self.tables.atoms.count)

    def restricted_to(
        self, problem: SourcingProblem, lanes: NDArray[np.bool_] | None, budget: Budget
    ) -> SetSearch:
        """Return the search for plans of the same problem on fewer lanes or shipments.

        What is learned about parcels is shared.

        Parameters
        ----------
        problem
            The restricted one.
        lanes
            bool ``[j]``: its lanes; ``None``: all of them.
        """
        tables = self.tables if lanes is None else self.lanes.tables_on(lanes)
        tables = replace(tables, problem=problem)
        return SetSearch(tables, self.sides, self.evaluator, budget)

    def through(self, location: int, budget: Budget) -> SetSearch:
        """Return the search for plans with a shipment from a location."""
        return SetSearch(self.tables, self.sides, self.evaluator, budget, location)

    def run(self) -> Found | None:
        """Return the best allocation; ``None`` if time ran out before there was one.

        Its value is `INFINITE` if no plan has a shipment from where there must be one.
        """
        while True:
            # Exact for the relaxation in which all prices take their lower ends.
            found = self._solve(optimistic=True)
            if found is None:
                return None
            open_parts = [part for part in found.parts if not self._settled(part)]
            if not open_parts:
                return self._close(found)
            for part in open_parts:
                self._settle_part(part)
                self._settle_vector(part.vector)
                if self.budget.left_s() <= 0:
                    return self._pessimistic(found.bound)

    def _solve(self, *, optimistic: bool) -> Found | None:
        problem = self.tables.problem
        best = self._single()
        leaves_out = problem.limits.ship_complete and self.tables.atoms.leftover.any()
        if problem.limits.max_shipments > 1 and not leaves_out:
            left_out = None if problem.limits.ship_complete else self.left_out
            search = SplitSearch(
                lanes=self.lanes,
                scalars=self._scalars,
                optimistic=optimistic,
                allowed=self._allowed_in_splits(),
                left_out=left_out,
                budget=self.budget,
                must=self.must,
            )
            split = search.best(best.value)
            if split is None:
                return None
            if split.parts:
                best = split
        return best

    def _allowed_in_splits(self) -> NDArray[np.bool_]:
        """Vectors that are worth and hold enough to be one of several shipments."""
        problem, contents = self.tables.problem, self.tables.contents
        worth = contents.quantities @ problem.lines.value_minor
        units = contents.quantities.sum(axis=1)
        allowed: NDArray[np.bool_] = (worth >= problem.limits.min_shipment_minor) & (
            units >= problem.limits.min_shipment_units
        )
        return allowed

    def _single(self) -> Found:
        """Return the best plan with at most one shipment."""
        tables = self.tables
        vectors = tables.lattice.vectors
        if self.must is None:
            offers = self.lanes.offers(self._scalars)
        else:
            offers = self.lanes.offers_at(self.must, self._scalars)
        rest = (tables.atoms.count - vectors) @ self.left_out
        total = np.minimum(offers.scalar + rest, INFINITE)
        if tables.problem.limits.ship_complete:
            total[:-1] = INFINITE
            if tables.atoms.leftover.any():
                total[:] = INFINITE
        vector = int(np.argmin(total))
        free = tables.problem.extra_shipment_minor * tables.cost_weight
        value = int(total[vector]) - free
        nothing = self.nothing if self.must is None else INFINITE
        if vector == 0 or total[vector] >= INFINITE or value >= nothing:
            return Found((), tuple(tables.atoms.count.tolist()), nothing, nothing)
        left = tuple((tables.atoms.count - vectors[vector]).tolist())
        return Found((Part(int(offers.lane[vector]), vector),), left, value, value)

    def _settled(self, part: Part) -> bool:
        row = self.tables.row[self.tables.classes.of_lane[part.lane]]
        return bool(self.tables.parcels.settled[row, part.vector])

    def _settle_part(self, part: Part) -> None:
        """Pack a part on its own lane, which need not be the cheapest for its vector."""
        number = int(self.tables.classes.of_lane[part.lane])
        self._settle(number, part.vector)

    def _settle(self, number: int, vector: int) -> None:
        tables = self.tables
        row = int(tables.row[number])
        if not tables.parcels.settled[row, vector]:
            lane = int(tables.classes.example[number])
            settle(tables.parcels, row, self.evaluator, tables.contents, lane, vector)
            self._scalars[:, vector] = tables.column_scalars(vector, optimistic=True)

    def _settle_vector(self, vector: int) -> None:
        """Pack a vector on the cheapest class, again and again, until that one is settled."""
        tables = self.tables
        while self.budget.left_s() > 0:
            number = int(np.argmin(self._scalars[:, vector]))
            blocked = self._scalars[number, vector] >= INFINITE
            if blocked or tables.parcels.settled[tables.row[number], vector]:
                return
            self._settle(number, vector)

    def _close(self, found: Found) -> Found | None:
        """Return the plan with its true value: equal to the bound unless packing stayed open."""
        exact = all(self._exact(part) for part in found.parts)
        if exact:
            return found
        return self._pessimistic(found.bound)

    def _exact(self, part: Part) -> bool:
        row = self.tables.row[self.tables.classes.of_lane[part.lane]]
        parcels = self.tables.parcels
        return bool(parcels.lower[row, part.vector] == parcels.upper[row, part.vector])

    def _pessimistic(self, bound: int) -> Found | None:
        """Solve with the upper ends of all prices; keep the bound of the lower ends.

        What stayed open may hide a better plan: so whatever could be part of one is packed,
        likely parts first, and the plan is looked for again.
        """
        optimistic = self._scalars
        found = self._solve_at_upper_ends()
        if found is not None and self._settle_promising(optimistic, found.value):
            found = self._solve_at_upper_ends() or found
        if found is None:
            return None
        return Found(found.parts, found.left_out, min(bound, found.value), found.value)

    def _solve_at_upper_ends(self) -> Found | None:
        self._scalars = self.tables.class_scalars(optimistic=False)
        return self._solve(optimistic=False)

    def _settle_promising(self, optimistic: Int64, at_most: int) -> int:
        """Pack what may be part of a plan below `at_most`; return how often something was."""
        tables = self.tables
        self._scalars = optimistic
        plan = optimistic + self._rests(optimistic)
        free = tables.problem.extra_shipment_minor * tables.cost_weight
        numbers, vectors = np.nonzero(plan < at_most + free)
        packed = 0
        for at in np.argsort(plan[numbers, vectors], kind="stable").tolist():
            if packed >= _MOST_PROMISING or self.budget.left_s() <= 0:
                break
            number, vector = int(numbers[at]), int(vectors[at])
            if not tables.parcels.settled[tables.row[number], vector]:
                self._settle(number, vector)
                packed += 1
        return packed

    def _rests(self, optimistic: Int64) -> Int64:
        """Return int64 ``[s]``: scalar of the rest of every vector, at least."""
        shape = self.tables.lattice.shape
        least = self.lanes.offers(optimistic).scalar
        if pair_count(shape) > _MOST_SUMS_OF_RESTS:
            return np.zeros_like(least)
        left_out = None if self.tables.problem.limits.ship_complete else self.left_out
        return partition(shape, least, left_out)[::-1]


_MOST_PROMISING = 24
"""Of what could be part of a better plan, so many are packed: each takes some milliseconds."""
_MOST_SUMS_OF_RESTS = 600_000
