"""The best plan with a shipment from a location: sets of locations against sets of lines."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from allocation.optimize.evaluate import Evaluator
from allocation.optimize.greedy import greedy
from allocation.optimize.ladder import solve
from allocation.optimize.location_sets.rung import LocationSets
from allocation.optimize.solution import ProofStatus, Solution
from allocation.optimize.verify import verify
from allocation.optimize.what_if import WhatIf
from bench.instances.draw import draw_instance
from bench.instances.families import Cell
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import forced_through
from tests.allocation.optimize.location_sets.test_many_locations import CELLS, UNUSUAL
from tests.allocation.optimize.solvers import budget

ORDERS, EVERY = 3, 4


def as_it_is(problem: SourcingProblem) -> SourcingProblem:
    return problem


def by_locations(problem: SourcingProblem, location: int) -> Solution | None:
    """Return what the search finds from a greedy plan; ``None`` if there is none to start with."""
    forced = forced_through(problem, problem.lanes.location == location)
    first = WhatIf(problem, solve)._ships(greedy(forced, Evaluator(forced)))
    return None if first is None else LocationSets().through(problem, location, budget(), first)


@pytest.mark.parametrize("changed", [as_it_is, *UNUSUAL], ids=lambda each: each.__name__)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_both_find_the_same_optimum(
    cell: Cell, changed: Callable[[SourcingProblem], SourcingProblem]
) -> None:
    compared, dearer = 0, 0
    for index in range(ORDERS):
        problem = changed(draw_instance(cell, 7, index).problem)
        best = solve(problem, budget())
        for location in np.unique(problem.lanes.location)[::EVERY].tolist():
            wanted = WhatIf(problem, solve).through(location, budget())
            found = by_locations(problem, location)
            if found is None or wanted is None or wanted.status is not ProofStatus.OPTIMAL:
                continue
            compared += 1
            assert found.bounds <= wanted.values <= found.values, (index, location)
            if found.status is ProofStatus.OPTIMAL:
                assert found.values == wanted.values, (index, location)
            assert verify(problem, found).ok
            ships = problem.lanes.location[[each.lane for each in found.allocation.shipments]]
            assert location in ships
            dearer += found.values > best.values
    assert compared > ORDERS
    assert dearer > 0


def test_a_large_order_is_proven_through_a_location_that_it_does_without() -> None:
    problem = draw_instance(Cell("large", 20, 60, (1, 1), (1, 1)), 1, 0).problem
    best = solve(problem, budget())
    used = problem.lanes.location[[each.lane for each in best.allocation.shipments]].tolist()
    other = next(place for place in range(problem.n_locations) if place not in used)

    def never(*_: object) -> Solution:
        raise AssertionError("solved again")

    found = WhatIf(problem, never).through(other, budget())
    assert found is not None
    assert found.status is ProofStatus.OPTIMAL
    assert found.values > best.values
    assert verify(problem, found).ok
