from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.rating.fold import fold
from routing.rating.rate_card import RateCard
from routing.rating.surcharge import Surcharge, SurchargeKind
from routing.rating.tariff import NO_PRICE, billable_weight_ug, parcel_price_minor
from routing.rating.zones import UNKNOWN_ZONE, RateZone
from tests.routing.rating.samples import START, cards, make_card, shipped_card
from tests.strategies.bills import terms_of

ONE = RateZone(1)


@given(cards(), st.booleans())
def test_the_terms_of_every_parcel_sum_to_its_price(card: RateCard, residential: bool) -> None:
    tariff = fold(card, ONE, START, residential=residential)
    weights = np.arange(tariff.max_weight_ug + 2)
    prices = parcel_price_minor(tariff, weights, np.zeros_like(weights))
    for weight, price in zip(weights.tolist(), prices.tolist(), strict=True):
        terms = terms_of(card, ONE, START, residential=residential, weight_ug=weight, volume_nl=0)
        assert price == (NO_PRICE if terms is None else sum(term.amount_minor for term in terms))


@given(
    st.sampled_from(("usps-ground", "usps-priority", "fedex-ground-retail")),
    st.integers(2, 8),
    st.dates(date(2026, 7, 12), date(2027, 3, 1)),
    st.booleans(),
    st.integers(0, 80 * 453_592_370),
    st.integers(0, 3 * 28_316_846_592),
)
def test_the_terms_of_a_real_parcel_sum_to_its_price(
    card_name: str, zone: int, on: date, residential: bool, weight_ug: int, volume_nl: int
) -> None:
    card = shipped_card(card_name)
    tariff = fold(card, RateZone(zone), on, residential=residential)
    price = parcel_price_minor(tariff, np.array(weight_ug), np.array(volume_nl))
    terms = terms_of(
        card,
        RateZone(zone),
        on,
        residential=residential,
        weight_ug=weight_ug,
        volume_nl=volume_nl,
    )
    assert int(price) == (NO_PRICE if terms is None else sum(t.amount_minor for t in terms))


def test_a_surcharge_that_starts_within_a_step_splits_the_step() -> None:
    fee = Surcharge("fee", SurchargeKind.FLAT, 7, weight_over_ug=4, weight_up_to_ug=12)
    tariff = fold(make_card(surcharges=(fee,)), ONE, START, residential=False)
    assert tariff.limit_ug.tolist() == [4, 10, 12, 20]
    assert tariff.price_minor.tolist() == [100, 107, 157, 150]


def test_the_cards_own_weight_limit_cuts_the_last_step() -> None:
    tariff = fold(make_card(max_weight_ug=15), ONE, START, residential=False)
    weights = np.array([15, 16])
    assert tariff.max_weight_ug == 15
    assert parcel_price_minor(tariff, weights, np.zeros(2, np.int64)).tolist() == [150, NO_PRICE]


def test_days_with_the_same_surcharges_share_one_tariff() -> None:
    card = shipped_card("usps-ground")
    august, september, december = (
        fold(card, ONE, date(2026, month, 2), residential=False) for month in (8, 9, 12)
    )
    assert august is september
    assert august is not december


def test_a_card_out_of_force_and_a_zone_it_does_not_serve_are_refused_together() -> None:
    with pytest.raises(InvalidInputError) as caught:
        fold(make_card(), UNKNOWN_ZONE, date(2027, 1, 1), residential=False)
    assert [violation.path for violation in caught.value.violations] == ["ship_date", "zone"]


def test_what_has_no_price_has_no_terms() -> None:
    def terms(zone: int, on: date, weight_ug: int) -> object:
        return terms_of(
            make_card(), RateZone(zone), on, residential=False, weight_ug=weight_ug, volume_nl=0
        )

    assert terms(1, START, 20) == (("base", 150),)
    assert terms(2, START, 20) is None
    assert terms(1, date(2027, 1, 1), 20) is None
    assert terms(1, START, 21) is None


def test_a_tariff_cannot_be_changed_by_accident() -> None:
    tariff = fold(make_card(), ONE, START, residential=False)
    with pytest.raises(ValueError, match="read-only"):
        tariff.price_minor[0] = 0


def test_prices_of_a_grid_of_weights_and_volumes_broadcast() -> None:
    tariff = fold(shipped_card("usps-ground"), ONE, date(2026, 8, 1), residential=False)
    weights, volumes = np.array([[0], [10**9]]), np.array([0, 10**9, 10**14])
    prices = parcel_price_minor(tariff, weights, volumes)
    assert prices.shape == (2, 3)
    assert prices[:, 2].tolist() == [NO_PRICE, NO_PRICE]


def test_without_a_dimensional_rule_volume_costs_nothing() -> None:
    tariff = fold(make_card(), ONE, START, residential=False)
    billable = billable_weight_ug(tariff, np.array([3]), np.array([10**15, 0]))
    assert billable.tolist() == [3, 3]


def test_some_no_prices_add_up_without_wrapping_around() -> None:
    assert int(np.full(7, NO_PRICE).sum()) > NO_PRICE
