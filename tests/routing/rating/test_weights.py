from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rating import weights


def test_a_pound_is_its_legal_weight_to_the_microgram() -> None:
    assert weights.limit_ug_from_lb(Decimal(1)) == 453_592_370


def test_a_limit_that_is_no_whole_microgram_keeps_the_greatest_one_below() -> None:
    # 0.9999 lb is 453,547,010.763 micrograms.
    assert weights.limit_ug_from_lb(Decimal("0.9999")) == 453_547_010


@pytest.mark.parametrize(
    ("convert", "given_value", "expected"),
    [
        (weights.limit_ug_from_kg, "0.5", 500_000_000),
        (weights.limit_um_from_in, "108", 2_743_200),
        (weights.limit_um_from_cm, "30.5", 305_000),
        (weights.limit_nl_from_in3, "1728", 28_316_846_592),
        (weights.limit_nl_from_cm3, "5", 5_000_000),
        (weights.limit_m_from_miles, "50", 80_467),
        (weights.limit_m_from_miles, "1000", 1_609_344),
    ],
)
def test_published_limits_convert_exactly(
    convert: Callable[[Decimal], int], given_value: str, expected: int
) -> None:
    assert convert(Decimal(given_value)) == expected


def test_a_metric_divisor_of_5000_bills_one_microgram_per_five_nanolitres() -> None:
    divisor = weights.dim_divisor_from_cm3_per_kg(Decimal(5000))
    assert Fraction(weights.UG_PER_LB) / (divisor * weights.NL_PER_IN3) == Fraction(1, 5)


@given(st.decimals(min_value=0, max_value=10_000, places=4))
def test_a_converted_limit_is_the_greatest_integer_that_keeps_it(limit: Decimal) -> None:
    converted = weights.limit_ug_from_lb(limit)
    assert converted <= Fraction(limit) * weights.UG_PER_LB < converted + 1
