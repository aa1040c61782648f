from __future__ import annotations

from itertools import permutations

import pytest

from routing.rating.rate_card import RateCard
from routing.rating.size_limits import SizeLimit, broken_limits, fits
from tests.routing.rating.samples import make_card, zone_rates


def card(max_length_um: int | None, max_around_um: int | None) -> RateCard:
    return make_card(
        rates=(zone_rates(1, (1_000, 1)),),
        max_weight_ug=1_000,
        max_length_um=max_length_um,
        max_length_plus_girth_um=max_around_um,
    )


@pytest.mark.parametrize("sides", list(permutations((50, 10, 20))))
def test_the_order_of_the_sides_makes_no_difference(sides: tuple[int, int, int]) -> None:
    # Longest side 50, girth 2 x (10 + 20) = 60.
    assert fits(card(50, 110), *sides, 1_000)
    assert broken_limits(card(50, 109), *sides, 1_000) == (SizeLimit.LENGTH_PLUS_GIRTH,)
    assert broken_limits(card(49, 110), *sides, 1_000) == (SizeLimit.LENGTH,)


def test_every_broken_limit_is_named() -> None:
    assert broken_limits(card(49, 109), 50, 10, 20, 1_001) == tuple(SizeLimit)


def test_a_limit_that_is_not_there_cannot_be_broken() -> None:
    assert fits(card(None, None), 10**9, 10**9, 10**9, 1_000)
