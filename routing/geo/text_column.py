"""A column of short texts kept as one run of UTF-8 bytes.

A list of 200 000 Python strings costs some 15 MB and as many objects; the same texts as bytes
with one offset each cost 2 MB and are decoded only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

_END = 0x0A


class TextColumn:
    """Texts by row.

    Parameters
    ----------
    encoded
        UTF-8 bytes, every text followed by one line feed: what `encode_texts` returns.
    """

    __slots__ = ("_ends", "_text")

    def __init__(self, encoded: NDArray[np.uint8]) -> None:
        self._text = encoded.tobytes()
        self._ends = np.flatnonzero(encoded == _END).astype(np.int32)

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, row: int) -> str | None:
        """Return the text of `row` (from 0), `None` where it is empty."""
        start = int(self._ends[row - 1]) + 1 if row else 0
        return self._text[start : int(self._ends[row])].decode("utf-8") or None


def encode_texts(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Return `texts` as the bytes that `TextColumn` reads.

    Raises
    ------
    ValueError
        If a text holds a line feed.
    """
    lines = list(texts)
    if any("\n" in line for line in lines):
        raise ValueError("a text of a column must not hold a line feed")
    return np.frombuffer("".join(f"{line}\n" for line in lines).encode("utf-8"), dtype=np.uint8)
