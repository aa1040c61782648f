"""The linear pieces of one stage over columns, in integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.cp_sat.columns import ColumnTable, is_whole
from allocation.optimize.cp_sat.tiers import Stage, greatest_total
from allocation.optimize.greedy.book import Contents

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """value = sum of chosen columns + unfilled . u - further x [anything ships].

    Attributes
    ----------
    columns
        int64 ``[s, l]``: of a column, its share of the extra shipment penalty included.
    unfilled
        int64 ``[atoms]``: per unit left.
    further
        Extra shipment penalty, which the first shipment does not pay.
    greatest
        No allocation's value is further from 0.
    """

    columns: Int64
    unfilled: Int64
    further: int
    greatest: int

    def value(self, table: ColumnTable, contents: Contents) -> int:
        """Return the exact value of known contents."""
        left = table.totals.copy()
        total = 0
        for row, location in table.find(contents):
            total += int(self.columns[row, location])
            left -= table.vectors[row]
        penalty = sum(int(a) * int(b) for a, b in zip(self.unfilled, left, strict=True))
        return total + penalty - (self.further if contents else 0)


def make_goal(table: ColumnTable, stage: Stage, index: int) -> Goal:
    """Return the goal of stage number `index`."""
    problem, tier = table.view.problem, stage.tier
    further = problem.extra_shipment_minor if tier.counts_cost else 0
    unfilled = np.zeros(len(table.view.atoms), dtype=np.int64)
    for position, atom in enumerate(table.view.atoms):
        for line in atom:
            each = int(problem.lines.demand[line]) if is_whole(table.view, atom) else 1
            if tier.unfilled is not None:
                unfilled[position] += int(tier.unfilled[line]) * each
            if tier.counts_cost:
                unfilled[position] += int(problem.unfilled_minor[line]) * each
    columns = table.values[index] + further
    return Goal(columns, unfilled, further, greatest_total(problem, tier))
