"""Exact values of candidate allocations, and whether they are allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from allocation.optimize.evaluate import Evaluator, make_shipment
from allocation.optimize.greedy.view import View
from allocation.optimize.solution import Allocation
from routing.sourcing.problem import NO_LIMIT

Contents = dict[int, dict[int, int]]
"""Location to line to increments; no empty entries."""

Vector = tuple[int, ...]

_HEAVY_EFFORT = 25


@dataclass(slots=True)
class Book:
    """Answers questions about contents, with plain integers, and remembers shipments.

    Attributes
    ----------
    evaluator
        Prices parcels.
    view
        Of the evaluator's problem.
    effort
        Work done so far, in units of a light shipment priced: a count, not a time, so that
        whoever stops by it stops at the same point every time.
    """

    evaluator: Evaluator
    view: View
    effort: int = 0
    _lanes: dict[int, list[int]] = field(default_factory=dict)
    _items: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _shipments: dict[tuple[int, tuple[tuple[int, int], ...]], tuple[Vector, int] | None] = field(
        default_factory=dict
    )

    def lanes_of(self, location: int) -> list[int]:
        """Return the lanes of a location."""
        if location not in self._lanes:
            start, stop = np.searchsorted(
                self.view.problem.lanes.location, [location, location + 1]
            ).tolist()
            self._lanes[location] = list(range(start, stop))
        return self._lanes[location]

    def items_of(self, line: int) -> list[tuple[int, int]]:
        """Return (item, increments) that one increment of the line takes."""
        if line not in self._items:
            use = self.view.problem.lines.use[line]
            self._items[line] = [(item, int(use[item])) for item in np.flatnonzero(use).tolist()]
        return self._items[line]

    def shipment(self, location: int, quantities: Mapping[int, int]) -> tuple[Vector, int] | None:
        """Return (tier values, lane) of the best lane that carries it all, or ``None``."""
        key = (location, tuple(sorted(quantities.items())))
        if key not in self._shipments:
            found = [
                (self._lane_vector(lane, key[1]), lane)
                for lane in self.lanes_of(location)
                if all(self.view.usable[line, lane] for line in quantities)
            ]
            priced = [(vector, lane) for vector, lane in found if vector is not None]
            self._shipments[key] = min(priced) if priced else None
        return self._shipments[key]

    def _lane_vector(self, lane: int, quantities: tuple[tuple[int, int], ...]) -> Vector | None:
        self.effort += self._packing_effort(lane, quantities)
        cost = self.evaluator.shipment_cost(lane, quantities)
        if cost is None:
            return None
        values = []
        for tier in self.view.problem.tiers:
            value = cost if tier.counts_cost else 0
            if tier.shipment is not None:
                value += int(tier.shipment[lane])
            if tier.unit is not None:
                value += sum(int(tier.unit[line, lane]) * number for line, number in quantities)
            values.append(value)
        return tuple(values)

    def _packing_effort(self, lane: int, quantities: tuple[tuple[int, int], ...]) -> int:
        weight = sum(int(self.view.weight_ug[line]) * number for line, number in quantities)
        if weight <= self.view.rates.one_parcel_ug[self.view.problem.lanes.tariff[lane]]:
            return 1
        return _HEAVY_EFFORT

    def has_room(self, location: int, quantities: Mapping[int, int]) -> bool:
        """Whether stock and capacity of the location allow the shipment."""
        problem = self.view.problem
        if len(quantities) > problem.limits.location_lines[location]:
            return False
        if sum(quantities.values()) > problem.limits.location_units[location]:
            return False
        taken: dict[int, int] = {}
        for line, number in quantities.items():
            for item, use in self.items_of(line):
                taken[item] = taken.get(item, 0) + use * number
        return all(
            number <= int(problem.available[item, location]) for item, number in taken.items()
        )

    def worth_a_shipment(self, quantities: Mapping[int, int]) -> bool:
        """Whether it reaches the least value and units of one of several shipments."""
        limits = self.view.problem.limits
        value = sum(
            int(self.view.problem.lines.value_minor[line]) * number
            for line, number in quantities.items()
        )
        return (
            value >= limits.min_shipment_minor
            and sum(quantities.values()) >= limits.min_shipment_units
        )

    def unfilled(self, contents: Contents) -> list[int]:
        """Return the increments of each line that are not in the contents."""
        left: list[int] = self.view.problem.lines.demand.tolist()
        for quantities in contents.values():
            for line, number in quantities.items():
                left[line] -= number
        return left

    def values(self, contents: Contents) -> Vector | None:
        """Return the exact tier values, or ``None`` if the contents are not allowed.

        Stock, capacity, groups and whole lines are the caller's business
        (see `has_room`); everything that concerns the whole plan is checked here.
        """
        problem = self.view.problem
        unfilled = self.unfilled(contents)
        if len(contents) > problem.limits.max_shipments:
            return None
        if problem.limits.ship_complete and contents and any(unfilled):
            return None
        if len(contents) > 1 and not all(map(self.worth_a_shipment, contents.values())):
            return None
        penalty = max(0, len(contents) - 1) * problem.extra_shipment_minor
        penalty += _dot(problem.unfilled_minor, unfilled)
        totals = [penalty if tier.counts_cost else 0 for tier in problem.tiers]
        for index, tier in enumerate(problem.tiers):
            if tier.unfilled is not None:
                totals[index] += _dot(tier.unfilled, unfilled)
        for location, quantities in contents.items():
            shipment = self.shipment(location, quantities)
            if shipment is None:
                return None
            totals = [total + value for total, value in zip(totals, shipment[0], strict=True)]
        return tuple(totals)

    def allocation(self, contents: Contents) -> Allocation:
        """Build the allocation of allowed contents."""
        shipments = []
        for location in sorted(contents):
            shipment = self.shipment(location, contents[location])
            if shipment is None:
                raise ValueError(f"no lane of location {location} carries {contents[location]}")
            shipments.append(make_shipment(self.evaluator, shipment[1], contents[location]))
        return Allocation(tuple(shipments), tuple(self.unfilled(contents)))


def _dot(amounts: np.ndarray, numbers: list[int]) -> int:
    return sum(
        int(amount) * number for amount, number in zip(amounts, numbers, strict=True) if number
    )


def may_add_shipment(view: View, shipments: int) -> bool:
    """Whether a plan with so many shipments may have one more."""
    limit = view.problem.limits.max_shipments
    return limit >= NO_LIMIT or shipments < limit
