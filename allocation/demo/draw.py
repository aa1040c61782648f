"""Chance that is the same on every machine and with every version of every library."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

_MASK: Final = (1 << 64) - 1


class Draw:
    """A stream of numbers by SplitMix64 (Steele, Lea and Flood 2014).

    Parameters
    ----------
    seed
        Of the whole recipe.
    name
        Of this stream. Streams of different names are independent, so that one part of the
        recipe can change without moving the others.
    """

    def __init__(self, seed: int, name: str) -> None:
        digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
        self._state = int.from_bytes(digest[:8], "big")

    def below(self, bound: int) -> int:
        """Return an integer in [0, `bound`), each as likely as the others to 2**-64 · bound."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) * bound) >> 64

    def between(self, low: int, high: int) -> int:
        """Return an integer in [`low`, `high`]."""
        return low + self.below(high - low + 1)

    def happens(self, per_cent: int) -> bool:
        """Return true in `per_cent` of 100 cases."""
        return self.below(100) < per_cent

    def weighted(self, weights: Sequence[int]) -> int:
        """Return an index, each as likely as its weight (a non-negative integer) says."""
        mark = self.below(sum(weights))
        for index, weight in enumerate(weights):
            mark -= weight
            if mark < 0:
                return index
        raise ValueError("weights must not all be zero")
