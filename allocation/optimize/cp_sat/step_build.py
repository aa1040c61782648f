"""Build the model over quantities, parcels and weight steps."""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from allocation.optimize.api import Budget, OutOfTimeError
from allocation.optimize.cp_sat.columns import is_whole
from allocation.optimize.cp_sat.lanes import worthwhile_lanes
from allocation.optimize.cp_sat.parcel_model import Load, add_parcels, check_amounts
from allocation.optimize.cp_sat.step_model import StepModel
from allocation.optimize.cp_sat.tiers import Stage, TooLargeError
from allocation.optimize.greedy.view import View

_VARIABLE_LIMIT = 150_000


def make_step_model(view: View, stages: tuple[Stage, ...], budget: Budget) -> StepModel:
    """Build variables and constraints.

    Raises
    ------
    TooLargeError
        If there would be too many variables or parcels, weights too large to add, or
        tariffs with packagings, which weight steps cannot say.
    OutOfTimeError
        If the budget ends before the model stands.
    """
    check_amounts(view)
    if any(tariff.packagings for tariff in view.problem.lanes.tariffs):
        raise TooLargeError("packagings are not a matter of weight steps")
    model = cp_model.CpModel()
    lanes = worthwhile_lanes(view, stages)
    ships = {lane: model.new_bool_var("") for lane in lanes}
    built = StepModel(view, model, ships, model.new_bool_var(""))
    for atom in view.atoms:
        _check_time(budget)
        _add_atom(built, atom)
    _add_shipments(built)
    _add_stock(built)
    _add_capacity(built)
    _add_carried(built)
    _add_plan_limits(built)
    if any(stage.tier.counts_cost for stage in stages):
        for lane in lanes:
            _check_time(budget)
            built.parcels[lane] = add_parcels(model, view, lane, ships[lane], _loads(built, lane))
            if len(model.proto.variables) > _VARIABLE_LIMIT:
                raise TooLargeError(f"more than {_VARIABLE_LIMIT} variables")
    return built


def _check_time(budget: Budget) -> None:
    if budget.left_s() <= 0:
        raise OutOfTimeError


def _add_atom(built: StepModel, atom: tuple[int, ...]) -> None:
    view, model, first = built.view, built.model, atom[0]
    demand = view.problem.lines.demand
    whole = is_whole(view, atom)
    total = 1 if whole else int(demand[first])
    left = model.new_int_var(0, total, "")
    for lane, ships in built.ships.items():
        stock = view.stock[list(atom), lane]
        most = int((stock >= demand[list(atom)]).all()) if whole else int(stock[0])
        if most:
            variable = model.new_int_var(0, most, "")
            built.taken[first, lane] = variable
            model.add(variable <= most * ships)
    variables = [built.taken[first, lane] for lane in built.ships if (first, lane) in built.taken]
    model.add(cp_model.LinearExpr.sum(variables) + left == total)
    built.unfilled[first] = left


def _by_location(built: StepModel) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for lane in built.ships:
        found.setdefault(int(built.view.problem.lanes.location[lane]), []).append(lane)
    return found


def _add_shipments(built: StepModel) -> None:
    """Let a location use one lane at most, and a lane that ships carry something."""
    for lanes in _by_location(built).values():
        if len(lanes) > 1:
            built.model.add_at_most_one(built.ships[lane] for lane in lanes)
    for lane, ships in built.ships.items():
        carried = cp_model.LinearExpr.sum([variable for _, variable in built.on_lane(lane)])
        built.model.add(carried >= ships)


def _add_stock(built: StepModel) -> None:
    """Lines that share an item share its stock, whichever lane the location uses."""
    problem = built.view.problem
    for location, lanes in _by_location(built).items():
        for item in np.flatnonzero((problem.lines.use > 0).sum(axis=0) > 1).tolist():
            terms = [
                (variable, each * int(problem.lines.use[line, item]))
                for lane in lanes
                for line, variable, each in built.increments(lane)
                if problem.lines.use[line, item]
            ]
            if terms:
                total = cp_model.LinearExpr.weighted_sum(
                    [term[0] for term in terms], [term[1] for term in terms]
                )
                built.model.add(total <= int(problem.available[item, location]))


