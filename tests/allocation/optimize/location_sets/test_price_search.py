from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

import numpy as np

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.coupled import make_coupled
from allocation.optimize.location_sets.price_search import PriceSearch
from tests.allocation.optimize.location_sets.models import knapsack_of, models

SEEDS = range(120)
FAR = 2**40
HOURS = Budget(monotonic, monotonic() + 3_600.0)


@dataclass(slots=True)
class Looked:
    """Notes the places shown; no plan from them is better than the one known."""

    best: int
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def __call__(self, places: tuple[int, ...]) -> int:
        self.shown.append(places)
        return self.best


def test_prices_prove_what_the_search_says_and_more_than_at_first() -> None:
    improved = 0
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=False)
        start = np.zeros(model.demand.size, dtype=np.int64)
        for shipments in (1, 2, 3):
            before = make_coupled(knapsack, start).exactly(shipments)
            target = before + abs(before) // 2 + 100
            look = Looked(target)
            search = PriceSearch(knapsack, shipments, target, look, HOURS, start)
            search.run()
            after = make_coupled(knapsack, search.alpha).exactly(shipments)
            assert after >= before, seed
            assert after >= target or search.bound <= after, seed
            improved += before < after
    assert improved > 60


def test_the_search_shows_the_places_of_its_least_plans() -> None:
    look = Looked(FAR)
    for _, model in models(range(30)):
        start = np.zeros(model.demand.size, dtype=np.int64)
        knapsack = knapsack_of(model, everything=False)
        before = len(look.shown)
        PriceSearch(knapsack, 2, FAR, look, HOURS, start).run()
        for places in look.shown[before:]:
            assert list(places) == sorted(set(places))
            assert all(0 <= place < len(model.places) for place in places)
    assert len({len(places) for places in look.shown}) > 1


def test_the_search_ends_with_its_budget() -> None:
    over = Budget(lambda: 1.0, 0.0)
    look = Looked(FAR)
    for _, model in models(range(20)):
        start = np.zeros(model.demand.size, dtype=np.int64)
        PriceSearch(knapsack_of(model, everything=False), 2, FAR, look, over, start).run()
    assert not look.shown
