"""Tier values of a shipment as one integer, in exact parts: fixed, per line, per increment.

Tiers become digits of one number whose bases are wider than anything the tiers below can
add up to (see `allocation.optimize.scalar`), without digits for ties: the least tier then
counts in its own unit, so that the numbers stay small.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms
from allocation.optimize.scalar import WIDEST, Scalarization, TierRange
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]

INFINITE = 2**60
"""Scalar of what is not possible; a few of them still add up."""


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """What shipments on lanes and atoms left out add to the scalar of a plan.

    Attributes
    ----------
    scalarization
        Weights of the tiers; without digits for ties.
    cost_weight
        Scalar of one minor unit of landed cost.
    shipment
        int64 ``[j]``: per shipment, a further shipment's cost included.
    line
        int64 ``[a, j]``: once where an atom travels at all.
    unit
        int64 ``[a, j]``: per unit of an atom.
    left_out
        int64 ``[a]``: per unit of an atom left out.
    first_is_free
        Further-shipment cost that `shipment` holds and one shipment of a plan need not pay.
    """

    scalarization: Scalarization
    cost_weight: int
    shipment: Int64
    line: Int64
    unit: Int64
    left_out: Int64
    first_is_free: int

    def with_unit(self, cost_minor: Int64) -> Scalars:
        """Add a landed cost per unit (int64 ``[a, j]``)."""
        return replace(self, unit=self.unit + cost_minor * self.cost_weight)

    def leftover(self, problem: SourcingProblem, increments: Int64) -> int:
        """Return what increments (int64 ``[n]``) that no lane can take add to every plan."""
        return int(_left_out(problem, self.scalarization.weights) @ increments)


def make_scalars(problem: SourcingProblem, atoms: Atoms) -> Scalars | None:
    """Weigh the tiers; ``None`` if they do not fit into 64 bits."""
    lanes = problem.lanes
    weights = _weights(_ranges(problem))
    if weights is None:
        return None
    cost_weight = sum(w for w, t in zip(weights, problem.tiers, strict=True) if t.counts_cost)
    shipment = (lanes.shipment_minor + problem.extra_shipment_minor) * cost_weight
    unit = lanes.unit_minor * cost_weight
    for weight, tier in zip(weights, problem.tiers, strict=True):
        if tier.shipment is not None:
            shipment = shipment + weight * tier.shipment
        if tier.unit is not None:
            unit = unit + weight * tier.unit
    return Scalars(
        scalarization=Scalarization(weights, 0, 0, _ranges(problem)),
        cost_weight=cost_weight,
        shipment=shipment,
        line=(atoms.content > 0).astype(np.int64) @ (lanes.line_minor * cost_weight),
        unit=atoms.content @ unit,
        left_out=atoms.content @ _left_out(problem, weights),
        first_is_free=problem.extra_shipment_minor * cost_weight,
    )


def _left_out(problem: SourcingProblem, weights: tuple[int, ...]) -> Int64:
    amounts = np.zeros(len(problem.lines), dtype=np.int64)
    for weight, tier in zip(weights, problem.tiers, strict=True):
        if tier.counts_cost:
            amounts = amounts + weight * problem.unfilled_minor
        if tier.unfilled is not None:
            amounts = amounts + weight * tier.unfilled
    return amounts


def _weights(ranges: tuple[TierRange, ...]) -> tuple[int, ...] | None:
    weights: list[int] = []
    weight = 1
    for tier in reversed(ranges):
        weights.append(weight)
        weight *= tier.width
    return tuple(reversed(weights)) if weight <= WIDEST else None


def _ranges(problem: SourcingProblem) -> tuple[TierRange, ...]:
    """Bound every tier's total over all allocations, one shipment and one line at a time."""
    lines, lanes = problem.lines, problem.lanes
    units = int(lines.demand.sum())
    parts = max(1, min(problem.n_locations, units, problem.limits.max_shipments))
    return (
        tuple(_range(problem, tier, parts) for tier in problem.tiers)
        if len(lanes)
        else tuple(_range(problem, tier, 0) for tier in problem.tiers)
    )


def _range(problem: SourcingProblem, tier: Tier, parts: int) -> TierRange:
    lines, lanes = problem.lines, problem.lanes
    demand = lines.demand
    least = greatest = 0
    rates = np.zeros(len(lines), dtype=np.int64)
    if tier.shipment is not None and parts:
        least += parts * min(0, int(tier.shipment.min()))
        greatest += parts * max(0, int(tier.shipment.max()))
    if tier.unit is not None and parts:
        least += int(np.minimum(tier.unit.min(axis=1), 0) @ demand)
        greatest += int(np.maximum(tier.unit.max(axis=1), 0) @ demand)
    if tier.unfilled is not None:
        rates = rates + tier.unfilled
    if tier.counts_cost:
        rates = rates + problem.unfilled_minor
        if parts:
            greatest += (parts - 1) * max(0, problem.extra_shipment_minor) + _dearest(problem)
            least += parts * min(0, int(lanes.shipment_minor.min()))
            greatest += parts * max(0, int(lanes.shipment_minor.max()))
            least += int(np.minimum(lanes.unit_minor.min(axis=1), 0) @ demand)
            greatest += int(np.maximum(lanes.unit_minor.max(axis=1), 0) @ demand)
            times = np.minimum(demand, parts)
            least += int(np.minimum(lanes.line_minor.min(axis=1), 0) @ times)
            greatest += int(np.maximum(lanes.line_minor.max(axis=1), 0) @ times)
    return TierRange(
        least + int(np.minimum(rates, 0) @ demand), greatest + int(np.maximum(rates, 0) @ demand)
    )


def _dearest(problem: SourcingProblem) -> int:
    """Return a price that the parcels of a sensible plan never exceed: each piece on its own."""
    pieces = problem.pieces
    number = int((problem.lines.demand[pieces.line] * pieces.per_increment).sum())
    dearest = max((tariff.dearest_minor for tariff in problem.lanes.tariffs), default=0)
    return number * (dearest + int(problem.lanes.parcel_minor.max(initial=0)))
