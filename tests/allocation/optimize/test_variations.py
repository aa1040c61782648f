"""Plans on fewer lanes or with fewer shipments, from shared tables and by solving again."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.ladder import solve
from allocation.optimize.solution import ProofStatus
from allocation.optimize.variations import Variations
from allocation.optimize.verify import verify
from bench.instances.draw import draw_instance
from bench.instances.families import Cell
from tests.allocation.optimize.oracle import best_allocation
from tests.allocation.optimize.solvers import budget
from tests.strategies.problems import random_problem

PROBLEMS = 120


def test_a_variation_is_the_optimum_under_its_condition() -> None:
    changed = 0
    for seed in range(PROBLEMS):
        problem = random_problem(seed)
        variations = Variations(problem, solve)
        draws = np.random.default_rng(seed)
        some = draws.random(len(problem.lanes)) < 0.6
        unrestricted = best_allocation(problem).values
        for lanes, most in product((None, some), (None, 1, 2)):
            restricted, found = variations.best(budget(), lanes, most)
            assert found.values == best_allocation(restricted).values, (seed, most)
            assert verify(restricted, found).ok
            used = [each.lane for each in found.allocation.shipments]
            assert lanes is None or lanes[used].all()
            assert most is None or len(used) <= most
            changed += found.values != unrestricted
    assert changed > PROBLEMS // 2


def test_tables_are_made_once_for_all_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = draw_instance(Cell("wide", 7, 30, (1, 1), (1, 1)), 5, 0).problem
    made = []
    search = ExactSets.search

    def counted(self, *arguments):
        made.append(arguments)
        return search(self, *arguments)

    monkeypatch.setattr(ExactSets, "search", counted)

    def never(*_):
        raise AssertionError("solved again")

    variations = Variations(problem, never)
    half = np.arange(len(problem.lanes)) % 2 == 0
    for lanes, most in product((None, half), (None, 1, 2, 3)):
        assert variations.best(budget(), lanes, most)[1].status is ProofStatus.OPTIMAL
    assert len(made) == 1


def test_what_is_too_large_for_tables_is_solved_anew() -> None:
    problem = draw_instance(Cell("large", 20, 20, (1, 1), (1, 1)), 5, 0).problem
    asked = []

    def solver(restricted, own_budget):
        asked.append(restricted)
        return solve(restricted, own_budget)

    restricted, found = Variations(problem, solver).best(budget(), None, 2)
    assert asked == [restricted]
    assert len(found.allocation.shipments) <= 2
