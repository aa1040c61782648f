"""Search among sifted columns: improve the best known allocation, prove it where possible."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat_column_search import ColumnSearch
from allocation.optimize.cp_sat_columns import is_whole
from allocation.optimize.cp_sat_enumerate import enumerate_shipments, units_by_lane
from allocation.optimize.cp_sat_search import Found
from allocation.optimize.cp_sat_sift import NO_BOUND, Sieve, make_linear_goal
from allocation.optimize.cp_sat_sifted_table import table_of
from allocation.optimize.cp_sat_tiers import Stage
from allocation.optimize.greedy_book import Book, Contents
from allocation.optimize.greedy_bounds import tier_bounds
from allocation.optimize.greedy_view import View

Int64 = NDArray[np.int64]

_SHARE_FOR_RELAXATION = 0.4
_SHARE_FOR_POOL = 0.4
_LAST_STATES = 60_000
_LAST_COLUMNS = 20_000
_MOST_UNITS = 400


@dataclass(slots=True)
class SiftedSearch:
    """State of the search.

    Attributes
    ----------
    book
        Values allocations.
    stages
        One per tier of the problem.
    contents
        Best known; allowed.
    """

    book: Book
    stages: tuple[Stage, ...]
    contents: Contents

    def run(self, budget: Budget) -> Found:
        """Improve `contents`; return what is proven of all allowed allocations."""
        values = self._values()
        cheap = tier_bounds(self.book.view)
        open_stages = [number for number, value in enumerate(values) if value > cheap[number]]
        if not open_stages:
            return Found(None, values, None)
        first = open_stages[0]
        proven = values[:first]
        view = self.book.view
        goals = [make_linear_goal(view, stage) for stage in self.stages[: first + 1]]
        sieve = Sieve(
            view, goals[first], tuple(zip(goals[:first], proven, strict=True)), *self._start()
        )
        bound, scale, reduced = sieve.price_in(_part(budget, _SHARE_FOR_RELAXATION))
        self._search(sieve.lane, sieve.vectors, _part(budget, _SHARE_FOR_POOL))
        value = self._values()[first]
        least = -(-bound // scale)
        if bound == NO_BOUND or budget.left_s() <= 0:
            return Found(None, proven, None if bound == NO_BOUND else least)
        found = enumerate_shipments(view, reduced, value * scale - bound, _LAST_STATES)
        if not found.complete or found.lane.size > _LAST_COLUMNS or budget.left_s() <= 0:
            return Found(None, proven, least)
        lane = np.concatenate((found.lane, sieve.lane))
        vectors = np.concatenate((found.vectors, sieve.vectors))
        final, exact = self._search(lane, vectors, budget)
        if not exact or final is None:
            return Found(None, proven, least)
        if len(final.proven) <= first:
            return Found(None, proven, max(least, final.bound or least))
        return final

    def _values(self) -> tuple[int, ...]:
        values = self.book.values(self.contents)
        if values is None:
            raise ValueError(f"not an allowed allocation: {self.contents}")
        return values

    def _search(self, lane: Int64, vectors: Int64, budget: Budget) -> tuple[Found | None, bool]:
        """Choose among shipments; say whether all of them had an exact price."""
        made = table_of(self.book, self.stages, lane, vectors, budget)
        if made is None:
            return None, False
        table, exact = made
        search = ColumnSearch(table, self.stages, self.contents)
        found = search.run(budget)
        values = self.book.values(search.contents)
        if values is not None and values <= self._values():
            self.contents = search.contents
        return found, exact

    def _start(self) -> tuple[Int64, Int64]:
        """Return the best known shipments."""
        view = self.book.view
        lanes: list[int] = []
        rows: list[Int64] = []
        for location, quantities in sorted(self.contents.items()):
            shipment = self.book.shipment(location, quantities)
            if shipment is None:
                continue
            row = np.zeros(len(view.atoms), dtype=np.int64)
            for index, atom in enumerate(view.atoms):
                number = quantities.get(atom[0], 0)
                row[index] = min(number, 1) if is_whole(view, atom) else number
            lanes.append(shipment[1])
            rows.append(row)
        vectors = np.array(rows, dtype=np.int64).reshape(len(rows), len(view.atoms))
        return np.array(lanes, dtype=np.int64), vectors


def can_sift(view: View, stages: tuple[Stage, ...]) -> bool:
    """Whether there is one stage per tier, and few enough units to add one by one."""
    units = [int(units_by_lane(view, atom).max(initial=0)) for atom in view.atoms]
    return len(stages) == len(view.problem.tiers) and sum(units) <= _MOST_UNITS


def _part(budget: Budget, share: float) -> Budget:
    now = budget.clock()
    return replace(budget, deadline_s=now + share * budget.left_s())
