"""Bounds on parcels against every division of few pieces."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.parcels.postage import Postage
from routing.rating.tariff import NO_PRICE
from tests.routing.parcels.every_partition import partitions
from tests.strategies.draws import SeededDraws, pick
from tests.strategies.tariffs import draw_tariff, plain_price_minor

MOST_PIECES = 5


def least_costs(postage: Postage, pieces: list[tuple[int, int]]) -> dict[int, int]:
    """Return the least cost by number of parcels, of pieces with weight and volume."""
    found: dict[int, int] = {}
    for parcels in partitions(len(pieces)):
        prices = [
            plain_price_minor(
                postage.tariff,
                sum(pieces[at][0] for at in parcel),
                sum(pieces[at][1] for at in parcel),
            )
            for parcel in parcels
        ]
        if None not in prices:
            cost = sum(price or 0 for price in prices) + postage.fee_minor * len(prices)
            found[len(prices)] = min(cost, found.get(len(prices), cost))
    return found


@settings(max_examples=300)
@given(st.integers(0, 10**6))
def test_no_division_undercuts_the_bound_of_its_number_of_parcels(seed: int) -> None:
    draws = SeededDraws(seed)
    tariff = draw_tariff(draws)
    pieces = [
        (draws.integer(0, 9), pick(draws, (0, draws.integer(1, 14))))
        for _ in range(draws.integer(1, MOST_PIECES))
    ]
    weight = np.array([sum(weight for weight, _ in pieces)], dtype=np.int64)
    volume = np.array([sum(volume for _, volume in pieces)], dtype=np.int64)
    postage = Postage(tariff, pick(draws, (0, 40)), pick(draws, (0, int(weight[0]), 10**6)))
    found = least_costs(postage, pieces)
    single = int(postage.single(weight, volume)[0])
    assert single == found[1] if 1 in found else single >= NO_PRICE
    for number, cost in found.items():
        assert postage.bound(postage.billed_ug(weight, volume))[0] <= cost
        if number > 1:
            assert postage.several(weight, volume)[0] <= cost


def test_two_parcels_of_cheap_weight_are_told_apart_from_one_dear_one() -> None:
    attained = 0
    for seed in range(400):
        draws = SeededDraws(seed)
        postage = Postage(draw_tariff(draws), 10, 100)
        pieces = [(draws.integer(1, 9), 0) for _ in range(4)]
        total = np.array([sum(weight for weight, _ in pieces)], dtype=np.int64)
        found = least_costs(postage, pieces)
        several = [cost for number, cost in found.items() if number > 1]
        attained += bool(several) and postage.several(total, total * 0)[0] == min(several)
    assert attained > 100
