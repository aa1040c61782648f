from __future__ import annotations

import numpy as np
import pytest

from tests.allocation.optimize.location_sets.models import (
    cost_on_row,
    draw_prices,
    knapsack_of,
    models,
    vectors_up_to,
)

SEEDS = range(60)


def test_the_reduced_cost_is_the_least_of_all_vectors_in_a_cell() -> None:
    compared = 0
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=True)
        alpha = draw_prices(knapsack, seed)
        reduced = knapsack.reduced(alpha, np.arange(knapsack.rest))
        least = np.full(reduced.shape, knapsack.never, dtype=np.int64)
        for row in range(knapsack.rest):
            for vector in vectors_up_to(model.rows.cap[:, row]):
                cell = int(vector @ model.grid.unit)
                cost = cost_on_row(model, row, vector) - int(alpha @ vector)
                least[row, cell] = min(least[row, cell], cost)
                compared += 1
        assert np.array_equal(least, reduced.astype(np.int64)), seed
    assert compared > 2_000


def test_the_vector_of_a_cell_attains_its_reduced_cost() -> None:
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=True)
        alpha = draw_prices(knapsack, seed)
        reduced = knapsack.reduced(alpha, np.arange(knapsack.rest))
        for row, cell in np.argwhere(reduced < knapsack.never).tolist():
            vector = knapsack.vector(alpha, row, cell)
            assert (vector <= model.rows.cap[:, row]).all()
            assert int(vector @ model.grid.unit) == cell
            assert cost_on_row(model, row, vector) - int(alpha @ vector) == reduced[row, cell]


def test_what_is_left_out_costs_its_amounts_and_no_postage() -> None:
    seen = 0
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=False)
        alpha = draw_prices(knapsack, seed)
        (rest,) = knapsack.reduced(alpha, np.array([knapsack.rest]))
        profit = model.scalars.left_out - alpha
        for vector in vectors_up_to(model.demand):
            assert rest[int(vector @ model.grid.unit)] <= int(profit @ vector), seed
        assert rest[0] <= 0
        seen += knapsack.may_leave_out
    assert seen > 10


@pytest.mark.parametrize("everything", [True, False])
def test_nothing_is_left_out_unless_it_may(everything: bool) -> None:
    for _, model in models(range(10)):
        assert knapsack_of(model, everything=everything).may_leave_out is not everything
