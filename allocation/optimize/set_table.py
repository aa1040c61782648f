"""The best single shipment for every vector of the lattice, as one number each.

``part[v]`` is the scalar of the cheapest allowed shipment that carries exactly ``v``;
it combines parcels, handling, further-shipment cost, all tiers and the tie-break.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.atoms import Atoms, Lattice
from allocation.optimize.contents import Contents
from allocation.optimize.lane_classes import NO_LANE, LaneClasses, number_rows
from allocation.optimize.parcel_tables import ParcelTables, make_parcel_tables
from allocation.optimize.scalar import Scalarization, TierRange, scalarize
from routing.parcels.partition import INFINITE
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.tier import Tier

Int64 = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class SetTables:
    """Everything needed to (re)compute the best shipment of every vector.

    Attributes
    ----------
    parcels
        Parcel costs by tariff and per-parcel cost.
    row
        intp ``[c]``: row of `parcels` that each class pays by.
    fixed
        int64 ``[c, s]``, or ``[c, 1]``: landed cost of each class except parcels.
    base
        int64 ``[c, s]``, or ``[c, 1]``: scalar of everything that is not landed cost.
    """

    problem: SourcingProblem
    atoms: Atoms
    lattice: Lattice
    contents: Contents
    classes: LaneClasses
    parcels: ParcelTables
    row: NDArray[np.intp]
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
        everything = slice(None)
        return self._scalars(everything, optimistic=optimistic)

    def column_scalars(self, vector: int, *, optimistic: bool) -> Int64:
        """Return int64 ``[c]``: `class_scalars` of one vector."""
        return self._scalars(slice(vector, vector + 1), optimistic=optimistic)[:, 0]

    def _scalars(self, vectors: slice, *, optimistic: bool) -> Int64:
        first = self.classes.first[:, vectors]
        bound = self.parcels.lower if optimistic else self.parcels.upper
        parcels = bound[self.row][:, vectors]
        usable = (first != NO_LANE) & (parcels < NO_PRICE)
        wide = self.fixed.shape[1] > 1
        scalar = parcels + (self.fixed[:, vectors] if wide else self.fixed)
        scalar *= self.cost_weight
        wide = self.base.shape[1] > 1
        scalar += self.base[:, vectors] if wide else self.base
        if self.scalarization.location_weight:
            scalar += self.problem.lanes.location[np.where(usable, first, 0)]
        scalar[~usable] = INFINITE
        if vectors.start in (None, 0):
            scalar[:, 0] = INFINITE
        return scalar


def make_set_tables(
    problem: SourcingProblem,
    atoms: Atoms,
    lattice: Lattice,
    contents: Contents,
    classes: LaneClasses,
) -> SetTables | None:
    """Price every class; ``None`` when the tiers do not fit into 64 bits."""
    lanes = problem.lanes
    known: dict[tuple[int, int], int] = {}
    row = np.array(
        [
            known.setdefault((int(lanes.tariff[lane]), int(lanes.parcel_minor[lane])), len(known))
            for lane in classes.example
        ],
        dtype=np.intp,
    )
    parcels = make_parcel_tables(problem, atoms, lattice, contents, list(known))
    fixed = _fixed_minor(problem, contents, classes)
    amounts = [_tier_amounts(tier, contents, classes) for tier in problem.tiers]
    ranges = _ranges(problem, contents, parcels, fixed, amounts)
    most_parts = max(1, int(atoms.count.sum()))
    scalarization = scalarize(ranges, most_parts, problem.n_locations)
    if scalarization is None:
        return None
    base = np.full((row.size, 1), scalarization.shipment_weight, dtype=np.int64)
    for weight, amount in zip(scalarization.weights, amounts, strict=True):
        base = base + weight * amount
    return SetTables(
        problem, atoms, lattice, contents, classes, parcels, row, fixed, base, scalarization
    )


def _fixed_minor(problem: SourcingProblem, contents: Contents, classes: LaneClasses) -> Int64:
    """Return handling and the cost of a further shipment, ``[c, s]`` or ``[c, 1]``.

    Most classes share what lines and units cost, so each different column is summed once.
    """
    lanes = problem.lanes
    example = classes.example
    fixed: Int64 = lanes.shipment_minor[example][:, None] + problem.extra_shipment_minor
    columns = np.concatenate((lanes.unit_minor[:, example], lanes.line_minor[:, example])).T
    if not columns.any():
        return fixed
    number, firsts = number_rows(np.ascontiguousarray(columns))
    per_unit, per_line = np.split(columns[firsts], 2, axis=1)
    present = (contents.quantities > 0).astype(np.int64)
    by_column = per_unit @ contents.quantities.T + per_line @ present.T
    return fixed + by_column[number]


def _tier_amounts(tier: Tier, contents: Contents, classes: LaneClasses) -> Int64:
    """Return what a shipment adds to a tier besides landed cost, ``[c, s]`` or ``[c, 1]``."""
    amounts = np.zeros((classes.example.size, 1), dtype=np.int64)
    if tier.shipment is not None:
        amounts = amounts + tier.shipment[classes.example][:, None]
    if tier.unit is not None:
        amounts = amounts + tier.unit[:, classes.example].T @ contents.quantities.T
    return amounts


def _ranges(
    problem: SourcingProblem,
    contents: Contents,
    parcels: ParcelTables,
    fixed: Int64,
    amounts: list[Int64],
) -> tuple[TierRange, ...]:
    """Bound every tier's total over all allocations: every shipment and everything left out.

    There are never more shipments than locations, increments, or the limit.
    """
    units = int(problem.lines.demand.sum())
    parts = max(1, min(problem.n_locations, units, problem.limits.max_shipments))
    ranges = []
    for tier, amount in zip(problem.tiers, amounts, strict=True):
        least, greatest = int(amount.min(initial=0)), int(amount.max(initial=0))
        rates = np.zeros(len(problem.lines), dtype=np.int64)
        if tier.unfilled is not None:
            rates = rates + tier.unfilled
        extra = 0
        if tier.counts_cost:
            least += int(fixed.min(initial=0))
            greatest += int(fixed.max(initial=0)) + _dearest_parcels(problem, contents, parcels)
            rates = rates + problem.unfilled_minor
            extra = problem.extra_shipment_minor
        left_out = rates * problem.lines.demand
        ranges.append(
            TierRange(
                least * parts - extra + int(np.minimum(left_out, 0).sum()),
                greatest * parts + int(np.maximum(left_out, 0).sum()),
            )
        )
    return tuple(ranges)


def _dearest_parcels(problem: SourcingProblem, contents: Contents, parcels: ParcelTables) -> int:
    """Return a price that no shipment's parcels exceed.

    One parcel where one is proven cheapest; else every piece in a parcel of its own.
    """
    if bool(parcels.settled.all()):
        return int(np.where(parcels.upper < NO_PRICE, parcels.upper, 0).max(initial=0))
    pieces = problem.pieces
    number = int((problem.lines.demand[pieces.line] * pieces.per_increment).sum())
    dearest = max((tariff.dearest_minor for tariff in problem.lanes.tariffs), default=0)
    fee = int(problem.lanes.parcel_minor.max(initial=0))
    return max(1, number) * (dearest + fee) if contents.weight_ug.size else 0
