from __future__ import annotations

from datetime import date

import pytest

from routing.errors import InvalidInputError
from routing.rating.surcharge import PercentOf, Surcharge, SurchargeKind, surcharge_terms
from routing.rating.zones import RateZone

ON = date(2026, 5, 1)


def flat(name: str = "flat", amount: int = 100, **conditions: object) -> Surcharge:
    return Surcharge(name, SurchargeKind.FLAT, amount, **conditions)  # type: ignore[arg-type]


def percent(name: str, points: int, of: PercentOf = PercentOf.BASE) -> Surcharge:
    return Surcharge(name, SurchargeKind.PERCENT, points, of)


def test_a_percentage_of_the_base_leaves_flat_surcharges_out() -> None:
    terms = surcharge_terms((flat(amount=500), percent("fuel", 1_000)), 1_000, 1)
    assert terms == (("flat", 500), ("fuel", 100))


def test_a_percentage_of_base_and_flats_counts_flats_that_come_after_it() -> None:
    fuel = percent("fuel", 1_000, PercentOf.BASE_AND_FLATS)
    assert surcharge_terms((fuel, flat(amount=500)), 1_000, 1) == (("fuel", 150), ("flat", 500))


def test_percentages_do_not_compound() -> None:
    terms = surcharge_terms((percent("a", 5_000), percent("b", 5_000)), 1_000, 1)
    assert terms == (("a", 500), ("b", 500))


def test_half_a_cent_is_rounded_up() -> None:
    # 29.5 % of 10.00 is 2.95; 12.5 % of 0.60 is 0.075.
    assert surcharge_terms((percent("fuel", 2_950),), 1_000, 1) == (("fuel", 295),)
    assert surcharge_terms((percent("fuel", 1_250),), 60, 1) == (("fuel", 8),)


def test_a_weight_range_is_open_below_and_closed_above() -> None:
    surcharge = flat(weight_over_ug=3, weight_up_to_ug=10)
    assert [surcharge.covers_weight(w) for w in (3, 4, 10, 11)] == [False, True, True, False]


def test_a_flat_surcharge_outside_its_weights_is_not_part_of_a_percentage() -> None:
    fuel = percent("fuel", 1_000, PercentOf.BASE_AND_FLATS)
    assert surcharge_terms((flat(weight_over_ug=10), fuel), 1_000, 10) == (("fuel", 100),)


def test_dates_and_zones_are_inclusive_at_both_ends() -> None:
    surcharge = flat(
        zone_from=RateZone(2),
        zone_to=RateZone(4),
        effective_from=date(2026, 5, 1),
        effective_to=date(2026, 5, 3),
    )
    days = [surcharge.in_force(RateZone(3), date(2026, 5, d), residential=False) for d in (1, 3, 4)]
    zones = [surcharge.in_force(RateZone(z), ON, residential=False) for z in (1, 2, 4, 5)]
    assert days == [True, True, False]
    assert zones == [False, True, True, False]
    assert not surcharge.in_force(RateZone(3), date(2026, 4, 30), residential=False)


@pytest.mark.parametrize("condition", [True, False])
def test_a_residential_condition_only_matches_its_own_kind_of_address(condition: bool) -> None:
    surcharge = flat(residential=condition)
    assert surcharge.in_force(RateZone(1), ON, residential=condition)
    assert not surcharge.in_force(RateZone(1), ON, residential=not condition)


def test_all_contradictions_are_reported_at_once() -> None:
    with pytest.raises(InvalidInputError) as caught:
        flat(
            name="",
            amount=-1,
            zone_from=RateZone(5),
            zone_to=RateZone(4),
            weight_over_ug=7,
            weight_up_to_ug=7,
            effective_from=date(2026, 2, 1),
            effective_to=date(2026, 1, 1),
        )
    paths = [violation.path for violation in caught.value.violations]
    assert paths == ["name", "amount", "zone_from", "weight_over_ug", "effective_from"]
