"""Choose columns in whole numbers: every line once, every location at most once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from allocation.optimize.cp_sat.columns import ColumnTable
from allocation.optimize.cp_sat.goal import Goal
from allocation.optimize.cp_sat.search import Linear
from allocation.optimize.greedy.book import Contents

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnModel:
    """A set-partitioning model over some columns of a table.

    Attributes
    ----------
    rows, locations
        int64 ``[c]``: the columns.
    chosen
        One boolean per column.
    unfilled
        Per atom, units left.
    any_shipment
        Whether anything ships.
    """

    table: ColumnTable
    rows: Int64
    locations: Int64
    model: cp_model.CpModel
    chosen: tuple[cp_model.IntVar, ...]
    unfilled: tuple[cp_model.IntVar, ...]
    any_shipment: cp_model.IntVar

    def form(self, goal: Goal) -> Linear:
        """Return a goal in the model's variables."""
        amounts = [
            *goal.columns[self.rows, self.locations].tolist(),
            *goal.unfilled.tolist(),
            -goal.further,
        ]
        variables = [*self.chosen, *self.unfilled, self.any_shipment]
        used = [pair for pair in zip(variables, amounts, strict=True) if pair[1]]
        return Linear(tuple(variable for variable, _ in used), tuple(amount for _, amount in used))

    def rank_form(self) -> Linear:
        """Return what prefers lower locations: increments times location."""
        weight = self.locations * self.table.contents[self.rows].sum(axis=1)
        return Linear(self.chosen, tuple(weight.tolist()))

    def hint(self, contents: Contents) -> dict[int, int]:
        """Return a full hint for known contents, if all their columns are in the model."""
        wanted = set(self.table.find(contents))
        left = self.table.totals - sum(
            (self.table.vectors[row] for row, _ in wanted), start=np.zeros_like(self.table.totals)
        )
        hint = {
            variable.index: int((row, location) in wanted)
            for variable, row, location in zip(
                self.chosen, self.rows.tolist(), self.locations.tolist(), strict=True
            )
        }
        hint |= {
            variable.index: int(number)
            for variable, number in zip(self.unfilled, left, strict=True)
        }
        return hint | {self.any_shipment.index: int(bool(contents))}

    def contents(self, values: list[int]) -> Contents:
        """Return what a solution ships from where."""
        return {
            int(self.locations[column]): self.table.quantities(int(self.rows[column]))
            for column, variable in enumerate(self.chosen)
            if values[variable.index]
        }


def make_column_model(table: ColumnTable, rows: Int64, locations: Int64) -> ColumnModel:
    """Build the constraints over the given columns."""
    model = cp_model.CpModel()
    chosen = tuple(model.new_bool_var("") for _ in range(rows.size))
    any_shipment = model.new_bool_var("")
    unfilled = _add_demand(table, rows, model, chosen)
    for location in np.unique(locations).tolist():
        members = np.flatnonzero(locations == location).tolist()
        if len(members) > 1:
            model.add_at_most_one(chosen[column] for column in members)
    count = cp_model.LinearExpr.sum(chosen)
    limits = table.view.problem.limits
    most = min(limits.max_shipments, max(1, np.unique(locations).size))
    model.add(count >= any_shipment)
    model.add(count <= most * any_shipment)
    poor = [chosen[column] for column in _too_small(table, rows).tolist()]
    if poor:
        model.add(count + (most - 1) * cp_model.LinearExpr.sum(poor) <= most)
    if limits.ship_complete:
        for variable in unfilled:
            model.add(variable == 0).only_enforce_if(any_shipment)
    return ColumnModel(table, rows, locations, model, chosen, unfilled, any_shipment)


def _add_demand(
    table: ColumnTable,
    rows: Int64,
    model: cp_model.CpModel,
    chosen: tuple[cp_model.IntVar, ...],
) -> tuple[cp_model.IntVar, ...]:
    unfilled = []
    for atom, total in enumerate(table.totals.tolist()):
        left = model.new_int_var(0, total, "")
        units = table.vectors[rows, atom]
        carries = np.flatnonzero(units)
        shipped = cp_model.LinearExpr.weighted_sum(
            [chosen[column] for column in carries.tolist()], units[carries].tolist()
        )
        model.add(shipped + left == total)
        unfilled.append(left)
    return tuple(unfilled)


def _too_small(table: ColumnTable, rows: Int64) -> Int64:
    """Return the columns that may not be one of several shipments."""
    limits = table.view.problem.limits
    contents = table.contents[rows]
    value = contents @ table.view.problem.lines.value_minor
    small = value < limits.min_shipment_minor
    small |= contents.sum(axis=1) < limits.min_shipment_units
    return np.flatnonzero(small)
