from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from routing.errors import InvalidInputError
from routing.rating.rate_steps import RateStep
from routing.rating.surcharge import Surcharge, SurchargeKind
from routing.rating.zones import RateZone
from tests.routing.rating.samples import make_card, zone_rates


def problems_of(**changes: object) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        make_card(**changes)
    return [str(violation) for violation in caught.value.violations]


def test_a_parcel_at_exactly_the_limit_takes_the_lower_step() -> None:
    card = make_card()
    assert card.step_for(RateZone(1), 10) == RateStep(10, 100)
    assert card.step_for(RateZone(1), 11) == RateStep(20, 150)


def test_there_is_no_step_above_the_last_nor_above_the_cards_own_limit() -> None:
    assert make_card().step_for(RateZone(1), 21) is None
    assert make_card(max_weight_ug=15).step_for(RateZone(1), 16) is None
    assert make_card().step_for(RateZone(2), 1) is None


def test_a_card_is_in_force_on_its_first_and_last_day() -> None:
    card = make_card()
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [card.in_force(day) for day in days] == [False, True, True, False]
    assert make_card(effective_to=None).in_force(date(2099, 1, 1))


def test_limits_must_strictly_increase_and_prices_must_not_fall() -> None:
    (repeated,) = problems_of(rates=(zone_rates(1, (20, 100), (20, 150)),))
    (falling,) = problems_of(rates=(zone_rates(1, (10, 100), (20, 99)),))
    assert "limits must strictly increase" in repeated
    assert (
        "price 99 (minor units) up to 0.00002 g is below 100 up to 0.00001 g; "
        "a heavier parcel must not be cheaper"
    ) in falling


def test_a_hole_that_other_zones_do_not_have_is_a_lost_row() -> None:
    rates = (zone_rates(1, (10, 1), (20, 2), (30, 3)), zone_rates(2, (10, 1), (30, 3)))
    (problem,) = problems_of(rates=rates, max_weight_ug=30)
    assert problem == (
        "rate_card[a].rates[zone 2]: has no step up to 0.00002 g, which other zones have; "
        "add the missing row"
    )


def test_a_zone_may_end_at_a_lower_weight_than_another() -> None:
    card = make_card(rates=(zone_rates(1, (10, 1), (20, 2)), zone_rates(2, (10, 1))))
    assert card.step_for(RateZone(2), 11) is None


def test_all_problems_of_a_card_are_reported_at_once() -> None:
    fee = Surcharge("fee", SurchargeKind.FLAT, 1)
    found = problems_of(
        source="",
        currency="usd",
        effective_to=date(2025, 1, 1),
        rates=(zone_rates(1, (10, -1)), zone_rates(1, (10, 1)), zone_rates(-1)),
        max_weight_ug=11,
        max_length_um=0,
        dim_divisor_in3_per_lb=Fraction(1),
        surcharges=(fee, fee),
    )
    for part in (
        "source",
        "currency",
        "effective_to",
        "max_weight_ug",
        "max_length_um",
        "dim_divisor_in3_per_lb",
        "price -1",
        "zone is negative",
        "has no steps",
        "zone 1 appears 2 times",
        "fee appears 2 times",
    ):
        assert any(part in problem for problem in found), part


def test_a_card_without_rates_is_refused() -> None:
    assert any("at least one rate zone" in problem for problem in problems_of(rates=()))


def test_equal_cards_hash_alike_and_a_changed_price_makes_another_card() -> None:
    dearer = make_card(rates=(zone_rates(1, (10, 101), (20, 150)),))
    assert make_card() == make_card()
    assert hash(make_card()) == hash(make_card())
    assert make_card() != dearer
