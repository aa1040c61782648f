"""A bounded memory of pure results: the same question need not be worked out twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, TypeVar

V = TypeVar("V")

_OVERHEAD_BYTES = 512
"""What an entry costs beside its arrays: the key, the objects around them, the table."""


class Memo(Generic[V]):
    """Keeps the most recently used results within a number of bytes.

    Only for functions whose answer the key decides: whether an answer was remembered must
    never show. Safe to use from many threads.

    Parameters
    ----------
    most_bytes
        Sizes of all values together, each with a constant for its entry; what was used
        longest ago goes first. A value larger than that is not kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> V | None:
        """Return what was kept under a key, ``None`` if nothing is."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, size_bytes: int) -> None:
        """Keep a value, in place of an older one under the same key."""
        size = size_bytes + _OVERHEAD_BYTES
        with self._lock:
            old = self._kept.pop(key, None)
            if old is not None:
                self._bytes -= old[1]
            if size > self._most_bytes:
                return
            self._kept[key] = value, size
            self._bytes += size
            while self._bytes > self._most_bytes:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed

    def __len__(self) -> int:
        return len(self._kept)
