from __future__ import annotations

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rating.fold import fold
from routing.rating.rate_card import RateCard
from routing.rating.subadditivity import one_parcel_is_cheapest, subadditive_below_ug
from routing.rating.tariff import NO_PRICE, parcel_price_minor
from routing.rating.weights import NL_PER_IN3, UG_PER_LB
from routing.rating.zones import RateZone
from tests.routing.rating.samples import START, cards, shipped_card, step_tables


def brute_force(limits: list[int], prices: list[int]) -> int:
    def price(weight: int) -> int:
        return next(p for limit, p in zip(limits, prices, strict=True) if weight <= limit)

    for total in range(limits[-1] + 1):
        if any(price(a) + price(total - a) < price(total) for a in range(total + 1)):
            return total - 1
    return limits[-1]


@given(step_tables())
def test_it_is_the_last_weight_before_any_two_parcels_win(
    table: tuple[list[int], list[int]],
) -> None:
    limits, prices = table
    assert subadditive_below_ug(np.array(limits), np.array(prices)) == brute_force(limits, prices)


@pytest.mark.parametrize("zone", range(1, 10))
@pytest.mark.parametrize("month", [8, 12])
def test_on_the_real_card_no_pair_of_breakpoints_wins_below_it_and_one_wins_above(
    zone: int, month: int
) -> None:
    tariff = fold(
        shipped_card("usps-ground"), RateZone(zone), date(2026, month, 1), residential=False
    )
    limits = tariff.limit_ug.tolist()
    starts = [0, *(limit + 1 for limit in limits[:-1])]
    points = np.array(sorted({*limits, *starts}))
    one, other = np.meshgrid(points, points)
    zero = np.zeros_like(one)
    together = parcel_price_minor(tariff, one + other, zero)
    apart = parcel_price_minor(tariff, one, zero) + parcel_price_minor(tariff, other, zero)
    below = one + other <= tariff.subadditive_below_ug
    assert (apart[below] >= together[below]).all()
    # Just above it, two parcels win: one at the end of a step, the other takes the rest.
    first = tariff.subadditive_below_ug + 1
    rest = first - points[points <= first]
    ends = parcel_price_minor(tariff, first - rest, np.zeros_like(rest))
    apart_above = ends + parcel_price_minor(tariff, rest, np.zeros_like(rest))
    assert apart_above.min() < int(parcel_price_minor(tariff, np.array(first), np.array(0)))


def test_prices_in_proportion_to_weight_never_favour_a_split() -> None:
    limits = np.arange(1, 50) * 10
    assert subadditive_below_ug(limits, limits * 3) == 490


def test_a_jump_that_doubles_the_price_favours_a_split_right_above_the_step() -> None:
    assert subadditive_below_ug(np.array([10, 20]), np.array([5, 11])) == 10
    assert subadditive_below_ug(np.array([10, 20]), np.array([5, 10])) == 20


@given(cards(), st.lists(st.integers(0, 12), min_size=1, max_size=4))
def test_where_one_parcel_is_called_cheapest_no_split_costs_less(
    card: RateCard, parts: list[int]
) -> None:
    tariff = fold(card, RateZone(1), START, residential=False)
    total, none = np.array([sum(parts)]), np.zeros(1, np.int64)
    pieces = parcel_price_minor(tariff, np.array(parts), np.zeros(len(parts), np.int64))
    if one_parcel_is_cheapest(tariff, total, none)[0]:
        assert int(parcel_price_minor(tariff, total, none)[0]) <= int(pieces.sum())


def test_a_light_order_above_one_cubic_foot_is_not_called_settled() -> None:
    tariff = fold(shipped_card("usps-ground"), RateZone(5), date(2026, 8, 1), residential=False)
    foot = 1728 * NL_PER_IN3
    weights, volumes = np.array([2 * UG_PER_LB] * 2), np.array([foot, foot + 2])
    assert one_parcel_is_cheapest(tariff, weights, volumes).tolist() == [True, False]
    # And rightly so: two halves of one pound each weigh nothing by volume.
    one = parcel_price_minor(tariff, weights[1:], volumes[1:])
    half = parcel_price_minor(tariff, weights[1:] // 2, volumes[1:] // 2)
    assert 2 * int(half[0]) < int(one[0])


def test_the_certificate_covers_every_weight_below_the_threshold_of_the_card() -> None:
    tariff = fold(shipped_card("usps-ground"), RateZone(5), date(2026, 8, 1), residential=False)
    starts = [0, *(limit + 1 for limit, _ in pairwise(tariff.limit_ug.tolist()))]
    weights = np.array(sorted({*starts, *tariff.limit_ug.tolist()}))
    settled = one_parcel_is_cheapest(tariff, weights, np.zeros_like(weights))
    assert settled[weights <= tariff.subadditive_below_ug].all()
    assert not settled[weights == tariff.subadditive_below_ug + 1].any()


def test_what_cannot_be_sent_is_never_called_settled() -> None:
    tariff = fold(shipped_card("usps-ground"), RateZone(1), date(2026, 8, 1), residential=False)
    heavy = np.array([71 * UG_PER_LB])
    assert int(parcel_price_minor(tariff, heavy, np.array([0]))[0]) == NO_PRICE
    assert not one_parcel_is_cheapest(tariff, heavy, np.array([0]))[0]
