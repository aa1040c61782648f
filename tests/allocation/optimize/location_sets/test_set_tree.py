from __future__ import annotations

from itertools import combinations
from time import monotonic

import numpy as np

from allocation.optimize.api import Budget
from allocation.optimize.location_sets.coupled import make_coupled
from allocation.optimize.location_sets.set_tree import sets_below
from tests.allocation.optimize.location_sets.models import draw_prices, knapsack_of, models

SEEDS = range(80)
HOURS = Budget(monotonic, monotonic() + 3_600.0)


def test_all_sets_below_a_bound_are_found_once_with_the_bounds_of_their_places() -> None:
    found = 0
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=False)
        coupled = make_coupled(knapsack, draw_prices(knapsack, seed))
        for number in range(2, min(4, len(model.places)) + 1):
            wanted = {}
            for places in combinations(range(len(model.places)), number):
                sums = coupled.rest.astype(np.int64)
                for place in places:
                    one = coupled.reduced[place].astype(np.int64)
                    sums = np.array(
                        [
                            min(sums[total - at] + one[at] for at in range(total + 1))
                            for total in range(sums.size)
                        ]
                    )
                if sums[-1] < knapsack.never:
                    wanted[places] = int(sums[-1]) + coupled.base
            if not wanted:
                continue
            below = sorted(wanted.values())[len(wanted) // 2] + 1
            sets = sets_below(coupled, number, below, HOURS)
            expected = {places: bound for places, bound in wanted.items() if bound < below}
            assert sets.complete
            assert dict(sets) == expected, seed
            assert len(sets.bounds) == len(expected)
            assert (np.diff(sets.bounds) >= 0).all()
            found += len(expected)
    assert found > 50


def test_without_time_sets_may_be_missing_and_it_says_so() -> None:
    over = Budget(lambda: 1.0, 0.0)
    incomplete = 0
    for seed, model in models(SEEDS):
        knapsack = knapsack_of(model, everything=False)
        coupled = make_coupled(knapsack, draw_prices(knapsack, seed))
        if len(model.places) >= 3:
            incomplete += not sets_below(coupled, 3, 2**60, over).complete
    assert incomplete > 5
