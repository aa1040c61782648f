"""Candidate allocations: open one lane after the other, each time the best by some measure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.greedy.book import Book, Contents, may_add_shipment
from allocation.optimize.greedy.fill import fill_lanes
from allocation.optimize.greedy.score import lexicographic_least, score_lanes

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

Measure = Callable[[Float64, Float64], Float64]
"""From change of the tiers ``[t, c]`` and share of the order filled ``[c]`` to rows to minimise."""


def by_coverage(change: Float64, filled: Float64) -> Float64:
    """Most of the order first; among equals the least change."""
    return np.vstack((-filled, change))


def by_rate(change: Float64, filled: Float64) -> Float64:
    """Least change per share of the order filled."""
    return change / filled


def by_change(change: Float64, _filled: Float64) -> Float64:
    """Least change, that is the greatest improvement."""
    return change


_CELLS_PER_EFFORT = 2_000

MEASURES: tuple[Measure, ...] = (by_coverage, by_rate, by_change)


def _quantities(taken: Int64) -> dict[int, int]:
    return {line: int(taken[line]) for line in np.flatnonzero(taken).tolist()}


class Builder:
    """Builds allocations of one problem; the view of the untouched order is shared."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._view = view = book.view
        self._start = self._look(view.problem.lines.demand, np.arange(len(view.problem.lanes)), 0)

    def _look(
        self, wanted: Int64, lanes: Int64, shipments: int
    ) -> tuple[Int64, Int64, Float64, Float64]:
        """Return lanes that can take something, their fill, change and share filled."""
        self._count_effort()
        fill = fill_lanes(self._view, wanted)[:, lanes]
        live = np.flatnonzero(fill.any(axis=0))
        lanes, fill = lanes[live], fill[:, live]
        change = score_lanes(self._view, lanes, fill, first=shipments == 0)
        filled = (fill / self._view.problem.lines.demand[:, None]).sum(axis=0)
        return lanes, fill, change, filled

    def _count_effort(self) -> None:
        self._book.effort += 2 + self._view.stock.size // _CELLS_PER_EFFORT

    def build(self, measure: Measure) -> Contents:
        """Open lanes by the measure until nothing more can be filled."""
        contents: Contents = {}
        location_of = self._view.problem.lanes.location
        wanted = self._view.problem.lines.demand.copy()
        lanes, fill, change, filled = self._start
        while lanes.size:
            pick = lexicographic_least(measure(change, filled))
            taken = fill[:, pick]
            location = int(location_of[lanes[pick]])
            contents[location] = {line: int(taken[line]) for line in np.flatnonzero(taken).tolist()}
            wanted = wanted - taken
            if not wanted.any() or not may_add_shipment(self._view, len(contents)):
                break
            others = lanes[location_of[lanes] != location]
            lanes, fill, change, filled = self._look(wanted, others, len(contents))
        return contents

    def best_single(self) -> Contents:
        """Return the one shipment that improves the order most; empty if none can be made."""
        lanes, fill, change, _ = self._start
        if not lanes.size:
            return {}
        if self._view.problem.limits.ship_complete:
            whole = np.flatnonzero((fill == self._view.problem.lines.demand[:, None]).all(axis=0))
            if not whole.size:
                return {}
            lanes, fill, change = lanes[whole], fill[:, whole], change[:, whole]
        pick = lexicographic_least(change)
        location = int(self._view.problem.lanes.location[lanes[pick]])
        return {
            location: {
                line: int(fill[line, pick]) for line in np.flatnonzero(fill[:, pick]).tolist()
            }
        }

    def other_homes(self, quantities: dict[int, int], closed_to: set[int], most: int) -> list[int]:
        """Return up to `most` further locations that could take a whole shipment, best first."""
        self._count_effort()
        view = self._view
        wanted = np.zeros(len(view.problem.lines), dtype=np.int64)
        for line, number in quantities.items():
            wanted[line] = number
        fill = fill_lanes(view, wanted)
        lanes = np.flatnonzero((fill == wanted[:, None]).all(axis=0))
        location_of = view.problem.lanes.location
        if closed_to:
            lanes = lanes[~np.isin(location_of[lanes], sorted(closed_to))]
        homes: list[int] = []
        change = score_lanes(view, lanes, fill[:, lanes], first=not closed_to)
        order = np.lexsort(change[::-1]) if lanes.size else lanes
        for lane in lanes[order[: 3 * most]].tolist():
            if int(location_of[lane]) not in homes:
                homes.append(int(location_of[lane]))
        return homes[:most]
