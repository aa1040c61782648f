"""Columns of items as rows over the locations of one network, kept from order to order."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import ItemColumn
from routing.ids import ItemId
from routing.sourcing.stock_row import StockRow

MOST_BYTES: Final = 32 << 20
"""Of all rows together, at most; then all are let go of, and those that are asked for made anew."""

_BYTES_A_CELL: Final = 40
_BYTES_BESIDES: Final = 1_500


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
        self._rows: dict[ItemId, tuple[ItemColumn, StockRow]] = {}

    def row(self, item_id: ItemId, column: ItemColumn) -> StockRow:
        """Return the row of an item's column."""
        known = self._rows.get(item_id)
        # Columns are replaced, never changed.
        if known is not None and known[0] is column:
            return known[1]
        made = self._make(column)
        if len(self._rows) >= self._most:
            self._rows.clear()
        self._rows[item_id] = column, made
        return made

    def _make(self, column: ItemColumn) -> StockRow:
        # What other locations have is written to one place more: -1 is the last one.
        available = np.zeros(self._size + 1, dtype=np.int64)
        available[self.places[column.locations]] = column.available
        # Columns have at least 1 wherever there is something.
        stocked = available > 0
        if column.empty.size:
            stocked[self.places[column.empty]] = True
        available.setflags(write=False)
        stocked.setflags(write=False)
        return StockRow(available[: self._size], stocked[: self._size])
