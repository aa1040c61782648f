"""The search over sets of locations against the search over sets of lines, on real cards."""

from __future__ import annotations

import pytest

from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.greedy import greedy
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from bench.instances.draw import draw_instance
from bench.instances.families import Cell, Demand
from tests.allocation.optimize.solvers import budget

CELLS = [
    Cell("wide", 8, 40, (1, 1), (1, 1)),
    Cell("hot", 6, 30, (1, 1), (1, 1), Demand.SHARED),
    Cell("split", 3, 20, (1, 1), (1, 1), Demand.SPLIT),
]
ORDERS = 8


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_both_find_the_same_optimum(cell: Cell) -> None:
    shipments = set()
    for index in range(ORDERS):
        problem = draw_instance(cell, 7, index).problem
        by_lines = ExactSets().solve(problem, budget())
        first = greedy(problem, Evaluator(problem))
        by_locations = LocationSets().solve(problem, budget(), first)
        assert by_lines is not None
        assert by_locations is not None
        assert by_lines.status is by_locations.status is ProofStatus.OPTIMAL
        assert by_lines.values == by_locations.values
        assert verify(problem, by_locations).ok
        shipments.add(len(by_lines.allocation.shipments))
    assert max(shipments) > 1


def test_forty_lines_are_proven_within_a_percent() -> None:
    problem = draw_instance(Cell("large", 40, 60, (1, 1), (1, 1)), 1, 0).problem
    first = greedy(problem, Evaluator(problem))
    found = LocationSets().solve(problem, budget(), first)
    assert found is not None
    assert verify(problem, found).ok
    assert found.values[0] == found.bounds[0]
    assert found.values[1] - found.bounds[1] <= found.values[1] // 100
    assert found.values < first.values
