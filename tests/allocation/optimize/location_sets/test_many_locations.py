"""The search over sets of locations against the search over sets of lines, on real cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from allocation.optimize.evaluate import Evaluator
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.greedy import greedy
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from bench.instances.draw import draw_instance
from bench.instances.families import Cell, Demand
from routing.sourcing.problem import SourcingProblem
from tests.allocation.optimize.solvers import budget

CELLS = [
    Cell("wide", 8, 40, (1, 1), (1, 1)),
    Cell("hot", 6, 30, (1, 1), (1, 1), Demand.SHARED),
    Cell("split", 3, 20, (1, 1), (1, 1), Demand.SPLIT),
]
ORDERS = 6


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


def _priced_unfilled(problem: SourcingProblem) -> SourcingProblem:
    """Return the problem with cost alone to minimise, and a price on what is left out."""
    price = np.arange(len(problem.lines), dtype=np.int64) * 90 + 150
    return replace(problem, unfilled_minor=price, tiers=problem.tiers[-1:])


def _few_units(problem: SourcingProblem) -> SourcingProblem:
    """Return the problem with room for a few units at each location."""
    units = np.full(problem.n_locations, 8, dtype=np.int64)
    return replace(problem, limits=replace(problem.limits, location_units=units))


def _odd_and_bulky(problem: SourcingProblem) -> SourcingProblem:
    """Return the problem with weights that nothing divides, and volumes that are billed."""
    pieces, rng = problem.pieces, np.random.default_rng(3)
    weight = pieces.weight_ug + rng.integers(-90_000, 90_000, pieces.weight_ug.size)
    volume = weight * rng.integers(2, 9, weight.size)
    return replace(problem, pieces=replace(pieces, weight_ug=weight, volume_nl=volume))


UNUSUAL = (_priced_unfilled, _few_units, _odd_and_bulky)


@pytest.mark.parametrize("change", UNUSUAL)
def test_both_find_the_same_optimum_of_unusual_orders(
    change: Callable[[SourcingProblem], SourcingProblem],
) -> None:
    left_out = 0
    for index in range(ORDERS):
        problem = change(draw_instance(Cell("wide", 6, 30, (1, 1), (1, 1)), 7, index).problem)
        by_lines = ExactSets().solve(problem, budget())
        first = greedy(problem, Evaluator(problem))
        by_locations = LocationSets().solve(problem, budget(), first)
        assert by_lines is not None
        assert by_locations is not None
        assert by_lines.status is ProofStatus.OPTIMAL
        assert by_locations.values == by_lines.values
        assert by_locations.bounds <= by_lines.values
        left_out += sum(by_lines.allocation.unfilled)
    assert change is not _priced_unfilled or left_out > 0
