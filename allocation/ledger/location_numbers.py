"""Numbers of locations: what the columns of a planning view name them by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.dense_rows import DenseRows
from routing.ids import LocationId

_REMEMBERED: Final = 4
"""Networks whose rows are kept, each as `DenseRows` says: nearly always there is one."""


class LocationNumbers:
    """Gives every location a number, from 0 up, for as long as the view lives.

    Also remembers where the locations of the networks that plans are made with stand, so
    that an order does not look up every location by name.
    """

    def __init__(self) -> None:
        self._numbers: dict[LocationId, int] = {}
        self._rows: OrderedDict[tuple[int, tuple[LocationId, ...]], DenseRows] = OrderedDict()
        self._lock = Lock()
        self._latest: tuple[int, Sequence[LocationId], DenseRows] | None = None

    def __getitem__(self, location_id: LocationId) -> int:
        return self._numbers[location_id]

    def __len__(self) -> int:
        return len(self._numbers)

    def number(self, location_id: LocationId) -> int:
        """Return the number of a location, a new one if it has none yet."""
        return self._numbers.setdefault(location_id, len(self._numbers))

    def places(self, location_ids: Sequence[LocationId]) -> NDArray[np.intp]:
        """Return intp ``[numbers]``: each location's place among `location_ids`, or -1.

        The array is shared: it cannot be written to.
        """
        return self.rows(location_ids).places

    def rows(self, location_ids: Sequence[LocationId]) -> DenseRows:
        """Return what makes rows over `location_ids`, for as long as no location is added."""
        count, latest = len(self._numbers), self._latest
        # Nearly all plans are made with one and the same network.
        if latest is not None and latest[1] is location_ids and latest[0] == count:
            return latest[2]
        found = self._rows_of(count, tuple(location_ids))
        if isinstance(location_ids, tuple):
            self._latest = count, location_ids, found
        return found

    def _rows_of(self, count: int, location_ids: tuple[LocationId, ...]) -> DenseRows:
        key = count, location_ids
        with self._lock:
            known = self._rows.get(key)
            if known is not None:
                self._rows.move_to_end(key)
                return known
        places = np.full(count, -1, dtype=np.intp)
        for place, location_id in enumerate(location_ids):
            number = self._numbers.get(location_id, count)
            if number < count:
                places[number] = place
        places.setflags(write=False)
        found = DenseRows(places, len(location_ids))
        with self._lock:
            self._rows[key] = found
            while len(self._rows) > _REMEMBERED:
                self._rows.popitem(last=False)
        return found
