"""Not asking for a while whoever fails again and again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock


class CircuitBreaker:
    """Opens after failures in a row, and lets one try pass after each pause; safe for threads.

    Parameters
    ----------
    failures
        In a row, at least 1, until nobody is asked.
    pause_s
        Seconds until one caller may try again.
    clock
        Monotonic seconds.
    """

    def __init__(self, failures: int, pause_s: float, clock: Callable[[], float]) -> None:
        self._most = failures
        self._pause_s = pause_s
        self._clock = clock
        self._lock = Lock()
        self._failed = 0
        self._again_s = 0.0

    def may_try(self) -> bool:
        """Say whether to ask; who asks has to say how it went."""
        with self._lock:
            if self._failed < self._most:
                return True
            now_s = self._clock()
            if now_s < self._again_s:
                return False
            # One try; the others wait for another pause unless it succeeds.
            self._again_s = now_s + self._pause_s
            return True

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Count what is asked within as a failure if it raises, else as a success."""
        try:
            yield
        except BaseException:
            self.failed()
            raise
        self.succeeded()

    def succeeded(self) -> None:
        """Ask freely again."""
        with self._lock:
            self._failed = 0

    def failed(self) -> None:
        """Count a failure."""
        with self._lock:
            self._failed += 1
            if self._failed >= self._most:
                self._again_s = self._clock() + self._pause_s
