"""Volume commitments: what one more order costs where, and what that comes to over time."""

from __future__ import annotations

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing.daily_capacity import PeriodMeasure
from routing.rules.periods import last_day
from routing.sourcing.ruling import RuleVolume
from routing.sourcing.volume import marginal_minor

PLACES = 4
PRICE = 500

counts = st.lists(st.integers(0, 1_000), min_size=PLACES, max_size=PLACES)
masks = st.lists(st.booleans(), min_size=PLACES, max_size=PLACES).filter(
    lambda mask: any(mask) and not all(mask)
)
shares = st.none() | st.integers(0, 100)


def promised(where: list[bool], at_least: int | None, at_most: int | None) -> RuleVolume:
    mask, end = np.array(where), date(2026, 11, 30)
    return RuleVolume(0, mask, PeriodMeasure.MONTH_ORDERS, end, at_least, at_most, PRICE)


@given(where=masks, counted=counts, at_least=shares, at_most=shares)
def test_an_order_pays_exactly_where_it_would_break_the_promise(
    where, counted, at_least, at_most
) -> None:
    found = marginal_minor(promised(where, at_least, at_most), np.array(counted))
    total = sum(counted)
    for place in range(PLACES):
        after = counted.copy()
        after[place] += 1
        mine = sum(each for each, inside in zip(after, where, strict=True) if inside)
        below = at_least is not None and 100 * mine < at_least * (total + 1)
        above = at_most is not None and 100 * mine > at_most * (total + 1)
        leads_away = (below and not where[place]) or (above and where[place])
        assert found[place] == (PRICE if leads_away and total else 0)


def test_a_limit_of_a_share_admits_exactly_that_share() -> None:
    rule = promised([True, False, False, False], None, 50)
    assert marginal_minor(rule, np.array([4, 5, 0, 0])).tolist() == [0, 0, 0, 0]
    assert marginal_minor(rule, np.array([5, 5, 0, 0])).tolist() == [PRICE, 0, 0, 0]


@given(at_least=st.integers(0, 60), room=st.integers(0, 40), first=st.integers(0, PLACES - 1))
def test_orders_that_follow_the_prices_keep_the_promise(at_least, room, first) -> None:
    at_most = at_least + room
    where = [True, False, False, False]
    rule = promised(where, at_least, at_most)
    counted = np.zeros(PLACES, dtype=np.int64)
    # Of places that cost the same, everybody prefers one that the share has no part in.
    preference = np.roll(np.arange(PLACES), first)
    for _ in range(400):
        amounts = marginal_minor(rule, counted)
        counted[min(preference.tolist(), key=lambda place: int(amounts[place]))] += 1
    # Whole orders: off by less than one of them.
    assert 100 * (counted[0] + 1) > at_least * 400
    assert 100 * (counted[0] - 1) <= at_most * 400


def test_periods_end_on_sunday_and_on_the_last_of_the_month() -> None:
    thursday = date(2026, 11, 26)
    assert last_day("day", thursday) == thursday
    assert last_day("week", thursday) == date(2026, 11, 29)
    assert last_day("week", date(2026, 11, 29)) == date(2026, 11, 29)
    assert last_day("week", date(2026, 11, 30)) == date(2026, 12, 6)
    assert last_day("month", thursday) == date(2026, 11, 30)
    assert last_day("month", date(2028, 2, 1)) == date(2028, 2, 29)
