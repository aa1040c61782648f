"""How soon a worker that ended is replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

LEAST_S: Final = 0.1
MOST_S: Final = 10.0
HEALTHY_S: Final = 30.0
"""A worker that lived so long did not end for how it was started."""


class Backoff:
    """Replaces a worker almost at once, but one that ends again and again ever later.

    Parameters
    ----------
    clock
        Monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._pause_s = LEAST_S
        self._not_before_s = clock()

    def note_end(self, started_s: float) -> None:
        """Take note of an end that nobody asked for."""
        now_s = self._clock()
        if now_s - started_s >= HEALTHY_S:
            self._pause_s = LEAST_S
        self._not_before_s = now_s + self._pause_s
        self._pause_s = min(MOST_S, self._pause_s * 2)

    def may_start(self) -> bool:
        """Whether it is time to start a worker."""
        return self._clock() >= self._not_before_s
