"""Columns of items as rows over the locations of one network, kept from order to order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.columns import ItemColumn
from routing.ids import ItemId
from routing.quick import quick

MOST_BYTES: Final = 32 << 20
"""Of all rows together, about; then all are let go of, and those that are asked for made anew."""

_BYTES_A_CELL: Final = 9
_BYTES_BESIDES: Final = 500


@quick
@dataclass(frozen=True, slots=True, eq=False)
class DenseRow:
    """A column as a row; the arrays cannot be written to.

    Attributes
    ----------
    column
        That it was made of.
    available
        int64 ``[l]``: increments; 0 where there are none.
    stocked
        bool ``[l]``: there is a level.
    """

    column: ItemColumn
    available: NDArray[np.int64]
    stocked: NDArray[np.bool_]


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
        self._rows: dict[ItemId, DenseRow] = {}

    def row(self, item_id: ItemId, column: ItemColumn) -> DenseRow:
        """Return the row of an item's column."""
        known = self._rows.get(item_id)
        # Columns are replaced, never changed.
        if known is not None and known.column is column:
            return known
        made = self._make(column)
        if len(self._rows) >= self._most:
            self._rows.clear()
        self._rows[item_id] = made
        return made

    def _make(self, column: ItemColumn) -> DenseRow:
        # What other locations have is written to one place more: -1 is the last one.
        available = np.zeros(self._size + 1, dtype=np.int64)
        available[self.places[column.locations]] = column.available
        # Columns have at least 1 wherever there is something.
        stocked = available > 0
        if column.empty.size:
            stocked[self.places[column.empty]] = True
        available.setflags(write=False)
        stocked.setflags(write=False)
        return DenseRow(column, available[: self._size], stocked[: self._size])
