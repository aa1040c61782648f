from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rating.fluid_bound import fluid_bound_minor
from routing.rating.fluid_steps import fluid_steps
from routing.rating.fold import fold
from routing.rating.tariff import Tariff, parcel_price_minor
from routing.rating.zones import RateZone
from tests.routing.rating.samples import START, make_card, shipped_card, step_tables


def tariff_of(limits: list[int], prices: list[int]) -> Tariff:
    blank = fold(make_card(), RateZone(1), START, residential=False)
    limit_ug, price_minor = np.array(limits), np.array(prices)
    fluid_limit_ug, fluid_price_minor = fluid_steps(limit_ug, price_minor)
    return replace(
        blank,
        limit_ug=limit_ug,
        price_minor=price_minor,
        fluid_limit_ug=fluid_limit_ug,
        fluid_price_minor=fluid_price_minor,
    )


def cheapest_split(limits: list[int], prices: list[int], most: int) -> list[int]:
    """Return the cheapest price of each total of whole units, by dynamic programming."""
    above = [min(prices[index:]) for index in range(len(prices))]
    best = [0]
    for total in range(1, most + 1):
        best.append(
            min(p + best[max(0, total - limit)] for limit, p in zip(limits, above, strict=True))
        )
    return best


@given(step_tables())
def test_up_to_two_full_parcels_it_is_exactly_the_cheapest_split(
    table: tuple[list[int], list[int]],
) -> None:
    limits, prices = table
    totals = np.arange(2 * limits[-1] + 1)
    bound = fluid_bound_minor(tariff_of(limits, prices), totals)
    assert bound.tolist() == cheapest_split(limits, prices, 2 * limits[-1])


@given(step_tables())
def test_beyond_two_full_parcels_it_stays_a_lower_bound_and_never_falls(
    table: tuple[list[int], list[int]],
) -> None:
    limits, prices = table
    totals = np.arange(9 * limits[-1])
    bound = fluid_bound_minor(tariff_of(limits, prices), totals)
    assert (bound <= cheapest_split(limits, prices, int(totals[-1]))).all()
    assert (np.diff(bound) >= 0).all()


@given(
    st.sampled_from([(8, False), (12, False), (12, True)]),
    st.integers(1, 9),
    st.lists(
        st.tuples(st.integers(0, 70 * 453_592_370), st.integers(0, 10**11)), min_size=1, max_size=6
    ),
)
def test_no_actual_split_of_a_real_order_costs_less(
    when: tuple[int, bool], zone: int, parcels: list[tuple[int, int]]
) -> None:
    month, residential = when
    card = shipped_card("usps-ground")
    tariff = fold(card, RateZone(zone), date(2026, month, 1), residential=residential)
    weights, volumes = np.array(parcels).T
    paid = int(parcel_price_minor(tariff, weights, volumes).sum())
    assert int(fluid_bound_minor(tariff, np.array([weights.sum()]))[0]) <= paid


def test_a_table_with_too_many_odd_limits_gets_a_lower_bound_on_a_grid() -> None:
    rng = np.random.default_rng(7)
    limits = np.unique(rng.integers(10**9, 10**12, 900))
    prices = np.sort(rng.integers(10**6, 10**9, limits.size))
    tariff = tariff_of(limits.tolist(), prices.tolist())
    assert tariff.fluid_limit_ug.size <= 1024
    picks = rng.integers(0, limits.size, (400, 3))
    bound = fluid_bound_minor(tariff, limits[picks].sum(axis=1))
    assert (bound <= prices[picks].sum(axis=1)).all()
    assert bound.min() > 0


def test_huge_prices_and_weights_beyond_the_table_do_not_wrap_around() -> None:
    tariff = tariff_of([10**15 - 1], [10**12])
    weight = np.array([3 * (10**15 - 1) + 5 * 10**14])
    (bound,) = fluid_bound_minor(tariff, weight).tolist()
    assert 3 * 10**12 < bound <= 3.5 * 10**12 + 1


def test_nothing_to_send_costs_nothing() -> None:
    assert fluid_bound_minor(tariff_of([10], [7]), np.array([0, 1])).tolist() == [0, 7]


def test_a_free_step_is_a_free_bound() -> None:
    tariff = tariff_of([1, 1000], [0, 5])
    assert fluid_bound_minor(tariff, np.array([1, 500, 10**9])).tolist() == [0, 0, 0]


@pytest.mark.parametrize("zone", [2, 4, 8])
def test_it_never_exceeds_the_price_of_one_parcel(zone: int) -> None:
    card = shipped_card("fedex-ground-list")
    tariff = fold(card, RateZone(zone), date(2025, 2, 1), residential=True)
    assert (fluid_bound_minor(tariff, tariff.limit_ug) <= tariff.price_minor).all()


@given(step_tables())
def test_prices_too_large_for_one_sort_key_give_the_same_steps(
    table: tuple[list[int], list[int]],
) -> None:
    limits, prices = np.array(table[0]), np.array(table[1])
    capacity, cost = fluid_steps(limits, prices)
    large_capacity, large_cost = fluid_steps(limits, prices << 48)
    assert large_capacity.tolist() == capacity.tolist()
    assert large_cost.tolist() == (cost << 48).tolist()
