from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidInputError
from routing.rating.dimensional import DimensionalRule
from routing.rating.weights import NL_PER_IN3, UG_PER_LB


def test_139_cubic_inches_are_exactly_one_pound() -> None:
    volume = np.array([139 * NL_PER_IN3, 139 * NL_PER_IN3 + 1])
    weight = DimensionalRule(Fraction(139)).weight_ug(volume)
    assert weight.tolist() == [UG_PER_LB, UG_PER_LB + 1]


def test_exactly_the_threshold_has_no_dimensional_weight_and_one_nanolitre_more_has() -> None:
    threshold = 1728 * NL_PER_IN3
    rule = DimensionalRule(Fraction(139), threshold)
    weight = rule.weight_ug(np.array([threshold, threshold + 1]))
    expected = ceil(Fraction((threshold + 1) * UG_PER_LB, 139 * NL_PER_IN3))
    assert weight.tolist() == [0, expected]


@given(
    st.integers(0, np.iinfo(np.int64).max),
    st.fractions(min_value=30, max_value=500, max_denominator=10),
)
def test_it_is_the_exact_ceiling_for_every_64_bit_volume(volume: int, divisor: Fraction) -> None:
    try:
        rule = DimensionalRule(divisor)
    except InvalidInputError as error:
        assert "too many digits" in str(error)  # noqa: PT017
        return
    expected = ceil(Fraction(volume) * UG_PER_LB / (divisor * NL_PER_IN3))
    assert int(rule.weight_ug(np.array([volume]))[0]) == expected


def test_a_divisor_too_small_or_too_fine_and_a_negative_threshold_are_refused() -> None:
    with pytest.raises(InvalidInputError) as caught:
        DimensionalRule(Fraction(0), -1)
    assert len(caught.value.violations) == 2
    with pytest.raises(InvalidInputError, match="too many digits"):
        DimensionalRule(Fraction(139_000_000_007, 10**9))
