"""Not asking more often than was agreed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock


class Pace:
    """Gives out turns that lie at least so far apart; safe for threads.

    Parameters
    ----------
    per_s
        Most turns a second, above 0.
    clock
        Monotonic seconds.
    """

    def __init__(self, per_s: float, clock: Callable[[], float]) -> None:
        self._apart_s = 1 / per_s
        self._clock = clock
        self._lock = Lock()
        self._next_s = clock()

    def turn_in_s(self, most_s: float) -> float | None:
        """Take the next turn and return in how many seconds it is; ``None`` if in more than that.

        A turn that is too far away is not taken.
        """
        with self._lock:
            now_s = self._clock()
            wait_s = max(0.0, self._next_s - now_s)
            if wait_s > most_s:
                return None
            self._next_s = max(self._next_s, now_s) + self._apart_s
            return wait_s
