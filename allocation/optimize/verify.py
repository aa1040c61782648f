"""An independent second opinion on whether an allocation is allowed and what it costs.

Shares no code with the solvers: it reads the problem's arrays and the tariffs'
step tables, counts, and adds. Parcels are taken as given and checked, not packed again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

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
    problems = _demand_problems(problem, allocation)
    problems += _stock_problems(problem, allocation)
    problems += _lane_problems(problem, allocation)
    problems += _limit_problems(problem, allocation)
    problems += _together_problems(problem, allocation)
    problems += supply_problems(problem, allocation)
    cost = 0
    for shipment in allocation.shipments:
        found, amount = _shipment_cost(problem, shipment)
        problems += found
        cost += amount
    cost += max(0, len(allocation.shipments) - 1) * problem.extra_shipment_minor
    cost += int(np.dot(problem.unfilled_minor, np.array(allocation.unfilled, dtype=np.int64)))
    values = _values(problem, allocation, cost)
    problems += _claim_problems(solution, cost, values)
    return Verdict(tuple(problems), cost, values)


def _form_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    """Find what is not even a well-formed allocation, and could mislead the counting."""
    found = []
    lanes = [shipment.lane for shipment in allocation.shipments]
    if len(allocation.unfilled) != len(problem.lines):
        found.append(f"{len(allocation.unfilled)} unfilled figures for {len(problem.lines)} lines")
    if any(not 0 <= lane < len(problem.lanes) for lane in lanes):
        found.append(f"lanes {lanes} are not all among the {len(problem.lanes)} there are")
    if lanes != sorted(lanes):
        found.append(f"shipments are not in the order of their lanes: {lanes}")
    for shipment in allocation.shipments:
        lines = [line for line, _ in shipment.quantities]
        if lines != sorted(set(lines)) or any(not 0 <= x < len(problem.lines) for x in lines):
            found.append(f"lane {shipment.lane}: lines {lines} are not distinct and ascending")
        for parcel in shipment.parcels:
            numbers = [number for _, number in parcel.pieces]
            if parcel.count < 1 or not numbers or min(numbers) < 1:
                found.append(f"lane {shipment.lane}: {parcel} is not a parcel with contents")
    return found


def _shipped(problem: SourcingProblem, allocation: Allocation) -> np.ndarray:
    shipped = np.zeros((len(problem.lines), problem.n_locations), dtype=np.int64)
    for shipment in allocation.shipments:
        location = problem.lanes.location[shipment.lane]
        for line, quantity in shipment.quantities:
            shipped[line, location] += quantity
    return shipped


def _demand_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    found = []
    shipped = _shipped(problem, allocation).sum(axis=1)
    wanted, several = _wanted(problem, allocation)
    found += several
    for line, demand in enumerate(wanted):
        unfilled = allocation.unfilled[line]
        if unfilled < 0 or shipped[line] + unfilled != demand:
            found.append(
                f"line {line}: {shipped[line]} shipped + {unfilled} unfilled != {demand} ordered"
            )
    if any(
        quantity <= 0 for shipment in allocation.shipments for _, quantity in shipment.quantities
    ):
        found.append("a shipment carries a quantity below 1")
    return found


def _wanted(problem: SourcingProblem, allocation: Allocation) -> tuple[list[int], list[str]]:
    """Return what each line wants, 0 where another is chosen; also choices made twice or not."""
    wanted: list[int] = problem.lines.demand.tolist()
    if problem.lines.choice is None:
        return wanted, []
    shipped = _shipped(problem, allocation).sum(axis=1)
    chosen: dict[int, list[int]] = {}
    for line, choice in enumerate(problem.lines.choice.tolist()):
        if choice < 0:
            continue
        chosen.setdefault(choice, [])
        if shipped[line] or allocation.unfilled[line]:
            chosen[choice].append(line)
        else:
            wanted[line] = 0
    found = [
        f"choice {choice}: lines {lines} are chosen"
        for choice, lines in chosen.items()
        if len(lines) != 1
    ]
    return wanted, found


def _stock_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    taken = problem.lines.use.T @ _shipped(problem, allocation)
    return [
        f"item {item} at location {location}: {taken[item, location]} taken of "
        f"{problem.available[item, location]}"
        for item, location in np.argwhere(taken > problem.available).tolist()
    ]


def _lane_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    found = []
    locations = [int(problem.lanes.location[s.lane]) for s in allocation.shipments]
    found += [
        f"location {location} ships {times} times"
        for location, times in Counter(locations).items()
        if times > 1
    ]
    for shipment in allocation.shipments:
        if not shipment.quantities:
            found.append(f"lane {shipment.lane} carries nothing")
        found += [
            f"line {line} may not travel on lane {shipment.lane}"
            for line, _ in shipment.quantities
            if not problem.lanes.eligible[line, shipment.lane]
        ]
    return found


def _limit_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    limits = problem.limits
    found = []
    if len(allocation.shipments) > limits.max_shipments:
        found.append(f"{len(allocation.shipments)} shipments of at most {limits.max_shipments}")
    if limits.ship_complete and allocation.shipments and any(allocation.unfilled):
        found.append("ship-complete order is neither whole nor empty")
    for shipment in allocation.shipments:
        location = int(problem.lanes.location[shipment.lane])
        units = sum(quantity for _, quantity in shipment.quantities)
        value = sum(
            int(problem.lines.value_minor[line]) * quantity
            for line, quantity in shipment.quantities
        )
        if units > limits.location_units[location]:
            found.append(f"location {location}: {units} units over its capacity")
        if len(shipment.quantities) > limits.location_lines[location]:
            found.append(f"location {location}: {len(shipment.quantities)} lines over its capacity")
        if len(allocation.shipments) < 2:
            continue
        if value < limits.min_shipment_minor:
            found.append(f"location {location}: shipment worth {value}, too little")
        if units < limits.min_shipment_units:
            found.append(f"location {location}: shipment of {units} units, too few")
    return found


def _together_problems(problem: SourcingProblem, allocation: Allocation) -> list[str]:
    found = []
    shipped = _shipped(problem, allocation)
    if not problem.limits.line_split:
        for line, demand in enumerate(problem.lines.demand.tolist()):
            parts = shipped[line][shipped[line] > 0]
            if parts.size > 1 or (parts.size == 1 and parts[0] != demand):
                found.append(f"line {line} is split into {parts.tolist()} of {demand}")
    for group in sorted(set(problem.lines.group.tolist()) - {-1}):
        wanted = np.array(_wanted(problem, allocation)[0], dtype=np.int64)
        members = np.flatnonzero((problem.lines.group == group) & (wanted > 0))
        whole = shipped[members] == problem.lines.demand[members, None]
        none = shipped[members] == 0
        per_location = whole.all(axis=0) | none.all(axis=0)
        if not per_location.all() or whole.all(axis=0).sum() > 1:
            found.append(f"group {group} is not together")
    return found


def _shipment_cost(problem: SourcingProblem, shipment: Shipment) -> tuple[list[str], int]:
    lanes, pieces = problem.lanes, problem.pieces
    lane = shipment.lane
    packed: Counter[int] = Counter()
    cost = int(lanes.shipment_minor[lane])
    found = []
    for parcel in shipment.parcels:
        wrong, price = parcel_price(pieces, lanes.tariffs[int(lanes.tariff[lane])], parcel)
        found += [f"lane {lane}: a parcel is {fault}" for fault in wrong]
        if price >= NO_PRICE:
            weight = sum(int(pieces.weight_ug[piece]) * number for piece, number in parcel.pieces)
            found.append(f"lane {lane}: a parcel of {weight} ug has no price")
        cost += (price + int(lanes.parcel_minor[lane])) * parcel.count
        for piece, number in parcel.pieces:
            packed[piece] += number * parcel.count
            if pieces.alone[piece] and (number != 1 or len(parcel.pieces) != 1):
                found.append(f"lane {lane}: piece {piece} must travel alone")
    expected: Counter[int] = Counter()
    for line, quantity in shipment.quantities:
        cost += int(lanes.line_minor[line, lane]) + int(lanes.unit_minor[line, lane]) * quantity
        for piece in np.flatnonzero(pieces.line == line).tolist():
            expected[piece] += quantity * int(pieces.per_increment[piece])
    if packed != expected:
        found.append(f"lane {lane}: parcels hold {dict(packed)}, not {dict(expected)}")
    return found, cost


def _values(problem: SourcingProblem, allocation: Allocation, cost: int) -> tuple[int, ...]:
    values = []
    for tier in problem.tiers:
        value = cost * tier.counts_cost
        for shipment in allocation.shipments:
            if tier.shipment is not None:
                value += int(tier.shipment[shipment.lane])
            for line, quantity in shipment.quantities:
                value += 0 if tier.unit is None else int(tier.unit[line, shipment.lane]) * quantity
        if tier.unfilled is not None:
            value += int(np.dot(tier.unfilled, np.array(allocation.unfilled, dtype=np.int64)))
        values.append(value)
    return tuple(values)


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
