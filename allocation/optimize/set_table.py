"""The best single shipment for every vector of the lattice, as one number each.

``part[v]`` is the scalar of the cheapest allowed shipment that carries exactly ``v``;
it combines parcels, handling, further-shipment cost, all tiers and the tie-break.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from allocation.optimize.lane_classes import NO_LANE, LaneClasses
from allocation.optimize.parcel_tables import Contents, ParcelTable, parcel_table
from allocation.optimize.partition import INFINITE
from allocation.optimize.scalar import Scalarization, TierRange, scalarize
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class SetTables:
    """Everything needed to (re)compute the best shipment of every vector.

    Attributes
    ----------
    table_of
        Parcel table of each class.
    fixed
        int64 ``[c, s]``: landed cost of each class and vector except parcels.
    base
        int64 ``[c, s]``: scalar of everything that is not landed cost, or ``[c, 1]``.
    """

    problem: SourcingProblem
    atoms: Atoms
    lattice: Lattice
    contents: Contents
    classes: LaneClasses
    tables: dict[tuple[int, int], ParcelTable]
    table_of: list[ParcelTable]
    fixed: Int64
    base: Int64
    scalarization: Scalarization

    @property
    def cost_weight(self) -> int:
        """Scalar of one minor unit of landed cost."""
        return sum(
            weight
            for weight, tier in zip(self.scalarization.weights, self.problem.tiers, strict=True)
            if tier.counts_cost
        )

    def class_scalars(self, *, optimistic: bool) -> Int64:
        """Return int64 ``[c, s]``: scalar of each class carrying each vector, `INFINITE` if not.

        `optimistic` takes the lower ends of prices that are not settled.
        """
        first = self.classes.first
        if not self.table_of:
            return np.zeros((0, self.lattice.size), dtype=np.int64)
        parcels = np.stack([table.lower if optimistic else table.upper for table in self.table_of])
        scalar = (parcels + self.fixed) * self.cost_weight if self.cost_weight else 0 * parcels
        scalar += self.base
        location = self.problem.lanes.location
        usable = (first != NO_LANE) & (parcels < NO_PRICE)
        scalar += location[np.where(usable, first, 0)]
        scalar[:, 0] = INFINITE
        return np.where(usable, scalar, INFINITE)


def make_set_tables(
    problem: SourcingProblem,
    atoms: Atoms,
    lattice: Lattice,
    contents: Contents,
    classes: LaneClasses,
) -> SetTables | None:
    """Price every class; ``None`` when the tiers do not fit into 64 bits."""
    lanes = problem.lanes
    tables: dict[tuple[int, int], ParcelTable] = {}
    table_of = []
    for lane in classes.example.tolist():
        key = (int(lanes.tariff[lane]), int(lanes.parcel_minor[lane]))
        if key not in tables:
            tables[key] = parcel_table(problem, contents, lanes.tariffs[key[0]], key[1])
        table_of.append(tables[key])
    fixed = _fixed_minor(problem, contents, classes)
    reachable = classes.first != NO_LANE
    ranges = tuple(
        _range(tier, problem, contents, classes, fixed, table_of, reachable)
        for tier in problem.tiers
    )
    most_parts = max(1, int(atoms.count.sum()))
    scalarization = scalarize(ranges, most_parts, problem.n_locations)
    if scalarization is None:
        return None
    base = np.full((len(table_of), 1), scalarization.shipment_weight, dtype=np.int64)
    for weight, tier in zip(scalarization.weights, problem.tiers, strict=True):
        base = base + weight * _tier_amounts(tier, contents, classes)
    return SetTables(
        problem, atoms, lattice, contents, classes, tables, table_of, fixed, base, scalarization
    )


def _fixed_minor(problem: SourcingProblem, contents: Contents, classes: LaneClasses) -> Int64:
    """Return handling and the cost of a further shipment, int64 ``[c, s]``."""
    lanes = problem.lanes
    example = classes.example
    fixed = lanes.shipment_minor[example][:, None] + problem.extra_shipment_minor
    if lanes.unit_minor[:, example].any():
        fixed = fixed + lanes.unit_minor[:, example].T @ contents.quantities.T
    if lanes.line_minor[:, example].any():
        present = (contents.quantities > 0).astype(np.int64)
        fixed = fixed + lanes.line_minor[:, example].T @ present.T
    return np.broadcast_to(fixed, (example.size, contents.weight_ug.size))


def _tier_amounts(tier: Tier, contents: Contents, classes: LaneClasses) -> Int64:
    """Return what a shipment adds to a tier besides landed cost, ``[c, s]`` or ``[c, 1]``."""
    amounts = np.zeros((classes.example.size, 1), dtype=np.int64)
    if tier.shipment is not None:
        amounts = amounts + tier.shipment[classes.example][:, None]
    if tier.unit is not None:
        amounts = amounts + tier.unit[:, classes.example].T @ contents.quantities.T
    return amounts


def _range(
    tier: Tier,
    problem: SourcingProblem,
    contents: Contents,
    classes: LaneClasses,
    fixed: Int64,
    table_of: list[ParcelTable],
    reachable: NDArray[np.bool_],
) -> TierRange:
    """Bound a tier's total over all allocations: every part and everything left out."""
    parts = (
        max(1, int(problem.lines.demand.sum())) if problem.limits.line_split else len(problem.lines)
    )
    amounts = np.broadcast_to(_tier_amounts(tier, contents, classes), reachable.shape)
    low = high = amounts
    if tier.counts_cost and table_of:
        upper = np.stack([table.upper for table in table_of])
        lower = np.stack([table.lower for table in table_of])
        dearest = np.where(upper < NO_PRICE, upper, _dearest_packing(problem, contents))
        low, high = amounts + lower * (lower < NO_PRICE) + fixed, amounts + dearest + fixed
    least = min(0, int(low[reachable].min(initial=0))) * parts
    greatest = max(0, int(high[reachable].max(initial=0))) * parts
    left_out = np.zeros(len(problem.lines), dtype=np.int64)
    if tier.unfilled is not None:
        left_out = left_out + tier.unfilled
    if tier.counts_cost:
        left_out = left_out + problem.unfilled_minor
        least -= problem.extra_shipment_minor
    amounts_left = left_out * problem.lines.demand
    least += int(np.minimum(amounts_left, 0).sum())
    greatest += int(np.maximum(amounts_left, 0).sum())
    return TierRange(least, greatest)


def _dearest_packing(problem: SourcingProblem, contents: Contents) -> int:
    """No packing costs more than every piece in a parcel of its own at the dearest price."""
    pieces = problem.pieces
    number = int((problem.lines.demand[pieces.line] * pieces.per_increment).sum())
    dearest = max((int(tariff.price_minor.max()) for tariff in problem.lanes.tariffs), default=0)
    fee = int(problem.lanes.parcel_minor.max(initial=0))
    return max(1, number) * (dearest + fee) if contents.weight_ug.size else 0