def _add_capacity(built: StepModel) -> None:
    limits = built.view.problem.limits
    ordered = int(built.view.problem.lines.demand.sum())
    for lane in built.ships:
        location = int(built.view.problem.lanes.location[lane])
        units = [(variable, each) for _, variable, each in built.increments(lane)]
        if limits.location_units[location] < ordered:
            built.model.add(
                cp_model.LinearExpr.weighted_sum([t[0] for t in units], [t[1] for t in units])
                <= int(limits.location_units[location])
            )


def _add_carried(built: StepModel) -> None:
    """Add whether a line is carried, where line costs or line capacity ask for it."""
    problem, model = built.view.problem, built.model
    for lane in built.ships:
        most = int(problem.limits.location_lines[problem.lanes.location[lane]])
        counted = []
        for atom, variable in built.on_lane(lane):
            for line in atom:
                if most >= len(problem.lines) and not problem.lanes.line_minor[line, lane]:
                    continue
                counted.append(_carried(built, atom, line, lane, variable))
        if most < len(counted):
            model.add(cp_model.LinearExpr.sum(counted) <= most)


def _carried(
    built: StepModel, atom: tuple[int, ...], line: int, lane: int, variable: cp_model.IntVar
) -> cp_model.IntVar:
    if is_whole(built.view, atom):
        built.carried[line, lane] = variable
        return variable
    flag = built.model.new_bool_var("")
    most = int(built.view.stock[line, lane])
    built.model.add(variable <= most * flag)
    built.model.add(variable >= flag)
    built.carried[line, lane] = flag
    return flag


def _add_plan_limits(built: StepModel) -> None:
    limits, model = built.view.problem.limits, built.model
    count = cp_model.LinearExpr.sum(list(built.ships.values()))
    most = min(limits.max_shipments, max(1, len(built.ships)))
    model.add(count >= built.any_shipment)
    model.add(count <= most * built.any_shipment)
    if limits.ship_complete:
        for left in built.unfilled.values():
            model.add(left == 0).only_enforce_if(built.any_shipment)
    if most > 1 and (limits.min_shipment_minor > 0 or limits.min_shipment_units > 0):
        several = model.new_bool_var("")
        model.add(count <= 1 + (most - 1) * several)
        for lane, ships in built.ships.items():
            _add_least_shipment(built, lane, ships, several)


def _add_least_shipment(
    built: StepModel, lane: int, ships: cp_model.IntVar, several: cp_model.IntVar
) -> None:
    limits, lines = built.view.problem.limits, built.view.problem.lines
    terms = built.increments(lane)
    variables = [variable for _, variable, _ in terms]
    value = [int(lines.value_minor[line]) * each for line, _, each in terms]
    units = [each for _, _, each in terms]
    for amounts, least in ((value, limits.min_shipment_minor), (units, limits.min_shipment_units)):
        if least > 0:
            total = cp_model.LinearExpr.weighted_sum(variables, amounts)
            built.model.add(total >= least).only_enforce_if(ships, several)


def _loads(built: StepModel, lane: int) -> tuple[Load, ...]:
    pieces = built.view.problem.pieces
    loads = []
    for line, variable, each in built.increments(lane):
        most = int(built.view.stock[line, lane])
        for piece in np.flatnonzero((pieces.line == line) & ~pieces.alone).tolist():
            per = int(pieces.per_increment[piece])
            if per:
                loads.append(
                    Load(
                        piece,
                        int(pieces.weight_ug[piece]),
                        int(pieces.volume_nl[piece]),
                        variable,
                        each * per,
                        most * per,
                    )
                )
    return tuple(loads)
