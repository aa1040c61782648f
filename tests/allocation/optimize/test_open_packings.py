"""Plans whose parcels could not be packed for certain: as good as what was really packed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from allocation.engine_api import PlanningRequest
from allocation.optimize.evaluate import Evaluator
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from bench.instances.kinds import Kind, requests_of
from bench.rating import in_cartons
from routing.item import Dimensions
from routing.quantity import E6
from routing.sourcing.build import build_sourcing
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.stock import InlineStockView
from tests.allocation.optimize.solvers import budget

NUMBERS = (1, 3, 8, 18, 20, 23)
"""Orders of which most stay open; before such were packed, the plans of two were dearer."""
LINES = 4


def many_of_a_kind(request: PlanningRequest, number: int) -> SourcingProblem:
    """Return an order of boxes of which nobody knows at once how many a carton holds."""
    draws = random.Random(number)
    lines = tuple(
        replace(line, quantity_e6=draws.randint(3, 14) * E6) for line in request.order.lines
    )
    items = []
    for item in request.network.items.values():
        unit_um = draws.randint(18, 36) * 1_000
        items.append(replace(item, dimensions=Dimensions(5 * unit_um, 4 * unit_um, 2 * unit_um)))
    network = request.network.with_items(items)
    levels = {
        item.id: {place.id: 14 for place in network.locations if draws.random() < 0.5}
        for item in items
    }
    order = replace(request.order, lines=lines)
    return build_sourcing(order, network, InlineStockView(levels), request.policy).problem


def divisions(problem: SourcingProblem) -> Iterator[tuple[tuple[tuple[int, int], ...], ...]]:
    """Yield every way to ship the lines together or as two whole-line shipments."""
    everything = tuple(enumerate(problem.lines.demand.tolist()))
    yield (everything,)
    for number in range(1, 1 << (LINES - 1)):
        first = tuple(pair for pair in everything if number >> pair[0] & 1)
        yield first, tuple(pair for pair in everything if pair not in first)


def cost_of(evaluator: Evaluator, shipments: tuple[tuple[tuple[int, int], ...], ...]) -> int | None:
    """Return what shipments cost, each on the best lane that is left; ``None`` if there is none."""
    lanes = evaluator.problem.lanes
    total, used = 0, set[int]()
    for quantities in shipments:
        able = [
            lane
            for lane in range(len(lanes))
            if lanes.location[lane] not in used
            and all(
                evaluator.problem.available[line, lanes.location[lane]] >= units
                for line, units in quantities
            )
        ]
        best = evaluator.best_lane(able, quantities)
        if best is None:
            return None
        total += best[0]
        used.add(int(lanes.location[best[1]]))
    return total


def test_what_can_be_packed_for_less_is_found_where_nothing_is_certain() -> None:
    unproven = 0
    drawn = list(in_cartons(requests_of(Kind.PLAIN, NUMBERS[-1] + 1, LINES, 10, 3), 3))
    for number in NUMBERS:
        problem = many_of_a_kind(drawn[number], number)
        found = solve(problem, budget())
        assert verify(problem, found).ok
        if found.status is ProofStatus.OPTIMAL or any(found.allocation.unfilled):
            continue
        unproven += 1
        evaluator = Evaluator(problem)
        for shipments in divisions(problem):
            cost = cost_of(evaluator, shipments)
            assert cost is None or found.cost_minor <= cost, (number, shipments)
    assert unproven > 2
