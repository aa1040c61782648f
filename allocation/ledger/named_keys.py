"""Which levels a feed has named, in little memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from allocation.ledger.level import LevelKey

_BYTES: Final = 16


class NamedKeys:
    """Remembers keys by their digests, 16 bytes each.

    Two of a billion levels have the same digest with a probability of 1 in 10^21.
    """

    def __init__(self) -> None:
        self._digests = bytearray()
        self._sorted: NDArray[np.bytes_] | None = None

    def add(self, keys: Iterable[LevelKey]) -> None:
        """Remember keys; one may come again."""
        self._digests += b"".join(map(_digest, keys))
        self._sorted = None

    def missing(self, keys: Iterable[LevelKey]) -> list[LevelKey]:
        """Return the keys that were not added, in their order."""
        if self._sorted is None:
            self._sorted = np.sort(_array(self._digests))
        asked = list(keys)
        wanted = _array(b"".join(map(_digest, asked)))
        places = np.searchsorted(self._sorted, wanted)
        inside = places < len(self._sorted)
        named = np.zeros(len(asked), dtype=np.bool_)
        named[inside] = self._sorted[places[inside]] == wanted[inside]
        return [key for key, is_named in zip(asked, named, strict=True) if not is_named]


def _array(digests: bytes | bytearray) -> NDArray[np.bytes_]:
    # Trailing zero bytes do not count in NumPy's texts; among texts of one length that
    # makes no two of them equal.
    return np.frombuffer(bytes(digests), dtype=f"S{_BYTES}")


def _digest(key: LevelKey) -> bytes:
    text = "\0".join(key.order).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=_BYTES).digest()
