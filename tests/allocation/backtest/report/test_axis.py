"""Axes have few, round lines and hold every value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from allocation.backtest.report.axis import axis_of_counts, axis_to


@given(st.floats(1e-6, 1e9))
def test_the_greatest_value_is_on_the_axis_and_the_lines_are_few(greatest):
    axis = axis_to(greatest)
    assert axis.top >= greatest * (1 - 1e-6)
    assert 2 <= len(axis.ticks) <= 6
    assert axis.share(greatest) > 0.4


def test_nothing_has_an_axis_too():
    assert axis_to(0).share(0) == 0


def test_halves_of_percents_are_written_out_where_the_grid_has_them():
    assert axis_to(0.1).percent(0.025) == "2.5%"
    assert axis_to(0.8).percent(0.4) == "40%"


@given(st.integers(0, 100_000))
def test_lines_of_counts_are_at_whole_numbers(greatest):
    axis = axis_of_counts(greatest, steps=5)
    assert axis.top >= greatest
    assert 2 <= len(axis.ticks) <= 7
    assert all(tick == int(tick) for tick in axis.ticks)
