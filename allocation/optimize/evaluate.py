"""Price shipments and allocations of a problem, parcels included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from allocation.optimize.api import ENDLESS, Budget
from allocation.optimize.solution import Allocation, Shipment
from routing.parcels.pack import pack
from routing.parcels.packing import Packing
from routing.sourcing.problem import SourcingProblem

_THOROUGH_S = 0.05


@dataclass(slots=True)
class Evaluator:
    """Prices shipments of one problem and remembers packings.

    A packing depends on the tariff, the per-parcel cost and the contents only, so
    that it is computed once for all locations in the same rate zone.

    Attributes
    ----------
    budget
        When little of it is left, very many pieces are packed quickly and not thoroughly.
    """

    problem: SourcingProblem
    budget: Budget = ENDLESS
    _packings: dict[tuple[int, int, tuple[tuple[int, int], ...]], Packing | None] = field(
        default_factory=dict
    )

    def packing(self, lane: int, quantities: tuple[tuple[int, int], ...]) -> Packing | None:
        """Return the parcels for (line, increments) pairs, lines ascending; ``None`` if refused."""
        lanes = self.problem.lanes
        key = (int(lanes.tariff[lane]), int(lanes.parcel_minor[lane]), quantities)
        if key not in self._packings:
            self._packings[key] = self._pack(*key)
        return self._packings[key]

    def _pack(
        self, tariff: int, parcel_minor: int, quantities: tuple[tuple[int, int], ...]
    ) -> Packing | None:
        pieces = self.problem.pieces
        shipped = np.zeros(len(self.problem.lines), dtype=np.int64)
        for line, quantity in quantities:
            shipped[line] = quantity
        counts = shipped[pieces.line] * pieces.per_increment
        return pack(
            pieces.weight_ug,
            pieces.volume_nl,
            pieces.alone,
            counts,
            self.problem.lanes.tariffs[tariff],
            parcel_minor,
            pieces.boxing,
            thorough=self.budget.left_s() > _THOROUGH_S,
        )

    def shipment_cost(self, lane: int, quantities: tuple[tuple[int, int], ...]) -> int | None:
        """Return the landed cost of one shipment; ``None`` if the carrier refuses it."""
        packing = self.packing(lane, quantities)
        if packing is None:
            return None
        return packing.cost_minor + self.handling_cost(lane, quantities)

    def handling_cost(self, lane: int, quantities: Iterable[tuple[int, int]]) -> int:
        """Return everything but the parcels: per shipment, per line, per increment."""
        lanes = self.problem.lanes
        total = int(lanes.shipment_minor[lane])
        for line, quantity in quantities:
            total += int(lanes.line_minor[line, lane])
            total += int(lanes.unit_minor[line, lane]) * quantity
        return total

    def best_lane(
        self, lanes: Iterable[int], quantities: tuple[tuple[int, int], ...]
    ) -> tuple[int, int] | None:
        """Return (cost, lane) of the cheapest lane that may carry it all, or ``None``."""
        best: tuple[int, int] | None = None
        for lane in lanes:
            if not all(self.problem.lanes.eligible[line, lane] for line, _ in quantities):
                continue
            cost = self.shipment_cost(lane, quantities)
            if cost is not None and (best is None or cost < best[0]):
                best = (cost, lane)
        return best


def make_shipment(evaluator: Evaluator, lane: int, quantities: Mapping[int, int]) -> Shipment:
    """Build a shipment with its parcels; the contents must be packable on the lane."""
    contents = tuple(sorted((line, number) for line, number in quantities.items() if number))
    packing = evaluator.packing(lane, contents)
    if packing is None:
        raise ValueError(f"lane {lane} cannot carry {contents}; check eligibility before shipping")
    return Shipment(lane, contents, packing.parcels)


def tier_values(
    problem: SourcingProblem, allocation: Allocation, cost_minor: int
) -> tuple[int, ...]:
    """Return the value of each tier for an allocation whose landed cost is known."""
    values = []
    for tier in problem.tiers:
        value = cost_minor if tier.counts_cost else 0
        for shipment in allocation.shipments:
            if tier.shipment is not None:
                value += int(tier.shipment[shipment.lane])
            if tier.unit is not None:
                value += sum(
                    int(tier.unit[line, shipment.lane]) * number
                    for line, number in shipment.quantities
                )
        if tier.unfilled is not None:
            value += sum(
                int(amount) * number
                for amount, number in zip(tier.unfilled, allocation.unfilled, strict=True)
            )
        values.append(value)
    return tuple(values)


def penalties_minor(problem: SourcingProblem, allocation: Allocation) -> int:
    """Return the money penalties: further shipments and unfilled increments."""
    further = max(0, len(allocation.shipments) - 1) * problem.extra_shipment_minor
    return further + sum(
        int(amount) * number
        for amount, number in zip(problem.unfilled_minor, allocation.unfilled, strict=True)
    )


def landed_cost(evaluator: Evaluator, allocation: Allocation) -> int:
    """Return the landed cost of an allocation as the evaluator prices it.

    Raises
    ------
    ValueError
        If a shipment cannot be carried on its lane.
    """
    total = penalties_minor(evaluator.problem, allocation)
    for shipment in allocation.shipments:
        cost = evaluator.shipment_cost(shipment.lane, shipment.quantities)
        if cost is None:
            raise ValueError(f"lane {shipment.lane} cannot carry {shipment.quantities}")
        total += cost
    return total
