"""What shipments and whole lines add to the tiers on every lane, besides the price of parcels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.scalar import Scalarization, TierRange
from routing.quick import quick
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]


@quick
@dataclass(frozen=True, slots=True, eq=False)
class LaneAmounts:
    """The amounts of one order whose lines are not split.

    Attributes
    ----------
    shipment_minor
        int64 ``[j]``: landed cost per shipment, one parcel and a further shipment included.
    line_minor
        int64 ``[n, j]``: landed cost of each line.
    """

    problem: SourcingProblem
    shipment_minor: Int64
    line_minor: Int64

    def cost_weight(self, weights: tuple[int, ...]) -> int:
        """Return the scalar of one minor unit of landed cost."""
        tiers = zip(weights, self.problem.tiers, strict=True)
        return sum(weight for weight, tier in tiers if tier.counts_cost)

    def of_shipment(self, scale: Scalarization) -> Int64:
        """Return int64 ``[j]``: scalar of a shipment, ties included."""
        location = self.problem.lanes.location.astype(np.int64)
        total = scale.location_weight * location + scale.shipment_weight
        cost_weight = self.cost_weight(scale.weights)
        if cost_weight:
            total = total + cost_weight * self.shipment_minor
        for weight, tier in zip(scale.weights, self.problem.tiers, strict=True):
            if tier.shipment is not None:
                total = total + weight * tier.shipment
        return total

    def of_lines(self, weights: tuple[int, ...]) -> Int64:
        """Return int64 ``[n, j]``: scalar of each line."""
        total = self.cost_weight(weights) * self.line_minor
        for weight, tier in zip(weights, self.problem.tiers, strict=True):
            if tier.unit is not None:
                total = total + weight * (tier.unit * self.problem.lines.demand[:, None])
        return total

    def left_out(self, weights: tuple[int, ...]) -> list[int]:
        """Return the scalar of leaving out each line."""
        total = np.zeros(len(self.problem.lines), dtype=np.int64)
        for weight, tier in zip(weights, self.problem.tiers, strict=True):
            rates = _left_out_rates(self.problem, tier)
            if rates is not None:
                total += weight * rates
        amounts: list[int] = (total * self.problem.lines.demand).tolist()
        return amounts

    def ranges(self, dearest_minor: int) -> tuple[TierRange, ...]:
        """Return the range of each tier's total over all plans.

        Parameters
        ----------
        dearest_minor
            Greatest price of a parcel.
        """
        return tuple(self._range(tier, dearest_minor) for tier in self.problem.tiers)

    def _range(self, tier: Tier, dearest_minor: int) -> TierRange:
        """Add up at most as many shipments as there are lines, and each line at most once."""
        count = len(self.problem.lines)
        low = high = 0
        if tier.counts_cost:
            low += min(0, int(self.shipment_minor.min())) + min(0, int(self.line_minor.min()))
            high += max(0, int(self.shipment_minor.max()) + dearest_minor)
            high += max(0, int(self.line_minor.max()))
        if tier.shipment is not None:
            low += min(0, int(tier.shipment.min()))
            high += max(0, int(tier.shipment.max()))
        low, high = low * count, high * count
        rates = _left_out_rates(self.problem, tier)
        demand = self.problem.lines.demand
        if tier.unit is not None:
            units = int(demand.sum())
            low += units * min(0, int(tier.unit.min()))
            high += units * max(0, int(tier.unit.max()))
        if rates is not None:
            left_out = (rates * demand).tolist()
            low += sum(each for each in left_out if each < 0)
            high += sum(each for each in left_out if each > 0)
        return TierRange(low, high)


def lane_amounts(problem: SourcingProblem) -> LaneAmounts:
    """Add up what an order's shipments and lines cost on each lane."""
    lanes = problem.lanes
    return LaneAmounts(
        problem,
        lanes.shipment_minor + lanes.parcel_minor + problem.extra_shipment_minor,
        lanes.line_minor + lanes.unit_minor * problem.lines.demand[:, None],
    )


def _left_out_rates(problem: SourcingProblem, tier: Tier) -> Int64 | None:
    """Return what an increment left out adds to a tier, ``[n]``; ``None`` for nothing."""
    if not tier.counts_cost:
        return tier.unfilled
    if tier.unfilled is None:
        return problem.unfilled_minor
    return tier.unfilled + problem.unfilled_minor
