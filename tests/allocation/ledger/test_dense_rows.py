"""Rows are made of columns once, and anew when a column was replaced."""

from __future__ import annotations

from unittest.mock import patch

import numpy as np
import pytest

from allocation.ledger import dense_rows
from allocation.ledger.columns import column_of, updated
from allocation.ledger.dense_rows import DenseRows
from routing.ids import ItemId

PLACES = np.array([2, -1, 0], dtype=np.intp)
CUP, PAN = ItemId("cup"), ItemId("pan")


def test_a_row_has_what_is_at_the_locations_and_nothing_of_others():
    row = DenseRows(PLACES, 4).row(CUP, column_of({0: 5, 1: 9, 2: 0}))
    assert row.available.tolist() == [0, 0, 5, 0]
    assert row.stocked.tolist() == [True, False, True, False]


def test_a_column_is_made_a_row_once_and_another_column_anew():
    rows, column = DenseRows(PLACES, 4), column_of({0: 5})
    first = rows.row(CUP, column)
    assert rows.row(CUP, column) is first
    assert rows.row(CUP, column_of({0: 4})).available.tolist() == [0, 0, 4, 0]
    assert rows.row(CUP, column).available.tolist() == [0, 0, 5, 0]


@pytest.mark.pure
def test_no_more_rows_are_kept_than_there_is_room_for():
    with patch.object(dense_rows, "MOST_BYTES", 3_400):
        rows = DenseRows(PLACES, 4)
    columns = {item: column_of({0: 1}) for item in (CUP, PAN)}
    first = rows.row(CUP, columns[CUP])
    assert rows.row(PAN, columns[PAN]).available.tolist() == [0, 0, 1, 0]
    assert rows.row(CUP, columns[CUP]) is first
    third = ItemId("bowl")
    rows.row(third, column_of({0: 1}))
    again = rows.row(CUP, columns[CUP])
    assert again is not first
    assert again.available.tolist() == first.available.tolist()


def test_figures_that_change_where_stock_is_make_a_row_as_a_new_one_would_be():
    numbers = np.array([2, -1, 0, 3], dtype=np.intp)
    rows = DenseRows(numbers, 4)
    column = column_of({0: 5, 1: 9, 2: 0, 3: 2})
    for number, figure in ((0, 1), (3, 7), (1, 3), (0, 4), (0, 0), (2, 6), (3, 1)):
        row = rows.row(CUP, column)
        anew = DenseRows(numbers, 4).row(CUP, column)
        assert row.available.tolist() == anew.available.tolist()
        assert row.stocked.tolist() == anew.stocked.tolist()
        for increments in (1, 2, 5):
            assert row.enough(increments).flags == anew.enough(increments).flags
            assert row.enough(increments).places == anew.enough(increments).places
        assert not row.available.flags.writeable
        assert not row.stocked.flags.writeable
        column = updated(column, {number: figure})


def test_what_was_worked_out_is_taken_over_while_the_same_locations_have_enough():
    rows, column = DenseRows(PLACES, 4), column_of({0: 5, 2: 3})
    first = rows.row(CUP, column)
    one, four = first.enough(1), first.enough(4)
    rows.row(CUP, column := updated(column, {0: 4}))  # Nobody asks.
    later = rows.row(CUP, column := updated(column, {0: 3}))
    assert later.enough(1) is one
    assert later.enough(4) is not four
    assert later.enough(4).places == []
