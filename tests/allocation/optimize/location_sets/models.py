"""Models of small problems for the tests of the search over sets of locations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from numpy.typing import NDArray

from allocation.optimize.location_sets.knapsack import Knapsack
from allocation.optimize.location_sets.model import Model, make_model
from allocation.optimize.location_sets.scalars import INFINITE
from tests.strategies.problems import random_problem

Int64 = NDArray[np.int64]

CELLS = 40


def models(seeds: range) -> Iterator[tuple[int, Model]]:
    """Return the models that have places, with their seeds."""
    for seed in seeds:
        model = make_model(random_problem(seed), CELLS)
        if model is not None and len(model.places):
            yield seed, model


def knapsack_of(model: Model, *, everything: bool) -> Knapsack:
    """Return the knapsack of a model; whether nothing may be left out is `everything`."""
    left_out = np.full(model.demand.size, INFINITE, dtype=np.int64)
    return Knapsack(model, left_out if everything else model.scalars.left_out)


def draw_prices(knapsack: Knapsack, seed: int) -> Int64:
    """Return prices around what things cost."""
    model = knapsack.model
    finite = model.rows.curve[model.rows.curve < INFINITE]
    most = min(knapsack.most_price, int(np.abs(finite).max(initial=1)) + 1)
    drawn: Int64 = np.random.default_rng(seed).integers(-most // 4, most, model.demand.size)
    return drawn


def vectors_up_to(cap: Int64) -> Iterator[Int64]:
    """Return all vectors of units within a cap."""
    for units in product(*(range(int(most) + 1) for most in cap)):
        yield np.array(units, dtype=np.int64)


def cost_on_row(model: Model, row: int, vector: Int64) -> int:
    """Return what a row's price curve and amounts say a vector costs."""
    rows = model.rows
    cell = int(vector @ model.grid.unit)
    return int(
        rows.curve[row, cell] + rows.unit[:, row] @ vector + rows.line[:, row] @ (vector > 0)
    )
