"""Cheapest parcels of many contents on one tariff at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy.view import View, piece_price_minor
from routing.parcels.lattice import cheapest_partition, lattice_size, lattice_vectors
from routing.parcels.packing import parcel_cost_minor
from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.tariff import NO_PRICE, Tariff

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]

_LATTICE_LIMIT = 1_024
_MOST_SINGLE_PACKINGS = 2_000
_CHECK_TIME_EVERY = 32


@dataclass(frozen=True, slots=True, eq=False)
class PostageTable:
    """Prices parcels of contents ``[s, n]`` (increments of each line).

    Attributes
    ----------
    evaluator, view
        Of the problem.
    contents
        int64 ``[s, n]``.
    budget
        When to give up.
    """

    evaluator: Evaluator
    view: View
    contents: Int64
    budget: Budget

    def cost_minor(self, tariff_index: int, parcel_minor: int, wanted: Bool) -> Int64 | None:
        """Return int64 ``[s]``: least cost of the parcels; ``NO_PRICE`` where not wanted.

        ``None`` if some cannot be proven cheapest with reasonable effort. Everything
        wanted must be carried on the tariff.
        """
        rows = np.flatnonzero(wanted)
        result = np.full(wanted.size, NO_PRICE, dtype=np.int64)
        problem = self.view.problem
        tariff = problem.lanes.tariffs[tariff_index]
        contents = self.contents[rows]
        cost = contents @ alone_minor(self.view, tariff_index, parcel_minor)
        weight, volume = contents @ self.view.weight_ug, contents @ self.view.volume_nl
        shares = np.flatnonzero((self._shared_pieces() @ contents.T) > 0)
        if tariff.packagings:
            return self._packaged(tariff_index, parcel_minor, rows, result)
        one = parcel_cost_minor(tariff, parcel_minor, weight[shares], volume[shares])
        proven = _one_is_cheapest(tariff, parcel_minor, weight[shares], volume[shares], one)
        cost[shares[proven]] += one[proven]
        heavy = shares[~proven]
        if heavy.size:
            parcels = self._several(tariff_index, parcel_minor, contents[heavy])
            if parcels is None:
                return None
            cost[heavy] += parcels
        result[rows] = cost
        return result

    def _packaged(
        self, tariff_index: int, parcel_minor: int, rows: Int64, result: Int64
    ) -> Int64 | None:
        """Pack every content for real: no step of such a tariff is a price."""
        contents = self.contents[rows]
        parcels = self._one_by_one(tariff_index, parcel_minor, contents)
        if parcels is None:
            return None
        result[rows] = parcels + contents @ alone_minor(self.view, tariff_index, parcel_minor)
        return result

    def _shared_pieces(self) -> Int64:
        pieces = self.view.problem.pieces
        count = np.zeros(len(self.view.problem.lines), dtype=np.int64)
        np.add.at(count, pieces.line, np.where(pieces.alone, 0, pieces.per_increment))
        return count

    def _several(self, tariff_index: int, parcel_minor: int, contents: Int64) -> Int64 | None:
        pieces = self.view.problem.pieces
        shared = np.flatnonzero(~pieces.alone)
        counts = contents[:, pieces.line[shared]] * pieces.per_increment[shared]
        most = counts.max(axis=0)
        tariff = self.view.problem.lanes.tariffs[tariff_index]
        if lattice_size(most) <= _LATTICE_LIMIT:
            vectors = lattice_vectors(most)
            each = parcel_cost_minor(
                tariff,
                parcel_minor,
                vectors @ pieces.weight_ug[shared],
                vectors @ pieces.volume_nl[shared],
            )
            best = cheapest_partition(vectors, each)
            several: Int64 = best[np.ravel_multi_index(tuple(counts.T), tuple(most + 1))]
            return several
        return self._one_by_one(tariff_index, parcel_minor, contents)

    def _one_by_one(self, tariff_index: int, parcel_minor: int, contents: Int64) -> Int64 | None:
        if contents.shape[0] > _MOST_SINGLE_PACKINGS:
            return None
        lanes = self.view.problem.lanes
        same = (lanes.tariff == tariff_index) & (lanes.parcel_minor == parcel_minor)
        lane = int(np.flatnonzero(same)[0])
        alone = contents @ alone_minor(self.view, tariff_index, parcel_minor)
        cost = np.empty(contents.shape[0], dtype=np.int64)
        for row, line_counts in enumerate(contents):
            if row % _CHECK_TIME_EVERY == 0 and self.budget.left_s() <= 0:
                return None
            lines = np.flatnonzero(line_counts).tolist()
            packing = self.evaluator.packing(
                lane, tuple((line, int(line_counts[line])) for line in lines)
            )
            if packing is None or not packing.exact:
                return None
            cost[row] = packing.cost_minor - alone[row]
        return cost


def alone_minor(view: View, tariff_index: int, parcel_minor: int) -> Int64:
    """Return int64 ``[n]``: parcels of what travels alone in one increment of each line.

    Meaningless for lines that the tariff does not carry.
    """
    pieces = view.problem.pieces
    cost = np.zeros(len(view.problem.lines), dtype=np.int64)
    if not pieces.alone.any():
        return cost
    price = piece_price_minor(view.problem, view.rates)[:, tariff_index]
    for piece in np.flatnonzero(pieces.alone & (price < NO_PRICE)).tolist():
        each = int(price[piece]) + parcel_minor
        cost[pieces.line[piece]] += pieces.per_increment[piece] * each
    return cost


def _one_is_cheapest(
    tariff: Tariff, parcel_minor: int, weight_ug: Int64, volume_nl: Int64, one: Int64
) -> Bool:
    """Say where one parcel at the cost `one` is certainly the cheapest way."""
    fewest = np.maximum(1, -(-weight_ug // tariff.max_weight_ug))
    least = np.maximum(fluid_bound_minor(tariff, weight_ug), tariff.price_minor.min())
    meets: Bool = one <= least + parcel_minor * fewest
    light = weight_ug <= tariff.subadditive_below_ug
    if tariff.dimensional is not None:
        light &= volume_nl <= tariff.dimensional.threshold_nl
    priced: Bool = one < NO_PRICE
    return priced & (meets | light)
