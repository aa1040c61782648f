"""Prices of the shipped cards, literally as the carriers publish them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from routing.carton import Carton
from routing.ids import CartonId
from routing.item import Dimensions
from routing.rating.fold import fold
from routing.rating.load import shipped_cards
from routing.rating.load_zones import shipped_zone_bands
from routing.rating.rate_card import RateCard
from routing.rating.size_limits import SizeLimit, broken_limits
from routing.rating.tariff import NO_PRICE, Tariff, parcel_price_minor
from routing.rating.weights import (
    NL_PER_IN3,
    UG_PER_LB,
    UM_PER_IN,
    limit_ug_from_lb,
    limit_um_from_in,
)
from routing.rating.zones import RateZone
from tests.routing.rating.samples import shipped_card
from tests.strategies.bills import terms_of

SUMMER = date(2026, 8, 1)


def usps(zone: int, on: date = SUMMER) -> Tariff:
    return fold(shipped_card("usps-ground"), RateZone(zone), on, residential=True)


def fedex_list(zone: int, *, residential: bool = False) -> Tariff:
    card = shipped_card("fedex-ground-list")
    return fold(card, RateZone(zone), date(2025, 8, 1), residential=residential)


def fedex_retail(zone: int, *, residential: bool = False) -> Tariff:
    card = shipped_card("fedex-ground-retail")
    return fold(card, RateZone(zone), SUMMER, residential=residential)


def price(tariff: Tariff, pounds: str, volume_nl: int = 0) -> int:
    weight_ug = limit_ug_from_lb(Decimal(pounds))
    return int(parcel_price_minor(tariff, np.array([weight_ug]), np.array([volume_nl]))[0])


@pytest.mark.parametrize(
    ("zone", "pounds", "expected"),
    [
        (1, "0.9999", 693),
        (1, "1", 761),
        (1, "1.0001", 799),
        (1, "2", 799),
        (1, "70", 5333),
        (5, "0.0625", 769),
        (5, "0.9999", 769),
        (5, "1", 874),
        (5, "1.0001", 995),
        (8, "70", 19131),
        (9, "70", 19131),
        (9, "70.0001", NO_PRICE),
    ],
)
def test_usps_ground_advantage_commercial(zone: int, pounds: str, expected: int) -> None:
    assert price(usps(zone), pounds) == expected


def test_one_microgram_above_seventy_pounds_has_no_usps_price() -> None:
    weights = np.array([70 * UG_PER_LB, 70 * UG_PER_LB + 1])
    assert parcel_price_minor(usps(1), weights, np.zeros(2, np.int64)).tolist() == [5333, NO_PRICE]


def test_usps_bills_volume_only_above_one_cubic_foot() -> None:
    foot = 1728 * NL_PER_IN3
    assert price(usps(1), "1", foot) == 761
    # A hair more: 1,728 / 139 = 12.43 lb, so the 13 lb price.
    assert price(usps(1), "1", foot + 1) == 1415
    assert price(usps(5), "1", foot + 1) == 1962
    # Actual weight above the dimensional weight wins.
    assert price(usps(1), "25.5", foot + 1) == 2627


@pytest.mark.parametrize(
    ("zone", "pounds", "expected"),
    [
        (2, "0.9999", 1132),
        (2, "1", 1132),
        (2, "1.0001", 1208),
        (2, "149.5", 11435),
        (2, "150", 11435),
        (8, "1", 1417),
        (8, "150", 17434),
        (8, "150.0001", NO_PRICE),
    ],
)
def test_fedex_ground_list_of_2025(zone: int, pounds: str, expected: int) -> None:
    assert price(fedex_list(zone), pounds) == expected


@pytest.mark.parametrize(
    ("zone", "pounds", "expected"),
    [(2, "1", 1385), (2, "150", 19230), (8, "2", 1959), (8, "150", 27718), (17, "150", 86684)],
)
def test_fedex_ground_retail_of_2026(zone: int, pounds: str, expected: int) -> None:
    assert price(fedex_retail(zone), pounds) == expected


def test_fedex_bills_every_volume_at_139_cubic_inches_a_pound() -> None:
    assert price(fedex_list(2), "0.5", 139 * NL_PER_IN3) == 1132
    assert price(fedex_list(2), "0.5", 139 * NL_PER_IN3 + 1) == 1208
    assert price(fedex_list(8), "1", 1728 * NL_PER_IN3) == 2931


def test_home_delivery_pays_for_a_residence_on_the_list_but_not_again_on_the_retail_card() -> None:
    assert price(fedex_list(2, residential=True), "1") == 1132 + 595
    assert price(fedex_retail(2, residential=True), "1") == 1385


@pytest.mark.parametrize(
    ("zone", "pounds", "base", "adder"),
    [
        (1, "0.5", 693, 40),
        (1, "3", 864, 40),
        (1, "3.0001", 928, 65),
        (1, "4", 928, 65),
        (1, "10", 1191, 65),
        (1, "11", 1275, 105),
        (1, "25", 2532, 105),
        (1, "26", 2627, 0),
        (4, "0.5", 746, 40),
        (5, "0.5", 769, 55),
        (5, "3", 1157, 55),
        (5, "4", 1284, 105),
        (5, "25", 4694, 175),
        (5, "25.0001", 5046, 0),
        (5, "26", 5046, 0),
        (9, "0.5", 840, 55),
    ],
)
def test_usps_holiday_adders_follow_the_billed_pound(
    zone: int, pounds: str, base: int, adder: int
) -> None:
    assert price(usps(zone), pounds) == base
    assert price(usps(zone, date(2026, 12, 1)), pounds) == base + adder


def test_a_dimensional_weight_decides_the_holiday_adder_too() -> None:
    above_a_foot = 1728 * NL_PER_IN3 + 1
    assert price(usps(1, date(2026, 12, 1)), "1", above_a_foot) == 1415 + 105


def test_holiday_adders_hold_from_the_first_to_the_last_day() -> None:
    days = [date(2026, 10, 3), date(2026, 10, 4), date(2027, 1, 17), date(2027, 1, 18)]
    assert [price(usps(1, day), "3") for day in days] == [864, 904, 904, 864]


def test_the_unresolved_eight_percent_is_not_applied_on_top() -> None:
    # 2026-08-01 is within the reported 8 % period, and still the table price is paid.
    assert price(usps(1, SUMMER), "1") == 761
    assert {s.name.split()[0] for s in shipped_card("usps-ground").surcharges} == {"holiday"}


def test_sizes_that_cost_an_unlisted_charge_are_outside_the_cards() -> None:
    usps_card, fedex_card = shipped_card("usps-ground"), shipped_card("fedex-ground-retail")
    inch = UM_PER_IN
    assert not broken_limits(usps_card, 36 * inch, 18 * inch, 18 * inch, UG_PER_LB)
    assert broken_limits(usps_card, 36 * inch + 1, 18 * inch, 18 * inch, UG_PER_LB) == (
        SizeLimit.LENGTH_PLUS_GIRTH,
    )
    assert not broken_limits(fedex_card, 96 * inch, inch, inch, UG_PER_LB)
    assert broken_limits(fedex_card, 96 * inch + 1, inch, inch, UG_PER_LB) == (SizeLimit.LENGTH,)


def test_every_shipped_card_is_complete() -> None:
    sizes = {card.id: [len(zone.steps) for zone in card.rates] for card in shipped_cards()}
    assert sizes == {
        "usps-ground-advantage-commercial-2026-07-12": [71] * 9,
        "fedex-ground-list-2025-01-06": [150] * 7,
        "fedex-ground-retail-2026-01-05": [150] * 15,
        "usps-priority-mail-commercial-2026-07-12": [20] * 9,
    }


@pytest.mark.parametrize(
    ("zone", "pounds", "expected"),
    [
        (1, "0.5", 904),
        (1, "1", 904),
        (1, "1.0001", 910),
        (1, "20", 2056),
        (8, "3", 2057),
        (8, "20", 6806),
        (8, "20.0001", NO_PRICE),
    ],
)
def test_usps_priority_mail_commercial(zone: int, pounds: str, expected: int) -> None:
    card = shipped_card("usps-priority")
    assert price(fold(card, RateZone(zone), SUMMER, residential=True), pounds) == expected


@pytest.mark.parametrize("zone", range(1, 10))
def test_priority_mail_is_faster_and_nowhere_cheaper_than_ground_advantage(zone: int) -> None:
    fast = fold(shipped_card("usps-priority"), RateZone(zone), SUMMER, residential=True)
    for pounds in range(1, 21):
        assert price(fast, str(pounds)) >= price(usps(zone), str(pounds))


def in_carton(card: RateCard, zone: int, on: date, pounds: str, carton: Carton) -> list[str]:
    """Return the terms of a parcel in a carton, as a person would read them."""
    terms = terms_of(
        card,
        RateZone(zone),
        on,
        residential=False,
        weight_ug=limit_ug_from_lb(Decimal(pounds)),
        volume_nl=0,
        carton=carton,
    )
    return [f"{name} {amount}" for name, amount in terms or ()]


def carton(*sides_in: str, code: str | None = None) -> Carton:
    size = Dimensions(*(limit_um_from_in(Decimal(side)) for side in sides_in))
    return Carton(CartonId("box"), size, size, rate_code=code)


@pytest.mark.parametrize(
    ("box", "expected"),
    [("small", 1210), ("medium", 2117), ("large", 3100)],
)
def test_a_flat_rate_box_costs_the_same_in_every_zone_up_to_seventy_pounds(
    box: str, expected: int
) -> None:
    card, own = shipped_card("usps-priority"), carton("11", "8", "5", code=f"{box}-flat-rate-box")
    for zone, pounds in ((1, "1"), (9, "70")):
        assert in_carton(card, zone, SUMMER, pounds, own) == [f"base {expected}"]
    assert in_carton(card, 1, SUMMER, "70.001", own) == []


def test_a_flat_rate_box_cannot_go_with_another_service() -> None:
    own = carton("11", "8", "5", code="medium-flat-rate-box")
    assert in_carton(shipped_card("usps-ground"), 1, SUMMER, "1", own) == []


def test_a_carton_of_a_cubic_foot_has_no_dimensional_weight_and_a_larger_one_has() -> None:
    card = shipped_card("usps-ground")
    assert in_carton(card, 1, SUMMER, "1", carton("12", "12", "12")) == ["base 761"]
    # 12 x 12 x 13 / 139 = 13.47 lb, so the 14 lb price.
    assert in_carton(card, 1, SUMMER, "1", carton("12", "12", "13")) == ["base 1473"]


def test_fedex_rounds_the_sides_of_a_carton_to_the_nearest_inch() -> None:
    card, on = shipped_card("fedex-ground-list"), date(2025, 8, 1)
    # 10 x 10 x 10 / 139 = 7.19 lb: the 8 lb price. Half an inch counts as a whole one.
    small, large = carton("10.49", "10.49", "10.49"), carton("10.5", "10.5", "10.5")
    assert in_carton(card, 2, on, "1", small) == in_carton(card, 2, on, "8", carton("1", "1", "1"))
    # 11 x 11 x 11 / 139 = 9.58 lb: the 10 lb price.
    assert in_carton(card, 2, on, "1", large) == in_carton(card, 2, on, "10", carton("1", "1", "1"))


@pytest.mark.parametrize(
    ("zone", "on", "by_dimension", "by_weight"),
    [
        (2, date(2025, 1, 6), 2800, 4350),
        (3, date(2025, 1, 6), 3100, 4750),
        (4, date(2025, 8, 1), 3100, 4750),
        (5, date(2025, 8, 1), 3600, 5275),
        (6, date(2025, 8, 1), 3600, 5275),
        (7, date(2025, 8, 1), 3800, 5500),
        (8, date(2025, 8, 1), 3800, 5500),
    ],
)
def test_fedex_additional_handling(zone: int, on: date, by_dimension: int, by_weight: int) -> None:
    card = shipped_card("fedex-ground-list")
    small, long = carton("10", "10", "10"), carton("49", "5", "5")
    base_40 = card.step_for(RateZone(zone), 40 * UG_PER_LB)
    assert base_40 is not None
    # A long parcel is billed as 40 lb at least; a heavy one as what it weighs.
    (base, handling) = in_carton(card, zone, on, "5", long)
    assert base == f"base {base_40.price_minor}"
    assert handling.endswith(f" {by_dimension}")
    assert in_carton(card, zone, on, "50.001", small)[1].endswith(f" {by_weight}")
    assert len(in_carton(card, zone, on, "50", small)) == 1
    # Of both only the dearer one is paid.
    (_, both) = in_carton(card, zone, on, "60", long)
    assert both.endswith(f" {by_weight}")


@pytest.mark.parametrize(
    ("sides", "pays"),
    [
        (("48", "5", "5"), False),
        (("48.51", "5", "5"), True),
        (("31", "31", "5"), True),
        (("43", "30", "1"), False),
        (("35", "18", "17"), False),
        (("35", "18", "18"), True),
    ],
)
def test_fedex_dimension_triggers_are_limits_that_must_be_exceeded(
    sides: tuple[str, str, str], pays: bool
) -> None:
    card = shipped_card("fedex-ground-list")
    terms = in_carton(card, 2, date(2025, 8, 1), "5", carton(*sides))
    assert (len(terms) == 2) == pays


@pytest.mark.parametrize("card", shipped_cards(), ids=lambda card: card.id)
def test_heavier_or_farther_never_costs_less_before_surcharges(card: RateCard) -> None:
    rings = [band.zone for band in shipped_zone_bands()[card.zone_scheme].bands]
    tables = [fold(card, z, card.effective_from, residential=False).price_minor for z in rings]
    prices = np.array(tables)
    assert (np.diff(prices, axis=0) >= 0).all()
    assert (np.diff(prices, axis=1) >= 0).all()


def test_a_holiday_adder_that_ends_makes_26_lb_cheaper_than_25_lb_in_zone_1() -> None:
    # 25.32 + 1.05 against 26.27: published, and so prices may fall with weight.
    december = usps(1, date(2026, 12, 1))
    assert price(december, "25") == 2637
    assert price(december, "26") == 2627


@pytest.mark.parametrize(
    ("zone", "pounds"),
    [(1, 26), (2, 24), (3, 24), (4, 23), (5, 23), (6, 22), (7, 22), (8, 22), (9, 22)],
)
def test_up_to_these_weights_one_usps_parcel_beats_two(zone: int, pounds: int) -> None:
    assert usps(zone).subadditive_below_ug == pounds * UG_PER_LB


def test_38_lb_to_zone_7_cost_38_percent_less_in_two_parcels() -> None:
    tariff = usps(7)
    splits = [price(tariff, str(w)) + price(tariff, str(38 - w)) for w in range(1, 20)]
    assert price(tariff, "38") == 10390
    assert min(splits) == 6414


def test_the_terms_of_a_december_parcel_are_named() -> None:
    terms = terms_of(
        shipped_card("usps-ground"),
        RateZone(5),
        date(2026, 12, 1),
        residential=True,
        weight_ug=4 * UG_PER_LB,
        volume_nl=0,
    )
    assert terms == (("base", 1284), ("holiday 4-10 lb, zones 5-9", 105))
