"""Columns: everything one location could ship, each at its least values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat_postage import PostageTable
from allocation.optimize.cp_sat_tiers import Stage
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy_view import View
from routing.parcels.lattice import lattice_size, lattice_vectors
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

COLUMN_LIMIT = 20_000
_CELL_LIMIT = 3_000_000
_LATTICE_LIMIT = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Shipments to choose from; arrays of length ``c`` unless stated.

    Attributes
    ----------
    lane, location
        int64: where the shipment leaves, on its best lane.
    contents
        int64 ``[c, n]``: increments of each line.
    values
        int64 ``[stages, c]``: exact.
    """

    lane: Int64
    location: Int64
    contents: Int64
    values: Int64

    def __len__(self) -> int:
        return int(self.lane.size)


def make_columns(
    view: View, evaluator: Evaluator, stages: tuple[Stage, ...], budget: Budget
) -> Columns | None:
    """Return columns that suffice for an optimal allocation, or ``None`` if there are too many.

    For given contents only so many locations are kept, best first, as the rest of the
    order could make further shipments, and one: whatever the others use, one of them is
    free, and it is no worse. Lane and location decide nothing else, since a location
    ships once and its stock and capacity depend on this one column alone.
    """
    vectors, contents = _contents(view)
    if contents is None or contents.size == 0:
        return None
    if contents.shape[0] * max(1, len(view.problem.lanes)) > _CELL_LIMIT:
        return None
    allowed = _allowed(view, contents)
    values = _values(view, evaluator, stages, contents, allowed, budget)
    if values is None:
        return None
    lane_of = _best_lanes(view, values, allowed)
    return _keep_best(view, vectors, contents, values, lane_of)


def _contents(view: View) -> tuple[Int64, Int64 | None]:
    """Return all vectors of atoms ``[s, atoms]`` and what they are in increments ``[s, n]``."""
    problem = view.problem
    most = np.array([_most(view, atom) for atom in view.atoms], dtype=np.int64)
    if lattice_size(most) > _LATTICE_LIMIT:
        return most, None
    vectors = lattice_vectors(most)[1:]
    contents = np.zeros((vectors.shape[0], len(problem.lines)), dtype=np.int64)
    for index, atom in enumerate(view.atoms):
        for line in atom:
            each = int(problem.lines.demand[line]) if is_whole(view, atom) else 1
            contents[:, line] = vectors[:, index] * each
    return vectors, contents


def is_whole(view: View, atom: tuple[int, ...]) -> bool:
    """Whether the atom leaves one location in full or not at all."""
    grouped = len(atom) > 1 or int(view.problem.lines.group[atom[0]]) >= 0
    return grouped or not view.problem.limits.line_split


def _most(view: View, atom: tuple[int, ...]) -> int:
    """Return the most that one location could ship of the atom: 0 or 1 if whole."""
    members = list(atom)
    if is_whole(view, atom):
        enough = view.stock[members] >= view.problem.lines.demand[members, None]
        return int(enough.all(axis=0).any())
    return int(view.stock[atom[0]].max(initial=0))


def _allowed(view: View, contents: Int64) -> Bool:
    """Return bool ``[s, j]``: stock, capacity and eligibility allow it."""
    problem, limits = view.problem, view.problem.limits
    need = contents @ problem.lines.use
    fits = np.ones((contents.shape[0], problem.n_locations), dtype=np.bool_)
    for item in np.flatnonzero(need.any(axis=0)).tolist():
        fits &= need[:, item, None] <= problem.available[item]
    fits &= contents.sum(axis=1)[:, None] <= limits.location_units
    fits &= (contents > 0).sum(axis=1)[:, None] <= limits.location_lines
    refused = (contents > 0).astype(np.float32) @ (~view.usable).astype(np.float32)
    allowed: Bool = fits[:, problem.lanes.location] & (refused == 0)
    return allowed


def _values(
    view: View,
    evaluator: Evaluator,
    stages: tuple[Stage, ...],
    contents: Int64,
    allowed: Bool,
    budget: Budget,
) -> Int64 | None:
    """Return int64 ``[stages, s, j]``; meaningless where not allowed."""
    cost: Int64 | None = np.zeros(0, dtype=np.int64)
    if any(stage.tier.counts_cost for stage in stages):
        cost = _cost_minor(view, evaluator, contents, allowed, budget)
    if cost is None:
        return None
    values = np.zeros((len(stages), *allowed.shape), dtype=np.int64)
    for index, stage in enumerate(stages):
        tier = stage.tier
        if tier.shipment is not None:
            values[index] += tier.shipment
        if tier.unit is not None:
            values[index] += contents @ tier.unit
        if tier.counts_cost:
            values[index] += cost
    return values


def _cost_minor(
    view: View, evaluator: Evaluator, contents: Int64, allowed: Bool, budget: Budget
) -> Int64 | None:
    lanes = view.problem.lanes
    table = PostageTable(evaluator, view, contents, budget)
    cost = contents @ lanes.unit_minor + lanes.shipment_minor
    if lanes.line_minor.any():
        cost += (contents > 0).astype(np.int64) @ lanes.line_minor
    kinds = sorted(set(zip(lanes.tariff.tolist(), lanes.parcel_minor.tolist(), strict=True)))
    for tariff, parcel_minor in kinds:
        where = np.flatnonzero((lanes.tariff == tariff) & (lanes.parcel_minor == parcel_minor))
        wanted: Bool = np.asarray(allowed[:, where].any(axis=1))
        postage = table.cost_minor(tariff, parcel_minor, wanted)
        if postage is None or budget.left_s() <= 0:
            return None
        cost[:, where] += np.where(wanted, postage, 0)[:, None]
    return np.where(allowed, cost, NO_PRICE)


def _best_lanes(view: View, values: Int64, allowed: Bool) -> Int64:
    """Return int64 ``[s, l]``: the lane of least values at each location; -1 for none."""
    best = np.full((allowed.shape[0], view.problem.n_locations), -1, dtype=np.int64)
    rows = np.arange(allowed.shape[0])
    for lane, location in enumerate(view.problem.lanes.location.tolist()):
        current = best[:, location]
        better = allowed[:, lane] & (current < 0)
        undecided = allowed[:, lane] & (current >= 0)
        for stage in values:
            old = stage[rows, np.maximum(current, 0)]
            better |= undecided & (stage[:, lane] < old)
            undecided &= stage[:, lane] == old
        best[better, location] = lane
    return best


def _keep_best(
    view: View, vectors: Int64, contents: Int64, values: Int64, lane_of: Int64
) -> Columns | None:
    left = _totals(view) - vectors
    further = np.minimum(left.sum(axis=1), view.problem.limits.max_shipments - 1)
    kept = np.minimum((lane_of >= 0).sum(axis=1), further + 1)
    if kept.sum() > COLUMN_LIMIT:
        return None
    rows = np.arange(contents.shape[0])[:, None]
    by_location = values[:, rows, np.maximum(lane_of, 0)]
    order = np.lexsort((*by_location[::-1], lane_of < 0), axis=-1)
    rank = np.arange(lane_of.shape[1])
    row, position = np.nonzero(rank < kept[:, None])
    location = order[row, position]
    lane = lane_of[row, location]
    return Columns(lane, location, contents[row], values[:, row, lane])


def _totals(view: View) -> Int64:
    return np.array(
        [
            1 if is_whole(view, atom) else int(view.problem.lines.demand[atom[0]])
            for atom in view.atoms
        ],
        dtype=np.int64,
    )
