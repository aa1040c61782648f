"""Prices by location are those of the cheapest lane; one parcel is cheapest where it is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np

from allocation.optimize.location_prices import LocationPrices, make_location_prices
from routing.rating.tariff import NO_PRICE, Tariff
from tests.strategies.by_hand import problem_by_hand
from tests.strategies.draws import SeededDraws, chance
from tests.strategies.tariffs import dimensional_rule, make_tariff, plain_price_minor

CASES = 1_500


def draw_tariff(draws: SeededDraws) -> Tariff:
    """Draw a tariff that often weighs every volume; prices mostly grow, but not always."""
    steps = draws.integer(2, 6)
    limits = np.cumsum([draws.integer(2, 9) for _ in range(steps)]).tolist()
    prices = np.cumsum([draws.integer(-2 if chance(draws, 10) else 0, 5) for _ in range(steps)])
    rule = None
    if chance(draws, 80):
        threshold = draws.integer(1, 12) if chance(draws, 30) else 0
        rule = dimensional_rule(Fraction(draws.integer(1, 9), 10), threshold)
    return make_tariff(limits, (prices + 20).tolist(), rule)


def draw_prices(draws: SeededDraws) -> tuple[list[Tariff], list[int], LocationPrices]:
    """Draw tariffs, the tariff of each lane of two locations with two lanes, and their prices."""
    tariffs = [draw_tariff(draws) for _ in range(3)]
    of_lane = [draws.integer(0, 2) for _ in range(4)]
    problem = problem_by_hand(demand=[1], available=[[1, 1]], weight_ug=[1])
    lanes = replace(
        problem.lanes,
        location=np.array([0, 0, 1, 1], dtype=np.int32),
        tariff=np.array(of_lane, dtype=np.int32),
        tariffs=tuple(tariffs),
    )
    return tariffs, of_lane, make_location_prices(lanes, np.array([0, 2]))


def divisions(pieces: list[tuple[int, int]]) -> Iterator[list[list[tuple[int, int]]]]:
    """Yield every way to divide pieces into parcels."""
    if not pieces:
        yield []
        return
    first, rest = pieces[0], pieces[1:]
    for others in divisions(rest):
        yield [[first], *others]
        for at, parcel in enumerate(others):
            yield [*others[:at], [first, *parcel], *others[at + 1 :]]


def least_minor(tariff: Tariff, pieces: list[tuple[int, int]]) -> int:
    """Return the price of the cheapest parcels for pieces of some weight and volume."""

    def parcel(held: list[tuple[int, int]]) -> int:
        weight, volume = (sum(each) for each in zip(*held, strict=True))
        price = plain_price_minor(tariff, weight, volume)
        return NO_PRICE if price is None else price

    return min(sum(map(parcel, parcels)) for parcels in divisions(pieces))


def test_where_one_parcel_is_said_to_be_cheapest_no_division_is_cheaper() -> None:
    said = by_volume = 0
    for seed in range(CASES):
        draws = SeededDraws(seed)
        tariffs, of_lane, prices = draw_prices(draws)
        pieces = [(draws.integer(0, 3), draws.integer(0, 6)) for _ in range(draws.integer(2, 4))]
        weight, volume = (sum(each) for each in zip(*pieces, strict=True))
        if not prices.one_parcel_is_cheapest(weight, volume):
            continue
        said += 1
        by_volume += prices.step(weight, volume) != prices.step(weight, 0)
        for number in set(of_lane):
            for count in range(1, len(pieces) + 1):
                held = pieces[:count]
                one = (sum(each) for each in zip(*held, strict=True))
                assert plain_price_minor(tariffs[number], *one) == least_minor(
                    tariffs[number], held
                ), seed
    assert said > CASES // 10
    assert by_volume > CASES // 50


def test_rows_have_the_price_and_the_first_lane_of_the_cheapest_at_each_location() -> None:
    missing = 0
    for seed in range(CASES):
        draws = SeededDraws(seed)
        tariffs, of_lane, prices = draw_prices(draws)
        weight, volume = draws.integer(0, 25), draws.integer(0, 25) if chance(draws, 80) else 0
        if volume > prices.most_nl:
            continue
        asked = [plain_price_minor(tariffs[number], weight, volume) for number in of_lane]
        row = prices.row(prices.step(weight, volume))
        if row is None:
            assert None in asked
            missing += 1
            continue
        priced = [each for each in asked if each is not None]
        assert len(priced) == len(asked)
        cheapest = [min(priced[:2]), min(priced[2:])]
        assert [each // prices.scale.cost for each in row.scalar.tolist()] == cheapest
        assert row.lane.tolist() == [priced.index(cheapest[0]), priced.index(cheapest[1], 2)]
        assert prices.dearest_minor >= max(cheapest)
        step = np.searchsorted(prices.limit_ug, weight)
        assert prices.floor[step] <= min(cheapest) * prices.scale.cost
    assert CASES // 50 < missing < CASES


def test_prices_of_a_step_are_worked_out_once() -> None:
    prices = draw_prices(SeededDraws(3))[2]
    assert prices.row(0) is prices.row(0)
