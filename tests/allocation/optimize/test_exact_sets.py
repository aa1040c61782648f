from __future__ import annotations

import time

import numpy as np
import pytest

from allocation.optimize import lane_classes, set_table
from allocation.optimize.api import Budget
from allocation.optimize.exact_sets import ExactSets
from allocation.optimize.solution import ProofStatus
from tests.strategies.problems import random_problem


def _generous() -> Budget:
    return Budget(time.monotonic, time.monotonic() + 60)


def _every_lane_for_itself(rows):
    numbers = np.arange(rows.shape[0])
    return numbers.astype(np.int32), numbers.astype(np.int64)


@pytest.mark.parametrize("chunk", range(4))
def test_merging_lanes_that_charge_alike_never_changes_the_optimum(chunk, monkeypatch):
    problems = [random_problem(seed) for seed in range(chunk * 100, chunk * 100 + 100)]
    merged = [ExactSets().solve(problem, _generous()) for problem in problems]
    monkeypatch.setattr(lane_classes, "number_rows", _every_lane_for_itself)
    monkeypatch.setattr(set_table, "number_rows", _every_lane_for_itself)
    apart = [ExactSets().solve(problem, _generous()) for problem in problems]
    for one, other in zip(merged, apart, strict=True):
        assert one is not None
        assert other is not None
        assert one.values == other.values
        assert one.allocation == other.allocation


def test_equal_hashes_of_different_rows_are_told_apart(monkeypatch):
    monkeypatch.setattr(lane_classes, "_MIX", np.zeros(4096, dtype=np.int64))
    numbers, firsts = lane_classes.number_rows(np.array([[1, 2], [3, 4], [1, 2]]))
    assert numbers[0] == numbers[2] != numbers[1]
    assert len(firsts) == 2


def test_an_order_beyond_the_limits_is_left_to_the_next_rung():
    problem = random_problem(3)
    assert ExactSets(most_vectors=1).solve(problem, _generous()) is None


def test_a_budget_that_is_over_takes_no_order_on_and_does_not_raise():
    over = Budget(time.monotonic, time.monotonic() - 1)
    for seed in range(50):
        found = ExactSets().solve(random_problem(seed), over)
        assert found is None or found.bounds <= found.values


def test_the_optimum_is_called_optimal_with_its_bound_and_the_rung_named():
    for seed in range(50):
        found = ExactSets().solve(random_problem(seed), _generous())
        assert found is not None
        assert found.status is ProofStatus.OPTIMAL
        assert found.bounds == found.values
