"""Columns: everything each location could ship, at its least values, as one dense table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.cp_sat.postage import PostageTable
from allocation.optimize.cp_sat.tiers import Stage, TooLargeError
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy.book import Contents
from allocation.optimize.greedy.view import View
from routing.parcels.lattice import lattice_size, lattice_vectors
from routing.rating.tariff import NO_PRICE

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

_CELL_LIMIT = 3_000_000
_LATTICE_LIMIT = 16_384
_SECONDS_PER_CELL = 6e-8


@dataclass(frozen=True, slots=True, eq=False)
class ColumnTable:
    """All contents ``s`` of one shipment by all locations ``l``.

    A location ships once, and its stock and capacity depend on this one shipment
    alone, so that the lane of least values is the only one worth keeping.

    Attributes
    ----------
    view
        Of the problem.
    vectors
        int64 ``[s, atoms]``: units of each atom, never all 0.
    contents
        int64 ``[s, n]``: the same in increments of each line.
    totals
        int64 ``[atoms]``: units ordered.
    lane_of
        int64 ``[s, l]``: best lane; -1 where the location cannot ship it.
    values
        int64 ``[stages, s, l]``: exact; meaningless where it cannot.
    """

    view: View
    vectors: Int64
    contents: Int64
    totals: Int64
    lane_of: Int64
    values: Int64

    def find(self, contents: Contents) -> list[tuple[int, int]]:
        """Return (row, location) of the shipments of known contents; unknown ones are left out."""
        found = []
        for location, quantities in sorted(contents.items()):
            row = np.zeros(self.contents.shape[1], dtype=np.int64)
            row[list(quantities)] = list(quantities.values())
            rows = np.flatnonzero((self.contents == row).all(axis=1))
            if rows.size and self.lane_of[rows[0], location] >= 0:
                found.append((int(rows[0]), location))
        return found

    def quantities(self, row: int) -> dict[int, int]:
        """Return line to increments of one row."""
        counts = self.contents[row]
        return {line: int(counts[line]) for line in np.flatnonzero(counts).tolist()}


def make_columns(
    view: View, evaluator: Evaluator, stages: tuple[Stage, ...], budget: Budget
) -> ColumnTable:
    """Return the table.

    Raises
    ------
    TooLargeError
        If it would be too large, or too slow to price exactly.
    OutOfTimeError
        If the budget ends before the table stands.
    """
    totals = np.array([_total(view, atom) for atom in view.atoms], dtype=np.int64)
    most = np.array([_most(view, atom) for atom in view.atoms], dtype=np.int64)
    size = lattice_size(most)
    if size > _LATTICE_LIMIT or size * max(1, len(view.problem.lanes)) > _CELL_LIMIT:
        raise TooLargeError(f"{size} contents of one shipment are too many to list")
    if size * len(view.problem.lanes) * _SECONDS_PER_CELL > budget.left_s():
        raise OutOfTimeError
    vectors = lattice_vectors(most)[1:]
    contents = _contents(view, vectors)
    allowed = _allowed(view, contents)
    budget.check()
    values = _values(view, evaluator, stages, contents, allowed, budget)
    budget.check()
    lane_of = _best_lanes(view, values, allowed)
    rows = np.arange(lane_of.shape[0])[:, None]
    best = values[:, rows, np.maximum(lane_of, 0)]
    return ColumnTable(view, vectors, contents, totals, lane_of, best)


def is_whole(view: View, atom: tuple[int, ...]) -> bool:
    """Whether the atom leaves one location in full or not at all."""
    grouped = len(atom) > 1 or int(view.problem.lines.group[atom[0]]) >= 0
    return grouped or not view.problem.limits.line_split


def _total(view: View, atom: tuple[int, ...]) -> int:
    return 1 if is_whole(view, atom) else int(view.problem.lines.demand[atom[0]])


def _most(view: View, atom: tuple[int, ...]) -> int:
    """Return the most units that one location could ship of the atom."""
    members = list(atom)
    if is_whole(view, atom):
        enough = view.stock[members] >= view.problem.lines.demand[members, None]
        return int(enough.all(axis=0).any())
    return int(view.stock[atom[0]].max(initial=0))


def _contents(view: View, vectors: Int64) -> Int64:
    problem = view.problem
    contents = np.zeros((vectors.shape[0], len(problem.lines)), dtype=np.int64)
    for index, atom in enumerate(view.atoms):
        for line in atom:
            each = int(problem.lines.demand[line]) if is_whole(view, atom) else 1
            contents[:, line] = vectors[:, index] * each
    return contents


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
) -> Int64:
    """Return int64 ``[stages, s, j]``; meaningless where not allowed."""
    cost: Int64 = np.zeros(allowed.shape, dtype=np.int64)
    if any(stage.tier.counts_cost for stage in stages):
        cost = _cost_minor(view, evaluator, contents, allowed, budget)
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
) -> Int64:
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
        if budget.left_s() <= 0:
            raise OutOfTimeError
        if postage is None:
            raise TooLargeError("some shipments are too large to pack exactly")
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
        for stage in values if undecided.any() else ():
            old = stage[rows, np.maximum(current, 0)]
            better |= undecided & (stage[:, lane] < old)
            undecided &= stage[:, lane] == old
        best[better, location] = lane
    return best
