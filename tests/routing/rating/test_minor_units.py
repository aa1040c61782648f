from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.rating.minor_units import minor_from_major, round_half_up


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [("6.93", "USD", 693), ("7", "EUR", 700), ("1200", "JPY", 1200), ("1.125", "KWD", 1125)],
)
def test_a_price_becomes_minor_units_of_its_currency(
    amount: str, currency: str, expected: int
) -> None:
    assert minor_from_major(Decimal(amount), currency) == expected


@pytest.mark.parametrize(("amount", "currency"), [("6.935", "USD"), ("0.5", "JPY")])
def test_a_price_finer_than_its_currency_is_refused(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match="more decimals"):
        minor_from_major(Decimal(amount), currency)


def test_a_half_is_rounded_up() -> None:
    assert [round_half_up(n, 10) for n in (4, 5, 14, 15, 25)] == [0, 1, 1, 2, 3]


@given(st.integers(0, 10**15), st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_a_half(numerator: int, denominator: int) -> None:
    error = round_half_up(numerator, denominator) - Fraction(numerator, denominator)
    assert Fraction(-1, 2) < error <= Fraction(1, 2)
