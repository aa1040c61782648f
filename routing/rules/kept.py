"""Results that belong to an object and last as long as it is used."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")


class Kept(Generic[V]):
    """Keeps the last few results by the object they were made from; safe for several threads.

    Parameters
    ----------
    most
        How many results are kept; what was used longest ago goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Hashable, tuple[object, V]] = OrderedDict()
        self._lock = Lock()

    def get(self, made_from: object, key: Hashable, make: Callable[[], V]) -> V:
        """Return the result for an object and a key, made now unless it is kept."""
        whole = (id(made_from), key)
        with self._lock:
            kept = self._kept.get(whole)
            # Another object may have got the number of one that is gone.
            if kept is not None and kept[0] is made_from:
                self._kept.move_to_end(whole)
                return kept[1]
        value = make()
        with self._lock:
            self._kept[whole] = (made_from, value)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return value
