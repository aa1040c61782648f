"""A column table of listed shipments, each at its exact values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat_columns import ColumnTable, is_whole
from allocation.optimize.cp_sat_sift import totals_of
from allocation.optimize.cp_sat_tiers import Stage
from allocation.optimize.greedy_book import Book

Int64 = NDArray[np.int64]

_CELL_LIMIT = 8_000_000
_CHECK_TIME_EVERY = 16


def table_of(
    book: Book, stages: tuple[Stage, ...], lane: Int64, vectors: Int64, budget: Budget
) -> tuple[ColumnTable, bool] | None:
    """Price the listed shipments that are allowed, on the lane given or a better one.

    Returns
    -------
    tuple or None
        The table, and whether every packing in it is proven cheapest; ``None`` if time
        ran out or the table would be too large.
    """
    view = book.view
    distinct, row_of = np.unique(vectors, axis=0, return_inverse=True)
    contents = _contents(book, distinct)
    locations = view.problem.lanes.location[lane].astype(np.int64)
    if distinct.shape[0] * view.problem.n_locations * len(stages) > _CELL_LIMIT:
        return None
    lane_of = np.full((distinct.shape[0], view.problem.n_locations), -1, dtype=np.int64)
    values = np.zeros((len(stages), *lane_of.shape), dtype=np.int64)
    pairs = sorted(set(zip(row_of.ravel().tolist(), locations.tolist(), strict=True)))
    exact = True
    for number, (row, location) in enumerate(pairs):
        if number % _CHECK_TIME_EVERY == 0 and budget.left_s() <= 0:
            return None
        quantities = {
            line: int(contents[row, line]) for line in np.flatnonzero(contents[row]).tolist()
        }
        if not book.has_room(location, quantities):
            continue
        found = book.shipment(location, quantities)
        if found is None:
            continue
        lane_of[row, location] = found[1]
        values[:, row, location] = found[0]
        exact = exact and _is_exact(book, location, quantities)
    return ColumnTable(view, distinct, contents, totals_of(view), lane_of, values), exact


def _is_exact(book: Book, location: int, quantities: dict[int, int]) -> bool:
    """Whether all packings that were compared are proven, so that the best one is."""
    key = tuple(sorted(quantities.items()))
    lanes = (
        lane
        for lane in book.lanes_of(location)
        if all(book.view.usable[line, lane] for line in quantities)
    )
    packings = [book.evaluator.packing(lane, key) for lane in lanes]
    return all(packing is None or packing.exact for packing in packings)


def _contents(book: Book, vectors: Int64) -> Int64:
    problem = book.view.problem
    contents = np.zeros((vectors.shape[0], len(problem.lines)), dtype=np.int64)
    for index, atom in enumerate(book.view.atoms):
        for line in atom:
            each = int(problem.lines.demand[line]) if is_whole(book.view, atom) else 1
            contents[:, line] = vectors[:, index] * each
    return contents
