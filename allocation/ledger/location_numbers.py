"""Numbers of locations: what the columns of a planning view name them by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from routing.ids import LocationId

_REMEMBERED: Final = 8


class LocationNumbers:
    """Gives every location a number, from 0 up, for as long as the view lives.

    Also remembers where the locations of the networks that plans are made with stand, so
    that an order does not look up every location by name.
    """

    def __init__(self) -> None:
        self._numbers: dict[LocationId, int] = {}
        self._places: OrderedDict[tuple[int, tuple[LocationId, ...]], NDArray[np.intp]] = (
            OrderedDict()
        )
        self._lock = Lock()
        self._latest: tuple[int, Sequence[LocationId], NDArray[np.intp]] | None = None

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
        count, latest = len(self._numbers), self._latest
        # Nearly all plans are made with one and the same network.
        if latest is not None and latest[1] is location_ids and latest[0] == count:
            return latest[2]
        found = self._places_of(count, tuple(location_ids))
        if isinstance(location_ids, tuple):
            self._latest = count, location_ids, found
        return found

    def _places_of(self, count: int, location_ids: tuple[LocationId, ...]) -> NDArray[np.intp]:
        key = count, location_ids
        with self._lock:
            known = self._places.get(key)
            if known is not None:
                self._places.move_to_end(key)
                return known
        found = np.full(key[0], -1, dtype=np.intp)
        for place, location_id in enumerate(key[1]):
            number = self._numbers.get(location_id, key[0])
            if number < key[0]:
                found[number] = place
        found.setflags(write=False)
        with self._lock:
            self._places[key] = found
            while len(self._places) > _REMEMBERED:
                self._places.popitem(last=False)
        return found
