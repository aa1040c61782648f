"""The stock figures that a planning run sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId, LocationId


class StockView(Protocol):
    """A consistent picture of what is available."""

    @property
    def version(self) -> int:
        """Change sequence of the ledger that the picture was taken at; 0 if there is none."""
        ...

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return what is available and where an item is stocked at all.

        Returns
        -------
        available
            int64 ``[items, locations]``, increments, never negative.
        stocked
            bool, same shape: the location has a level of the item, even of zero.
        """
        ...


@dataclass(frozen=True, slots=True)
class InlineStockView:
    """Levels that came with the request: item → location → increments."""

    levels: Mapping[ItemId, Mapping[LocationId, int]]
    version: int = 0

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`."""
        shape = (len(item_ids), len(location_ids))
        available = np.zeros(shape, dtype=np.int64)
        stocked = np.zeros(shape, dtype=np.bool_)
        column = {location_id: index for index, location_id in enumerate(location_ids)}
        for row, item_id in enumerate(item_ids):
            for location_id, increments in self.levels.get(item_id, {}).items():
                index = column.get(location_id)
                if index is not None:
                    stocked[row, index] = True
                    available[row, index] = max(0, increments)
        return available, stocked
