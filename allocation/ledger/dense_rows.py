"""Columns of items as rows over the locations of one network, kept from order to order."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import ItemColumn
from routing.ids import ItemId
from routing.sourcing.stock_row import StockRow

MOST_BYTES: Final = 32 << 20
"""Of all rows together, at most; then all are let go of, and those that are asked for made anew."""

_BYTES_A_CELL: Final = 40
_BYTES_BESIDES: Final = 1_500


class _Known(NamedTuple):
    """A row, and what it was made of.

    Attributes
    ----------
    places
        intp ``[n]``: place of each of the column's locations among the row's, or -1.
    """

    column: ItemColumn
    row: StockRow
    places: NDArray[np.intp]


class DenseRows:
    """Makes rows of columns; safe to use from many threads.

    Parameters
    ----------
    places
        intp ``[numbers]``: place of each location number among the locations, or -1.
    size
        How many locations there are.
    """

    def __init__(self, places: NDArray[np.intp], size: int) -> None:
        self.places: Final = places
        self._size = size
        self._most = MOST_BYTES // (_BYTES_A_CELL * size + _BYTES_BESIDES)
        self._rows: dict[ItemId, _Known] = {}

    def row(self, item_id: ItemId, column: ItemColumn) -> StockRow:
        """Return the row of an item's column."""
        known = self._rows.get(item_id)
        # Columns are replaced, never changed.
        if known is not None and known.column is column:
            return known.row
        made = self._make(column, known)
        if len(self._rows) >= self._most:
            self._rows.clear()
        self._rows[item_id] = made
        return made.row

    def _make(self, column: ItemColumn, before: _Known | None) -> _Known:
        """Make the row of a column; `before` is what is known of an older one of the item."""
        if before is not None and _is_alike(before.column, column):
            # Only figures differ: the same locations have some available.
            available = self._available(before.places, column)
            row = StockRow(available, before.row.stocked, before.row.worked_out)
            return _Known(column, row, before.places)
        places = self.places[column.locations]
        available = self._available(places, column)
        # Columns have at least 1 wherever there is something.
        stocked = np.append(available > 0, False)
        if column.empty.size:
            stocked[self.places[column.empty]] = True
        stocked.setflags(write=False)
        return _Known(column, StockRow(available, stocked[: self._size]), places)

    def _available(self, places: NDArray[np.intp], column: ItemColumn) -> NDArray[np.int64]:
        # What other locations have is written to one place more: -1 is the last one.
        available = np.zeros(self._size + 1, dtype=np.int64)
        available[places] = column.available
        available.setflags(write=False)
        return available[: self._size]


def _is_alike(one: ItemColumn, other: ItemColumn) -> bool:
    """Say whether two columns have something, and nothing, at the same locations.

    Those that `columns.updated` makes share their arrays then.
    """
    return one.locations is other.locations and one.empty is other.empty
