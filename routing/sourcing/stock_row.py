"""Stock of one item at all locations, with what orders ask of it, each worked out once.

Views that see the same stock for many orders give it out in this form: see `kept_rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.ids import ItemId, LocationId
from routing.sourcing.stock import StockView

Bool = NDArray[np.bool_]
Int32 = NDArray[np.int32]

_KEPT: Final = 4
"""Numbers of increments that are remembered of a row: most lines want few units."""


class Enough:
    """Where there is enough of an item for a line; safe to use from many threads.

    Parameters
    ----------
    there
        bool ``[l]``: the location has enough.

    Attributes
    ----------
    places
        Indices of these locations, ascending.
    flags
        One byte for each location, 1 where there is enough.
    """

    __slots__ = ("_lanes", "_there", "flags", "places")

    def __init__(self, there: Bool) -> None:
        self.places: Final[list[int]] = there.nonzero()[0].tolist()
        self.flags: Final = there.tobytes()
        self._there = there
        self._lanes: tuple[Int32, Bool] | None = None

    def lanes(self, slot: Int32) -> Bool:
        """Return bool ``[j]``: the same by lane; not to be written to.

        Parameters
        ----------
        slot
            int32 ``[j]``: location of each lane; shared by many orders.
        """
        known = self._lanes
        if known is None or known[0] is not slot:
            by_lane = self._there.take(slot)
            by_lane.setflags(write=False)
            self._lanes = known = slot, by_lane
        return known[1]


_NOTHING: Final[Mapping[int, Enough]] = MappingProxyType({})


class StockRow:
    """Stock of one item; the arrays cannot be written to. Safe to use from many threads.

    Attributes
    ----------
    available
        int64 ``[l]``: increments; 0 where there are none.
    stocked
        bool ``[l]``: there is a level.

    Parameters
    ----------
    before
        What was worked out for a row of the same item over the same locations, see
        `worked_out`: where both have enough in the same places, it is taken over.
    """

    __slots__ = ("_before", "_enough", "available", "stocked")

    def __init__(
        self, available: NDArray[np.int64], stocked: Bool, before: Mapping[int, Enough] = _NOTHING
    ) -> None:
        self.available: Final = available
        self.stocked: Final = stocked
        self._enough: dict[int, Enough] = {}
        self._before: Final = before

    @property
    def worked_out(self) -> Mapping[int, Enough]:
        """By number of increments: where there are so many, of this row or one before it."""
        return self._enough or self._before

    def enough(self, increments: int) -> Enough:
        """Return where there are so many increments, at least 1."""
        known = self._enough.get(increments)
        if known is None:
            there = self.available >= increments
            before = self._before.get(increments)
            is_alike = before is not None and before.flags == there.tobytes()
            known = before if before is not None and is_alike else Enough(there)
            if len(self._enough) < _KEPT:
                self._enough[increments] = known
        return known


def kept_rows(
    stock: StockView, item_ids: Sequence[ItemId], location_ids: Sequence[LocationId]
) -> list[StockRow] | None:
    """Return the rows of some items, as `StockView.matrix`; ``None`` if the view keeps none.

    A view that keeps them has a method ``rows`` with the same parameters.
    """
    rows: Callable[..., list[StockRow]] | None = getattr(stock, "rows", None)
    return None if rows is None else rows(item_ids, location_ids)
