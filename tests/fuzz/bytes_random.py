"""Choices that are read from bytes, so that whoever changes the bytes changes the choices."""

from __future__ import annotations

import random
from typing import Any, Final, Self

_BYTE_BITS: Final = 8
_FLOAT_BYTES: Final = 4


class BytesRandom(random.Random):
    """Draws from bytes as long as there are any, then from what they are the seed of.

    Parameters
    ----------
    content
        The same gives the same choices.
    """

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._content = content
        self._at = 0

    def __new__(cls, content: bytes) -> Self:
        """See `random.Random`, which wants to hash what it is made of."""
        return super().__new__(cls, content)  # type: ignore[call-arg]  # typed as an object's

    def random(self) -> float:
        """Return a number in [0, 1)."""
        taken = self._take(_FLOAT_BYTES)
        if taken is None:
            return super().random()
        return int.from_bytes(taken, "big") / float(1 << (_FLOAT_BYTES * _BYTE_BITS))

    def getrandbits(self, k: int, /) -> int:
        """Return a number of so many bits."""
        taken = self._take((k + _BYTE_BITS - 1) // _BYTE_BITS)
        if taken is None:
            return super().getrandbits(k)
        return int.from_bytes(taken, "big") & ((1 << k) - 1)

    def _take(self, size: int) -> bytes | None:
        end = self._at + size
        if end > len(self._content):
            return None
        taken, self._at = self._content[self._at : end], end
        return taken

    def __reduce__(self) -> Any:
        """Refuse to be copied: it would start anew."""
        raise TypeError("a source of choices is read once")
