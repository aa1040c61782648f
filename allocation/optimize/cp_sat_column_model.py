"""Choose columns: every line once, every location at most once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from allocation.optimize.cp_sat_columns import Columns, is_whole
from allocation.optimize.cp_sat_search import Linear
from allocation.optimize.cp_sat_tiers import Stage
from allocation.optimize.greedy_book import Contents
from allocation.optimize.greedy_view import View

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class ColumnModel:
    """A set-partitioning model over columns.

    Attributes
    ----------
    model
        Its constraints.
    chosen
        One boolean per column.
    unfilled
        Per line, what is left; lines that move together share one.
    each
        Per line, increments in one unit of `unfilled`.
    any_shipment
        Whether anything ships.
    """

    view: View
    columns: Columns
    model: cp_model.CpModel
    chosen: tuple[cp_model.IntVar, ...]
    unfilled: tuple[cp_model.IntVar, ...]
    each: tuple[int, ...]
    any_shipment: cp_model.IntVar

    def form(self, stage: Stage, index: int) -> Linear:
        """Return what stage number `index` minimises."""
        problem, tier = self.view.problem, stage.tier
        amounts = self.columns.values[index].tolist()
        coefficients = list(amounts)
        constant = 0
        if tier.counts_cost and problem.extra_shipment_minor:
            coefficients = [amount + problem.extra_shipment_minor for amount in amounts]
        variables = [*self.chosen, *self.unfilled, self.any_shipment]
        for line, each in enumerate(self.each):
            rate = 0 if tier.unfilled is None else int(tier.unfilled[line])
            rate += int(problem.unfilled_minor[line]) if tier.counts_cost else 0
            coefficients.append(rate * each)
        coefficients.append(-problem.extra_shipment_minor if tier.counts_cost else 0)
        used = [pair for pair in zip(variables, coefficients, strict=True) if pair[1]]
        return Linear(
            tuple(variable for variable, _ in used), tuple(number for _, number in used), constant
        )

    def rank_form(self) -> Linear:
        """Return what prefers lower locations: increments times location."""
        weight = self.columns.location * self.columns.contents.sum(axis=1)
        return Linear(self.chosen, tuple(weight.tolist()))

    def hint(self, contents: Contents) -> dict[int, int]:
        """Return a hint for known contents; columns that were left out stay out."""
        wanted = {(location, tuple(sorted(lines.items()))) for location, lines in contents.items()}
        hint = {}
        for column, variable in enumerate(self.chosen):
            hint[variable.index] = int((self._location(column), self._lines(column)) in wanted)
        hint[self.any_shipment.index] = int(bool(contents))
        return hint

    def contents(self, values: list[int]) -> Contents:
        """Return what a solution ships from where."""
        return {
            self._location(column): dict(self._lines(column))
            for column, variable in enumerate(self.chosen)
            if values[variable.index]
        }

    def _location(self, column: int) -> int:
        return int(self.columns.location[column])

    def _lines(self, column: int) -> tuple[tuple[int, int], ...]:
        row = self.columns.contents[column]
        return tuple((line, int(row[line])) for line in np.flatnonzero(row).tolist())


def make_column_model(view: View, columns: Columns) -> ColumnModel:
    """Build the constraints."""
    model = cp_model.CpModel()
    chosen = tuple(model.new_bool_var("") for _ in range(len(columns)))
    any_shipment = model.new_bool_var("")
    unfilled, each = _add_demand(view, columns, model, chosen)
    _add_once_per_location(columns, model, chosen)
    count = cp_model.LinearExpr.sum(chosen)
    most = min(view.problem.limits.max_shipments, view.problem.n_locations)
    model.add(count >= any_shipment)
    model.add(count <= most * any_shipment)
    _add_least_shipment(view, columns, model, chosen, most)
    if view.problem.limits.ship_complete:
        for variable in unfilled:
            model.add(variable == 0).only_enforce_if(any_shipment)
    return ColumnModel(view, columns, model, chosen, tuple(unfilled), tuple(each), any_shipment)


def _add_demand(
    view: View, columns: Columns, model: cp_model.CpModel, chosen: tuple[cp_model.IntVar, ...]
) -> tuple[list[cp_model.IntVar], list[int]]:
    demand = view.problem.lines.demand.tolist()
    by_line: dict[int, cp_model.IntVar] = {}
    each = [1] * len(demand)
    for atom in view.atoms:
        first = atom[0]
        whole = is_whole(view, atom)
        total = 1 if whole else demand[first]
        left = model.new_int_var(0, total, "")
        carries = np.flatnonzero(columns.contents[:, first])
        amounts = np.ones_like(carries) if whole else columns.contents[carries, first]
        shipped = cp_model.LinearExpr.weighted_sum(
            [chosen[column] for column in carries.tolist()], amounts.tolist()
        )
        model.add(shipped + left == total)
        for line in atom:
            by_line[line] = left
            each[line] = demand[line] if whole else 1
    return [by_line[line] for line in range(len(demand))], each


def _add_once_per_location(
    columns: Columns, model: cp_model.CpModel, chosen: tuple[cp_model.IntVar, ...]
) -> None:
    for location in np.unique(columns.location).tolist():
        members = np.flatnonzero(columns.location == location).tolist()
        if len(members) > 1:
            model.add_at_most_one(chosen[column] for column in members)


def _add_least_shipment(
    view: View,
    columns: Columns,
    model: cp_model.CpModel,
    chosen: tuple[cp_model.IntVar, ...],
    most: int,
) -> None:
    limits = view.problem.limits
    value = columns.contents @ view.problem.lines.value_minor
    units = columns.contents.sum(axis=1)
    small = (value < limits.min_shipment_minor) | (units < limits.min_shipment_units)
    poor = [chosen[column] for column in np.flatnonzero(small).tolist()]
    if poor:
        count = cp_model.LinearExpr.sum(chosen)
        model.add(count + (most - 1) * cp_model.LinearExpr.sum(poor) <= most)
