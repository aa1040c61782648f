"""Intervals are seeded, paired, and about as wide as they should be."""

from __future__ import annotations

import numpy as np
import pytest

from allocation.backtest.intervals import Difference, differences
from allocation.backtest.metrics import Sums


def per_order(values) -> Sums:
    above = np.asarray(values, dtype=np.int64)
    return Sums(above, np.ones(above.size, dtype=np.int64))


def of(first: Sums, second: Sums, seed: int = 1) -> Difference:
    [found] = differences([(first, second)], seed)
    assert found is not None
    return found


def test_a_difference_that_is_the_same_for_every_order_is_certain():
    """Paired: however unlike the orders are, each is compared with itself."""
    costs = np.arange(50) * 1_000
    assert of(per_order(costs), per_order(costs + 30)) == Difference(30, 30, 30)
    assert of(per_order(costs), per_order(costs + 30)).sure
    assert not of(per_order(costs), per_order(costs)).sure


def test_the_interval_is_as_wide_as_the_normal_approximation_says():
    draw = np.random.default_rng(7)
    gaps = draw.normal(10, 40, 800).round().astype(np.int64)
    costs = draw.integers(500, 5_000, 800)
    found = of(per_order(costs), per_order(costs + gaps))
    half = 1.96 * gaps.std() / np.sqrt(gaps.size)
    assert found.value == pytest.approx(gaps.mean())
    assert found.low == pytest.approx(gaps.mean() - half, abs=half * 0.15)
    assert found.high == pytest.approx(gaps.mean() + half, abs=half * 0.15)


def test_the_seed_decides():
    first, second = per_order(range(40)), per_order(np.arange(40)[::-1])
    assert of(first, second, 3) == of(first, second, 3)
    assert of(first, second, 3) != of(first, second, 4)


def test_it_does_not_matter_what_else_is_compared():
    first, second, third = per_order([1, 5, 9]), per_order([2, 3, 4]), per_order([7, 7, 7])
    alone = differences([(first, second)], 1)
    assert differences([(third, first), (first, second)], 1)[1:] == alone


def test_quotients_are_drawn_as_quotients():
    above, below = np.array([10, 0, 30]), np.array([1, 1, 1])
    found = of(Sums(above, below), Sums(above * 2, below * 2))
    assert (found.value, found.low, found.high) == (0, 0, 0)


def test_nothing_to_divide_by_has_no_difference():
    nothing = Sums(np.array([0, 0]), np.array([0, 0]))
    assert differences([(nothing, per_order([1, 2])), (per_order([1, 2]), nothing)], 1) == (
        None,
        None,
    )


def test_an_interval_that_some_resamples_cannot_give_is_left_open():
    rare = Sums(np.array([1, 0]), np.array([1, 0]))
    found = of(rare, per_order([1, 1]))
    assert (found.low, found.high) == (None, None)
    assert not found.sure
