"""An independent second opinion on whether an allocation is allowed and what it costs.

Shares no code with the solvers: it reads the problem's arrays and the tariffs'
step tables, counts, and adds. Parcels are taken as given and checked, not packed again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.solution import Allocation, ProofStatus, Shipment, Solution
from allocation.optimize.verify_parcels import parcel_price
from allocation.optimize.verify_supply import supply_problems
from routing.quick import quick
from routing.rating.tariff import NO_PRICE
from routing.sourcing.problem import SourcingProblem


@quick
@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found: no problems means allowed, and then the values are exact."""

    problems: tuple[str, ...]
    cost_minor: int
    values: tuple[int, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def verify(problem: SourcingProblem, solution: Solution) -> Verdict:
    """Recompute feasibility, cost and tier values of a solution from the problem alone.

    Returns
    -------
    Verdict
        Every broken rule and every figure of the solution that does not hold.
    """
    allocation = solution.allocation
    problems = _form_problems(problem, allocation)
    if problems:
        return Verdict(tuple(problems), 0, ())
    counted = _count(problem, allocation)
    problems = _demand_problems(counted)
    problems += _stock_problems(problem, counted)
    problems += _lane_problems(problem, counted)
    problems += _limit_problems(problem, counted)
    problems += _together_problems(problem, counted)
    problems += supply_problems(problem, allocation)
    cost = 0
    for shipment in allocation.shipments:
        found, amount = _shipment_cost(problem, shipment)
        problems += found
        cost += amount
    cost += max(0, len(allocation.shipments) - 1) * problem.extra_shipment_minor
    cost += _times(problem.unfilled_minor, allocation.unfilled)
    values = _values(problem, allocation, cost)
    problems += _claim_problems(solution, cost, values)
    return Verdict(tuple(problems), cost, values)


@quick
@dataclass(frozen=True, slots=True)
class _Counted:
    """An allocation with what its shipments carry, added up.

    Attributes
    ----------
    locations
        Of each shipment.
    shipped
        Per line its increments by location.
    demand
        Per line.
    wanted
        Per line the increments that it wants: 0 where another is chosen.
    choice_problems
        Choices that are made twice, or not at all.
    """

    allocation: Allocation
    locations: list[int]
    shipped: list[dict[int, int]]
    demand: list[int]
    wanted: list[int]
    choice_problems: list[str]


def _form_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    """Find what is not even a well-formed allocation, and could mislead the counting."""
    found = []
    lines, count = len(problem.lines.ids), len(problem.lanes)
    lanes = [shipment.lane for shipment in allocation.shipments]
    if len(allocation.unfilled) != lines:
        found.append(f"{len(allocation.unfilled)} unfilled figures for {lines} lines")
    if lanes != sorted(lanes):
        found.append(f"shipments are not in the order of their lanes: {lanes}")
    if lanes and not (min(lanes) >= 0 and max(lanes) < count):
        found.append(f"lanes {lanes} are not all among the {count} there are")
    for shipment in allocation.shipments:
        before = -1
        for line, _ in shipment.quantities:
            if not before < line < lines:
                listed = [line for line, _ in shipment.quantities]
                found.append(f"lane {shipment.lane}: lines {listed} are not distinct and ascending")
                break
            before = line
        for parcel in shipment.parcels:
            numbers = [number for _, number in parcel.pieces]
            if parcel.count < 1 or not numbers or min(numbers) < 1:
                found.append(f"lane {shipment.lane}: {parcel} is not a parcel with contents")
    return found


def _count(problem: SourcingProblem, allocation: Allocation) -> _Counted:
    location = problem.lanes.location
    locations: list[int] = [location.item(shipment.lane) for shipment in allocation.shipments]
    shipped: list[dict[int, int]] = [{} for _ in problem.lines.ids]
    for here, shipment in zip(locations, allocation.shipments, strict=True):
        for line, quantity in shipment.quantities:
            there = shipped[line]
            there[here] = there.get(here, 0) + quantity
    demand: list[int] = problem.lines.demand.tolist()
    wanted, several = demand, list[str]()
    if problem.lines.choice is not None:
        wanted = list(demand)
        several = _choose(problem.lines.choice.tolist(), allocation, shipped, wanted)
    return _Counted(allocation, locations, shipped, demand, wanted, several)


def _choose(
    choices: list[int], allocation: Allocation, shipped: list[dict[int, int]], wanted: list[int]
) -> list[str]:
    """Make lines want nothing where another is chosen; return choices made twice or not at all."""
    chosen: dict[int, list[int]] = {}
    for line, choice in enumerate(choices):
        if choice < 0:
            continue
        chosen.setdefault(choice, [])
        if sum(shipped[line].values()) or allocation.unfilled[line]:
            chosen[choice].append(line)
        else:
            wanted[line] = 0
    return [
        f"choice {choice}: lines {lines} are chosen"
        for choice, lines in chosen.items()
        if len(lines) != 1
    ]


def _demand_problems(counted: _Counted) -> list[str]:
    found = list(counted.choice_problems)
    for line, demand in enumerate(counted.wanted):
        shipped, unfilled = sum(counted.shipped[line].values()), counted.allocation.unfilled[line]
        if unfilled < 0 or shipped + unfilled != demand:
            found.append(
                f"line {line}: {shipped} shipped + {unfilled} unfilled != {demand} ordered"
            )
    for shipment in counted.allocation.shipments:
        for line, quantity in shipment.quantities:
            if quantity <= 0:
                found.append(f"lane {shipment.lane}: a quantity of line {line} is below 1")
    return found


def _stock_problems(problem: SourcingProblem, counted: _Counted) -> list[str]:
    taken: dict[tuple[int, int], int] = {}
    for line, there in enumerate(counted.shipped):
        if not there:
            continue
        for item, each in enumerate(problem.lines.use[line].tolist()):
            if each:
                for location, increments in there.items():
                    place = item, location
                    taken[place] = taken.get(place, 0) + each * increments
    available = problem.available
    return [
        f"item {item} at location {location}: {number} taken of {available[item, location]}"
        for (item, location), number in sorted(taken.items())
        if number > available.item(item, location)
    ]


def _lane_problems(problem: SourcingProblem, counted: _Counted) -> list[str]:
    found = []
    locations, eligible = counted.locations, problem.lanes.eligible
    if len(set(locations)) < len(locations):
        found += [
            f"location {location} ships {times} times"
            for location, times in Counter(locations).items()
            if times > 1
        ]
    for shipment in counted.allocation.shipments:
        if not shipment.quantities:
            found.append(f"lane {shipment.lane} carries nothing")
        for line, _ in shipment.quantities:
            if not eligible.item(line, shipment.lane):
                found.append(f"line {line} may not travel on lane {shipment.lane}")
    return found


def _limit_problems(problem: SourcingProblem, counted: _Counted) -> list[str]:
    limits, shipments = problem.limits, counted.allocation.shipments
    found = []
    if len(shipments) > limits.max_shipments:
        found.append(f"{len(shipments)} shipments of at most {limits.max_shipments}")
    if limits.ship_complete and shipments and any(counted.allocation.unfilled):
        found.append("ship-complete order is neither whole nor empty")
    for location, shipment in zip(counted.locations, shipments, strict=True):
        units = value = 0
        for line, quantity in shipment.quantities:
            units += quantity
            value += problem.lines.value_minor.item(line) * quantity
        if units > limits.location_units.item(location):
            found.append(f"location {location}: {units} units over its capacity")
        if len(shipment.quantities) > limits.location_lines.item(location):
            found.append(f"location {location}: {len(shipment.quantities)} lines over its capacity")
        if len(shipments) < 2:
            continue
        if value < limits.min_shipment_minor:
            found.append(f"location {location}: shipment worth {value}, too little")
        if units < limits.min_shipment_units:
            found.append(f"location {location}: shipment of {units} units, too few")
    return found


def _together_problems(problem: SourcingProblem, counted: _Counted) -> list[str]:
    found = []
    demand = counted.demand
    if not problem.limits.line_split:
        for line, there in enumerate(counted.shipped):
            parts = [there[location] for location in sorted(there) if there[location] > 0]
            if parts and parts != [demand[line]]:
                found.append(f"line {line} is split into {parts} of {demand[line]}")
    group: list[int] = problem.lines.group.tolist()
    for number in sorted(set(group) - {-1}) if max(group, default=-1) >= 0 else ():
        members = [
            line for line, own in enumerate(group) if own == number and counted.wanted[line] > 0
        ]
        homes = {here for line in members for here, count in counted.shipped[line].items() if count}
        whole = all(
            counted.shipped[line].get(here, 0) == demand[line] for line in members for here in homes
        )
        if len(homes) > 1 or not whole:
            found.append(f"group {number} is not together")
    return found


def _shipment_cost(problem: SourcingProblem, shipment: Shipment) -> tuple[list[str], int]:
    lanes, pieces = problem.lanes, problem.pieces
    lane = shipment.lane
    tariff, per_parcel = lanes.tariffs[lanes.tariff.item(lane)], lanes.parcel_minor.item(lane)
    packed: dict[int, int] = {}
    cost: int = lanes.shipment_minor.item(lane)
    found = []
    for parcel in shipment.parcels:
        wrong, price = parcel_price(pieces, tariff, parcel)
        found += [f"lane {lane}: a parcel is {fault}" for fault in wrong]
        if price >= NO_PRICE:
            weight = sum(int(pieces.weight_ug[piece]) * number for piece, number in parcel.pieces)
            found.append(f"lane {lane}: a parcel of {weight} ug has no price")
        cost += (price + per_parcel) * parcel.count
        for piece, number in parcel.pieces:
            packed[piece] = packed.get(piece, 0) + number * parcel.count
            if pieces.alone.item(piece) and (number != 1 or len(parcel.pieces) != 1):
                found.append(f"lane {lane}: piece {piece} must travel alone")
    quantities = dict(shipment.quantities)
    expected: dict[int, int] = {}
    for piece, line in enumerate(pieces.line.tolist()):
        number = quantities.get(line, 0) * pieces.per_increment.item(piece)
        if number:
            expected[piece] = number
    for line, quantity in shipment.quantities:
        cost += lanes.line_minor.item(line, lane) + lanes.unit_minor.item(line, lane) * quantity
    if packed != expected:
        found.append(f"lane {lane}: parcels hold {packed}, not {expected}")
    return found, cost


def _values(problem: SourcingProblem, allocation: Allocation, cost: int) -> tuple[int, ...]:
    values = []
    for tier in problem.tiers:
        value = cost if tier.counts_cost else 0
        if tier.shipment is not None:
            for shipment in allocation.shipments:
                value += tier.shipment.item(shipment.lane)
        if tier.unit is not None:
            for shipment in allocation.shipments:
                for line, quantity in shipment.quantities:
                    value += tier.unit.item(line, shipment.lane) * quantity
        if tier.unfilled is not None:
            value += _times(tier.unfilled, allocation.unfilled)
        values.append(value)
    return tuple(values)


def _times(amounts: NDArray[np.int64], increments: tuple[int, ...]) -> int:
    """Return the amounts of all lines, each times its increments."""
    total = 0
    for line, number in enumerate(increments):
        if number:
            total += int(amounts[line]) * number
    return total


def _claim_problems(solution: Solution, cost: int, values: tuple[int, ...]) -> list[str]:
    found = []
    if cost != solution.cost_minor:
        found.append(f"cost is {cost}, claimed {solution.cost_minor}")
    if values != solution.values:
        found.append(f"values are {values}, claimed {solution.values}")
    if solution.cost_bound_minor > solution.cost_minor:
        found.append(
            f"cost bound {solution.cost_bound_minor} is above the cost {solution.cost_minor}"
        )
    if solution.bounds > values:
        found.append(f"bounds {solution.bounds} are above the values {values}")
    if solution.status is ProofStatus.OPTIMAL and solution.bounds != values:
        found.append(f"called optimal with bounds {solution.bounds} != values {values}")
    return found
