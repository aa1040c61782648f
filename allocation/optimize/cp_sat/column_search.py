"""Goal after goal over a column table: relax, rule columns out, decide the rest."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.api import Budget
from allocation.optimize.cp_sat.column_model import make_column_model
from allocation.optimize.cp_sat.columns import ColumnTable
from allocation.optimize.cp_sat.goal import Goal, make_goal
from allocation.optimize.cp_sat.relax import Relaxation, Relaxer
from allocation.optimize.cp_sat.search import Found, minimise
from allocation.optimize.cp_sat.tiers import Stage
from allocation.optimize.greedy.book import Contents
from allocation.optimize.greedy.bounds import tier_bounds

Bool = NDArray[np.bool_]

_COLUMN_LIMIT = 20_000
_SMALL = 800
_SHARE_FOR_SMALL = 0.2
_TIE_LIMIT = 4_000


@dataclass(slots=True)
class ColumnSearch:
    """State of the search.

    Attributes
    ----------
    table
        All columns.
    stages
        What to minimise.
    contents
        Best known; allowed. Nothing, if it is not in the table.
    live
        Columns that an optimal allocation may still use.
    done
        Goals with their proven minima.
    """

    table: ColumnTable
    stages: tuple[Stage, ...]
    contents: Contents
    live: Bool = field(init=False)
    done: list[tuple[Goal, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.live = self.table.lane_of >= 0
        if len(self.table.find(self.contents)) < len(self.contents):
            self.contents = {}

    def run(self, budget: Budget) -> Found:
        """Minimise every stage, or as many as time allows."""
        cheap = tier_bounds(self.table.view)
        for index, stage in enumerate(self.stages):
            goal = make_goal(self.table, stage, index)
            value = goal.value(self.table, self.contents)
            split = sum(other.index == stage.index for other in self.stages) > 1
            if split or value > cheap[stage.index]:
                bound = self._minimise(goal, budget)
                value = goal.value(self.table, self.contents)
                if bound < value:
                    return Found(None, tuple(proven for _, proven in self.done), bound)
            self.done.append((goal, value))
        self._break_ties(budget)
        return Found(None, tuple(proven for _, proven in self.done), None)

    def _minimise(self, goal: Goal, budget: Budget) -> int:
        """Improve `contents` and return a lower bound; equal to its value when proven."""
        relaxer = Relaxer(self.table, self.live, goal, tuple(self.done))
        relaxed = relaxer.relax(self.table.find(self.contents), budget)
        value = goal.value(self.table, self.contents)
        if relaxed.bound >= value:
            self.live = relaxed.survivors(value, self.live)
            return value
        survivors = relaxed.survivors(value, self.live)
        if np.count_nonzero(survivors) > _SMALL:
            now = budget.clock()
            short = replace(budget, deadline_s=now + _SHARE_FOR_SMALL * budget.left_s())
            self._decide(goal, relaxed, survivors, _SMALL, short)
            value = goal.value(self.table, self.contents)
            survivors = relaxed.survivors(value, self.live)
        bound = max(relaxed.bound, self._decide(goal, relaxed, survivors, _COLUMN_LIMIT, budget))
        value = goal.value(self.table, self.contents)
        self.live = relaxed.survivors(value, self.live)
        return min(bound, value)

    def _decide(
        self, goal: Goal, relaxed: Relaxation, survivors: Bool, most: int, budget: Budget
    ) -> int:
        """Choose among the most promising columns; return a bound over all survivors."""
        rows, locations = np.nonzero(survivors)
        left_out = goal.value(self.table, self.contents)
        if rows.size > most:
            least = relaxed.with_column[rows, locations]
            order = np.argsort(least, kind="stable")
            left_out = min(left_out, -(-int(least[order[most]]) // relaxed.scale))
            keep = np.sort(order[:most])
            rows, locations = rows[keep], locations[keep]
        built = make_column_model(self.table, rows, locations)
        for earlier, proven in self.done:
            built.model.add(built.form(earlier).expression() <= proven)
        hint = built.hint(self.contents)
        found = minimise(built.model, [built.form(goal)], None, hint, budget)
        if found.values is not None:
            contents = built.contents(found.values)
            if goal.value(self.table, contents) < goal.value(self.table, self.contents):
                self.contents = contents
        if found.proven:
            return min(found.proven[0], left_out)
        return relaxed.bound if found.bound is None else min(found.bound, left_out)

    def _break_ties(self, budget: Budget) -> None:
        """Among equals prefer lower locations, if few columns are left to look at."""
        rows, locations = np.nonzero(self.live)
        if not 0 < rows.size <= _TIE_LIMIT:
            return
        built = make_column_model(self.table, rows, locations)
        for goal, proven in self.done:
            built.model.add(built.form(goal).expression() <= proven)
        found = minimise(built.model, [], built.rank_form(), built.hint(self.contents), budget)
        if found.values is not None:
            self.contents = built.contents(found.values)
