"""Bounds of plans with a given number of shipments, against every plan there is."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from allocation.optimize.location_sets.coupled import Coupled, make_coupled
from allocation.optimize.location_sets.model import Model
from tests.allocation.optimize.location_sets.models import (
    Int64,
    cost_on_row,
    draw_prices,
    knapsack_of,
    models,
    vectors_up_to,
)

SEEDS = range(40)


def _divisions(model: Model, places: tuple[int, ...], demand: Int64) -> Iterator[int]:
    """Return what every division of some demand over places costs by their curves."""
    if not places:
        yield int(model.scalars.left_out @ demand)
        return
    rows = np.flatnonzero(model.rows.place == places[0]).tolist()
    for row in rows:
        for vector in vectors_up_to(np.minimum(model.rows.cap[:, row], demand)):
            if vector.any():
                cost = cost_on_row(model, row, vector)
                for rest in _divisions(model, places[1:], demand - vector):
                    yield cost + rest


def least_costs(model: Model) -> dict[tuple[int, ...], int]:
    """Return the least cost of every set of one to three places that can ship together."""
    found = {}
    for number in (1, 2, 3):
        for places in combinations(range(len(model.places)), number):
            costs = list(_divisions(model, places, model.demand))
            if costs:
                found[places] = min(costs)
    return found


def small(seeds: range) -> Iterator[tuple[int, Model, Coupled]]:
    for seed, model in models(seeds):
        size = int(np.prod(model.demand + 1))
        if size <= 40:
            knapsack = knapsack_of(model, everything=False)
            if knapsack.fits:
                yield seed, model, make_coupled(knapsack, draw_prices(knapsack, seed))


def test_no_plan_undercuts_the_bound_of_its_number_of_shipments_and_places() -> None:
    compared = 0
    for seed, model, coupled in small(SEEDS):
        for places, cost in least_costs(model).items():
            number = len(places)
            assert coupled.exactly(number) <= cost, seed
            assert all(coupled.at_least(n, 5) <= cost for n in range(1, number + 1)), seed
            assert (coupled.each(number)[list(places)] <= cost).all(), seed
            compared += 1
    assert compared > 60


def test_many_shipments_are_bounded_by_a_straight_line() -> None:
    for seed, model, coupled in small(SEEDS):
        for places, cost in least_costs(model).items():
            assert coupled.at_least(len(places), 500) <= cost, seed
        if (coupled.reduced >= 0).all() and (coupled.rest[coupled.rest < coupled.never] >= 0).all():
            # Nothing is gained by shipping more often, and the bound knows it.
            assert coupled.at_least(2, 500) > coupled.base - 1
