"""The stock that is left as order after order takes its part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocation.backtest.outcome import Take
from routing.ids import ItemId, LocationId
from routing.sourcing.stock import InlineStockView, StockDetails

Levels = Mapping[ItemId, Mapping[LocationId, int]]


class Shelf:
    """Levels that can only go down, or that never change.

    Parameters
    ----------
    stock
        What there is to begin with; it is left as it is.
    fixed
        Whether what is taken is put back at once.
    """

    def __init__(self, stock: InlineStockView, *, fixed: bool = False) -> None:
        self._fixed = fixed
        self._left = {item: dict(places) for item, places in stock.levels.items()}

    def levels(self, items: Iterable[ItemId]) -> Levels:
        """Return a copy of the levels of these items; one that is stocked nowhere has none."""
        return {item: dict(self._left.get(item, {})) for item in items}

    def take(self, takes: Iterable[Take]) -> None:
        """Take units away.

        Raises
        ------
        ValueError
            If there are fewer than that: a plan may never take more than it was shown.
        """
        for each in takes:
            here = self._left.get(each.item_id, {})
            left = here.get(each.location_id, 0) - each.increments
            if left < 0:
                raise ValueError(
                    f"{each.increments} of {each.item_id} were taken at {each.location_id}, "
                    f"which has {here.get(each.location_id, 0)}"
                )
            if not self._fixed:
                here[each.location_id] = left


@dataclass(frozen=True, slots=True)
class StockOfItems:
    """The levels of an order's items; to be asked for another item is a fault, not "no stock"."""

    levels: Levels
    version: int = 0

    def matrix(
        self, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return available and stocked; see `StockView.matrix`.

        Raises
        ------
        KeyError
            For an item that is not among the levels.
        """
        missing = [item for item in item_ids if item not in self.levels]
        if missing:
            raise KeyError(f"levels were not given for {', '.join(missing)}")
        return InlineStockView(self.levels, self.version).matrix(item_ids, location_ids)

    def details(self, item_ids: Sequence[ItemId]) -> StockDetails:
        """Return what levels below zero owe; see `StockView.details`."""
        return InlineStockView(self.levels, self.version).details(item_ids)
