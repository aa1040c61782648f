"""Plans without a location, or with one, from shared tables and by solving again."""

from __future__ import annotations

import numpy as np
import pytest

from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.verify import verify
from allocation.optimize.what_if import WhatIf
from bench.instances.draw import draw_instance
from bench.instances.families import Cell
from routing.sourcing.problem import SourcingProblem
from routing.sourcing.restrict import forced_through, with_lanes
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.problems import random_problem

PROBLEMS = 250


def locations(problem: SourcingProblem) -> list[int]:
    return [int(each) for each in np.unique(problem.lanes.location)]


def test_without_a_location_is_the_optimum_of_the_others() -> None:
    changed = 0
    for seed in range(PROBLEMS):
        problem = random_problem(seed)
        what_if = WhatIf(problem, solve)
        for location in locations(problem):
            found = what_if.without(location, budget())
            wanted = best_allocation(with_lanes(problem, problem.lanes.location != location))
            assert found.values == wanted.values, (seed, location)
            assert verify(problem, found).ok
            ships = problem.lanes.location[[each.lane for each in found.allocation.shipments]]
            assert location not in ships
            changed += found.values != best_allocation(problem).values
    assert changed > PROBLEMS // 2


def test_through_a_location_is_the_optimum_with_a_shipment_from_it() -> None:
    changed = nothing = 0
    for seed in range(PROBLEMS):
        problem = random_problem(seed)
        what_if = WhatIf(problem, solve)
        for location in locations(problem):
            found = what_if.through(location, budget())
            here = problem.lanes.location == location
            wanted = best_allocation(forced_through(problem, here)).values
            if found is None:
                assert wanted[0] == 0, (seed, location)
                nothing += 1
                continue
            assert wanted[0] == -1
            assert found.values == wanted[1:], (seed, location)
            assert verify(problem, found).ok
            ships = problem.lanes.location[[each.lane for each in found.allocation.shipments]]
            assert location in ships
            changed += found.values != best_allocation(problem).values
    assert changed > PROBLEMS // 2
    assert nothing > 5


def test_tables_are_made_once_for_all_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = draw_instance(Cell("wide", 7, 30, (1, 1), (1, 1)), 5, 0).problem
    made = []
    search = ExactSets.search

    def counted(self, *arguments):
        made.append(arguments)
        return search(self, *arguments)

    monkeypatch.setattr(ExactSets, "search", counted)

    def never(*_):
        raise AssertionError("solved again")

    what_if = WhatIf(problem, never)
    for location in locations(problem):
        assert what_if.without(location, budget()).status is ProofStatus.OPTIMAL
        what_if.through(location, budget())
    assert len(made) == 1
