"""Search over the set tables: partition, settle prices that matter, separate locations."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exclusive import exclusive_parts
from allocation.optimize.lane_classes import SideLimits
from allocation.optimize.parcel_tables import settle
from allocation.optimize.partition import layered
from allocation.optimize.scalar import left_out_values
from allocation.optimize.set_table import SetTables
from routing.parcels.partition import INFINITE, partition

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Part:
    """One shipment: a lane and the number of the vector it carries."""

    lane: int
    vector: int


@dataclass(frozen=True, slots=True)
class Found:
    """What the search found.

    Attributes
    ----------
    parts
        Shipments, each at a location of its own.
    left_out
        Units of each atom left out.
    bound
        Scalar that no allowed allocation undercuts.
    value
        Scalar of this allocation; equal to `bound` when proven best.
    """

    parts: tuple[Part, ...]
    left_out: tuple[int, ...]
    bound: int
    value: int


@dataclass(slots=True, eq=False)
class SetSearch:
    """Finds the best partition of one problem's lattice.

    Attributes
    ----------
    banned
        Lanes that may not be used, for "what if not from there".
    """

    tables: SetTables
    sides: SideLimits
    evaluator: Evaluator
    left_out: Int64 = field(init=False)
    _scalars: Int64 = field(init=False)

    def __post_init__(self) -> None:
        tables = self.tables
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

    def run(self, budget: Budget) -> Found | None:
        """Return the best allocation; ``None`` if time ran out before there was one."""
        while True:
            found = self._round()
            if found is None:
                return None
            open_parts = [part for part in found.parts if not self._settled(part)]
            if not open_parts:
                return self._close(found)
            for part in open_parts:
                self._settle_part(part)
                self._settle_vector(part.vector, budget)
                if budget.left_s() <= 0:
                    return self._pessimistic(found.bound)

    def _round(self) -> Found | None:
        """Solve with the lower ends of all prices; exact for that relaxation."""
        return self._solve(self._scalars)

    def _solve(self, scalars: Int64) -> Found | None:
        limits = self.tables.problem.limits
        part = self._best_of(scalars)
        allowed = self._allowed_in_splits()
        best = self._single(part)
        if limits.max_shipments > 1:
            split = self._split(np.where(allowed, part, INFINITE), scalars, best.value)
            if split is None:
                return None
            if split.value < best.value:
                best = split
        return best

    def _best_of(self, scalars: Int64) -> Int64:
        if scalars.shape[0] == 0:
            return np.full(self.tables.lattice.size, INFINITE, dtype=np.int64)
        least: Int64 = scalars.min(axis=0)
        return least

    def _allowed_in_splits(self) -> NDArray[np.bool_]:
        """Vectors that are worth and hold enough to be one of several shipments."""
        problem, contents = self.tables.problem, self.tables.contents
        worth = contents.quantities @ problem.lines.value_minor
        units = contents.quantities.sum(axis=1)
        allowed: NDArray[np.bool_] = (worth >= problem.limits.min_shipment_minor) & (
            units >= problem.limits.min_shipment_units
        )
        return allowed

    def _single(self, part: Int64) -> Found:
        """Return the best plan with at most one shipment."""
        tables = self.tables
        vectors = tables.lattice.vectors
        rest = (tables.atoms.count - vectors) @ self.left_out
        total = np.minimum(part + rest, INFINITE)
        if tables.problem.limits.ship_complete:
            total = total.copy()
            total[:-1] = INFINITE
            if tables.atoms.leftover.any():
                total[:] = INFINITE
        vector = int(np.argmin(total))
        value = int(total[vector]) - self._first_is_free
        if part.size == 1 or total[vector] >= INFINITE or value >= self.nothing:
            return Found((), tuple(tables.atoms.count.tolist()), self.nothing, self.nothing)
        left = tuple((tables.atoms.count - vectors[vector]).tolist())
        return Found((self._part(vector),), left, value, value)

    @property
    def _first_is_free(self) -> int:
        """Scalar of the further-shipment cost, which every part carries and the first need not."""
        return self.tables.problem.extra_shipment_minor * self.tables.cost_weight

    def _part(self, vector: int) -> Part:
        """Return the lane that attains the least scalar of a vector."""
        choice = int(np.argmin(self._scalars[:, vector]))
        return Part(int(self.tables.classes.first[choice, vector]), vector)

    def _split(self, part: Int64, scalars: Int64, at_most: int) -> Found | None:
        """Return the best plan with several shipments; ``None`` if it cannot be told."""
        tables = self.tables
        limits = tables.problem.limits
        complete = limits.ship_complete
        if complete and tables.atoms.leftover.any():
            return self._nothing_found()
        left_out = None if complete else self.left_out
        shape = tables.lattice.shape
        rest = partition(shape, part, left_out)
        total = part + rest[::-1]
        value = int(total.min()) - self._first_is_free
        if value >= min(at_most, self.nothing):
            return self._nothing_found()
        parts, left = self._trace(part, rest, left_out)
        layers = None
        most = min(limits.max_shipments, int(tables.atoms.count.sum()))
        if len(parts) > limits.max_shipments:
            layers = layered(shape, part, left_out, most)
            value = int((part + layers[most - 1][::-1]).min()) - self._first_is_free
            if value >= min(at_most, self.nothing):
                return self._nothing_found()
            parts, left = self._trace_layers(part, layers, left_out, most)
        merged = self._separated(parts, scalars, part)
        if merged is not None:
            return Found(merged, left, value, value)
        return exclusive_parts(
            self, part, scalars, rest, left_out, at_most=min(at_most, self.nothing), most=most
        )

    def _nothing_found(self) -> Found:
        count = tuple(self.tables.atoms.count.tolist())
        return Found((), count, self.nothing, self.nothing)

    def _trace(
        self, part: Int64, rest: Int64, left_out: Int64 | None
    ) -> tuple[list[int], tuple[int, ...]]:
        """Return the vectors of a best partition with a shipment, and what it leaves out."""
        total = part + rest[::-1]
        first = int(np.argmin(total))
        parts = [first]
        left = np.zeros(len(self.tables.lattice.shape), dtype=np.int64)
        state = self.tables.lattice.size - 1 - first
        while state > 0:
            state = self._step(state, part, rest, rest, left_out, parts, left)
        return parts, tuple(left.tolist())

    def _step(
        self,
        state: int,
        part: Int64,
        here: Int64,
        after: Int64,
        left_out: Int64 | None,
        parts: list[int],
        left: Int64,
    ) -> int:
        """Take one decision of a best partition back; prefer large parts."""
        lattice = self.tables.lattice
        vector = lattice.vectors[state]
        axis = int(np.flatnonzero(vector)[-1])
        options = np.flatnonzero(
            (lattice.vectors[: state + 1] <= vector).all(axis=1)
            & (lattice.vectors[: state + 1, axis] > 0)
        )
        hit = options[part[options] + after[state - options] == here[state]]
        if hit.size:
            parts.append(int(hit[-1]))
            return state - int(hit[-1])
        if left_out is None:
            raise AssertionError("a partition does not add up to its value")
        left[axis] += 1
        return state - int(lattice.stride[axis])

    def _trace_layers(
        self, part: Int64, layers: Int64, left_out: Int64 | None, most: int
    ) -> tuple[list[int], tuple[int, ...]]:
        total = part + layers[most - 1][::-1]
        first = int(np.argmin(total))
        parts = [first]
        left = np.zeros(len(self.tables.lattice.shape), dtype=np.int64)
        state = self.tables.lattice.size - 1 - first
        layer = most - 1
        while state > 0:
            if layer > 0 and layers[layer - 1][state] == layers[layer][state]:
                layer -= 1
                continue
            known = len(parts)
            after = layers[max(layer - 1, 0)]
            state = self._step(state, part, layers[layer], after, left_out, parts, left)
            layer -= len(parts) - known
        return parts, tuple(left.tolist())

    def _separated(
        self, vectors: list[int], scalars: Int64, part: Int64
    ) -> tuple[Part, ...] | None:
        """Give every part a location of its own; ``None`` if two insist on the same one.

        Parts that share a location are merged when some lane there carries both for no
        more; the sum is a lower bound, so the merged plan is then a best one, too.
        """
        location = self.tables.problem.lanes.location
        by_location: dict[int, list[Part]] = {}
        for vector in vectors:
            found = self._part(vector)
            by_location.setdefault(int(location[found.lane]), []).append(found)
        parts = []
        for group in by_location.values():
            if len(group) == 1:
                parts.append(group[0])
                continue
            merged = self._merge(group, scalars)
            if merged is None:
                return None
            parts.append(merged)
        del part
        return tuple(sorted(parts, key=lambda each: each.lane))

    def _merge(self, group: list[Part], scalars: Int64) -> Part | None:
        whole = sum(each.vector for each in group)
        vector = sum(self.tables.lattice.vectors[each.vector] for each in group)
        if (vector > self.tables.atoms.count).any():
            return None
        total = sum(int(scalars[:, each.vector].min()) for each in group)
        location = int(self.tables.problem.lanes.location[group[0].lane])
        for lane in self.lanes_at(location):
            if self.can_carry(lane, whole):
                scalar = int(self.scalar_on(lane, scalars)[whole])
                if scalar <= total:
                    return Part(lane, whole)
        return None

    def lanes_at(self, location: int) -> list[int]:
        """Return the useful lanes of a location, ascending."""
        here = np.flatnonzero(self.tables.problem.lanes.location == location)
        return [int(lane) for lane in here if self.tables.classes.of_lane[lane] >= 0]

    def able(self, lane: int) -> NDArray[np.bool_]:
        """Return bool ``[s]``: the vectors that a lane can carry."""
        tables = self.tables
        fits = np.array((tables.lattice.vectors <= tables.atoms.cap[:, lane]).all(axis=1))
        if self.sides.load.size:
            bound = self.sides.bound[:, tables.problem.lanes.location[lane], None]
            fits &= (self.sides.load <= bound).all(axis=0)
        return fits

    def can_carry(self, lane: int, vector: int) -> bool:
        """Whether a lane can carry one vector."""
        return bool(self.able(lane)[vector])

    def scalar_on(self, lane: int, scalars: Int64) -> Int64:
        """Return int64 ``[s]``: scalar of each vector on one lane, as its class prices it.

        The class's own tie-break location is exchanged for the lane's.
        """
        tables = self.tables
        number = int(tables.classes.of_lane[lane])
        row = scalars[number]
        first = tables.classes.first[number]
        location = tables.problem.lanes.location
        own = int(location[lane])
        stand_in = location[np.where(row < INFINITE, first, lane)]
        shift = (own - stand_in) * tables.scalarization.location_weight
        return np.where(row < INFINITE, row + shift, INFINITE)

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

    def _settle_vector(self, vector: int, budget: Budget) -> None:
        """Pack a vector on the cheapest class, again and again, until that one is settled."""
        tables = self.tables
        while budget.left_s() > 0:
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
        """Solve with the upper ends of all prices; keep the bound of the lower ends."""
        self._scalars = self.tables.class_scalars(optimistic=False)
        found = self._solve(self._scalars)
        if found is None:
            return None
        return Found(found.parts, found.left_out, min(bound, found.value), found.value)
