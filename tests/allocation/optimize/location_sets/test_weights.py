from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocation.optimize.location_sets.weights import cell_weights
from routing.rating.weights import UG_PER_LB
from tests.allocation.optimize.location_sets.models import vectors_up_to

OUNCE = Fraction(UG_PER_LB, 16)
KINDS = {
    "grams": st.integers(0, 900).map(lambda number: number * 1_000_000),
    "tenths of an ounce": st.integers(0, 400).map(lambda number: round(number * OUNCE / 10)),
    "micrograms": st.integers(0, 10**9),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_no_total_is_outside_the_limits_of_its_cell(kind: str, data: st.DataObject) -> None:
    pairs = st.lists(st.tuples(KINDS[kind], st.integers(0, 3)), min_size=1, max_size=4)
    drawn = data.draw(pairs)
    weight = np.array([weight for weight, _ in drawn], dtype=np.int64)
    demand = np.array([count for _, count in drawn], dtype=np.int64)
    found = cell_weights(weight, demand)
    assert found.least_ug.size == found.greatest_ug.size == int(found.cells @ demand) + 1
    for vector in vectors_up_to(demand):
        cell = int(found.cells @ vector)
        assert found.least_ug[cell] <= int(weight @ vector) <= found.greatest_ug[cell]


def test_whole_grams_have_one_weight_per_cell() -> None:
    weight = np.array([120, 340, 90], dtype=np.int64) * 1_000_000
    found = cell_weights(weight, np.array([2, 1, 5], dtype=np.int64))
    assert found.are_exact
    assert found.cells.tolist() == [12, 34, 9]


def test_converted_weights_are_counted_in_their_own_unit() -> None:
    weight = np.array([round(tenths * OUNCE / 10) for tenths in (53, 8, 211)], dtype=np.int64)
    found = cell_weights(weight, np.full(3, 9, dtype=np.int64))
    assert found.cells.tolist() == [53, 8, 211]
    assert int((found.greatest_ug - found.least_ug).max()) < 100
