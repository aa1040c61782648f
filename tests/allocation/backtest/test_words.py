"""Figures as people read them."""

from __future__ import annotations

import pytest

from allocation.backtest.intervals import Difference
from allocation.backtest.metrics import METRICS, Unit
from allocation.backtest.words import (
    change_text,
    counted,
    interval_text,
    value_text,
    verdict_text,
)

COST = next(each for each in METRICS if each.name == "paid_per_order")
FILL = next(each for each in METRICS if each.name == "fill_rate")
DISTANCE = next(each for each in METRICS if each.name == "distance_per_shipment")


@pytest.mark.parametrize(
    ("unit", "value", "currency", "text"),
    [
        (Unit.MONEY, 2298.4, "USD", "22.98"),
        (Unit.MONEY, 2298.4, "JPY", "2298"),
        (Unit.COUNT, 1.2484, "USD", "1.248"),
        (Unit.KILOMETRES, 1466.7, "USD", "1,467 km"),
        (Unit.DAYS, 5.302, "USD", "5.30"),
        (Unit.SHARE, 0.98765, "USD", "98.77 %"),
        (Unit.SHARE, None, "USD", "\u2013"),
    ],
)
def test_values_have_the_decimals_of_their_unit(unit, value, currency, text):
    assert value_text(unit, value, currency) == text


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        (Unit.MONEY, 93.1, "+0.93"),
        (Unit.MONEY, -93.1, "\u22120.93"),
        (Unit.MONEY, -0.2, "0.00"),
        (Unit.SHARE, 0.0123, "+1.23 pp"),
    ],
)
def test_changes_have_a_sign_unless_they_round_to_nothing(unit, value, text):
    assert change_text(unit, value, "USD") == text


def test_intervals_name_their_unit_once():
    assert interval_text(Unit.KILOMETRES, Difference(5, -1, 11), "USD") == "\u22121 to +11 km"
    assert interval_text(Unit.MONEY, Difference(5, None, None), "USD") == "\u2013"


@pytest.mark.parametrize(
    ("metric", "difference", "says"),
    [
        (COST, Difference(-5, -9, -1), "better"),
        (COST, Difference(5, 1, 9), "worse"),
        (COST, Difference(5, -1, 11), "unclear"),
        (FILL, Difference(0.1, 0.05, 0.2), "better"),
        (FILL, Difference(0, 0, 0), "same"),
        (DISTANCE, Difference(5, 1, 9), ""),
    ],
)
def test_better_is_said_only_where_it_is_sure_and_means_something(metric, difference, says):
    assert verdict_text(metric, difference) == says


def test_one_is_not_many():
    assert counted(1, "plan") == "1 plan"
    assert counted(2_000, "order") == "2,000 orders"
