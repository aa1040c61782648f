"""Price the caller's own choice beside ours, with the same costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from allocation.cost_breakdown import CostBreakdown
from allocation.engine_api import Baseline
from allocation.optimize.evaluate import Evaluator, make_shipment
from allocation.optimize.solution import Allocation, Shipment
from allocation.plan import BaselineComparison
from allocation.render import Renderer
from routing.ids import LocationId
from routing.quantity import increments_from_e6
from routing.sourcing.build import Sourcing
from routing.sourcing.verdict import Verdict

Quantities = dict[int, dict[int, int]]


def compare_baseline(
    baseline: Baseline, renderer: Renderer, evaluator: Evaluator, plan_cost: CostBreakdown
) -> BaselineComparison:
    """Price a choice of locations with each location's cheapest allowed carrier service.

    What the baseline leaves out counts as unfilled. A choice that breaks a hard rule or
    takes more than there is has no price, and `problems` says why.
    """
    sourcing = renderer.sourcing
    problems: list[str] = []
    by_location = _by_location(baseline, renderer, problems)
    shipments = []
    for place, held in sorted(by_location.items()):
        found = _first_shipment(sourcing, evaluator, place, held)
        if isinstance(found, Shipment):
            shipments.append(found)
        else:
            problems += found
    if problems:
        return BaselineComparison(baseline.label, None, len(by_location), None, tuple(problems))
    allocation = Allocation(
        tuple(sorted(shipments, key=lambda shipment: shipment.lane)),
        _left_out(sourcing, by_location),
    )
    cost = renderer.cost(allocation, renderer.shipments(allocation))
    saving = cost.total_minor - plan_cost.total_minor
    return BaselineComparison(baseline.label, cost, len(shipments), saving, ())


def _by_location(baseline: Baseline, renderer: Renderer, problems: list[str]) -> Quantities:
    sourcing = renderer.sourcing
    line_number = {
        line.id: number for number, line in enumerate(sourcing.lines) if not line.substitute_rank
    }
    place_number = {
        location_id: renderer.network.location_index[location_id]
        for location_id in sourcing.problem.location_ids
    }
    held: Quantities = defaultdict(lambda: defaultdict(int))
    for part in baseline.parts:
        number = line_number.get(part.line_id)
        if number is None:
            problems.append(f"the order has no shipped line {part.line_id}")
            continue
        line = sourcing.lines[number]
        increments = increments_from_e6(part.quantity_e6, line.scale)
        if increments is None or increments <= 0:
            problems.append(f"line {part.line_id}: the quantity is not a positive increment")
            continue
        place = place_number.get(part.location_id)
        verdict = _verdict(renderer, number, part.location_id)
        if place is None or verdict is not Verdict.ELIGIBLE:
            problems.append(
                f"{part.location_id} may not ship line {part.line_id}: {verdict.name.lower()}"
            )
            continue
        held[place][number] += increments
    for number, line in enumerate(sourcing.lines):
        total = sum(lines.get(number, 0) for lines in held.values())
        if total > line.demand:
            problems.append(f"line {line.id}: {total} shipped of {line.demand} ordered")
    return {place: dict(lines) for place, lines in held.items()}


def _verdict(renderer: Renderer, line: int, location_id: LocationId) -> Verdict:
    place = renderer.network.location_index.get(location_id)
    if place is None:
        return Verdict.NOT_STOCKED
    return Verdict(int(renderer.sourcing.verdicts[line, place]))


def _first_shipment(
    sourcing: Sourcing, evaluator: Evaluator, place: int, held: Mapping[int, int]
) -> Shipment | list[str]:
    """Return a location's shipment from the first of its slots that can make it, or why not."""
    problems: list[str] = []
    for slot in np.flatnonzero(sourcing.places == place).tolist():
        found = _stock_problems(sourcing, slot, held)
        if not found:
            lanes = np.flatnonzero(sourcing.problem.lanes.location == slot).tolist()
            best = evaluator.best_lane(lanes, tuple(sorted(held.items())))
            if best is not None:
                return make_shipment(evaluator, best[1], held)
            location_id = sourcing.problem.location_ids[slot]
            found = [f"no carrier service takes the lines from {location_id} together"]
        problems = problems or found
    return problems


def _stock_problems(sourcing: Sourcing, slot: int, held: Mapping[int, int]) -> list[str]:
    problem = sourcing.problem
    taken = sum(
        (problem.lines.use[line] * number for line, number in held.items()),
        start=np.zeros(len(problem.item_ids), dtype=np.int64),
    )
    return [
        f"{problem.location_ids[slot]} has {problem.available[item, slot]} of "
        f"{problem.item_ids[item]}, the choice takes {taken[item]}"
        for item in np.flatnonzero(taken > problem.available[:, slot]).tolist()
    ]


def _left_out(sourcing: Sourcing, by_location: Quantities) -> tuple[int, ...]:
    return tuple(
        (0 if line.substitute_rank else line.demand)
        - sum(held.get(number, 0) for held in by_location.values())
        for number, line in enumerate(sourcing.lines)
    )
