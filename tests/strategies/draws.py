"""Two sources of choices, so that one generator serves seeded runs and hypothesis alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st

T = TypeVar("T")


class Draws(Protocol):
    """Where a generator takes its choices from; the low end is the plainest choice."""

    def integer(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        ...


class SeededDraws:
    """Choices that depend on a seed alone."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)

    def integer(self, low: int, high: int) -> int:
        return int(self._rng.integers(low, high + 1))


class HypothesisDraws:
    """Choices that hypothesis makes, and makes plainer when a test fails."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))


def chance(draws: Draws, percent: int) -> bool:
    """Return true in about `percent` of 100 cases; false is the plain choice."""
    return draws.integer(0, 99) >= 100 - percent


def pick(draws: Draws, options: Sequence[T]) -> T:
    """Return one of `options`; the first is the plain choice."""
    return options[draws.integer(0, len(options) - 1)]


def some(draws: Draws, count: int, size: int) -> list[int]:
    """Return `size` distinct numbers out of ``range(count)``, ascending."""
    left = list(range(count))
    return sorted(left.pop(draws.integer(0, len(left) - 1)) for _ in range(size))
