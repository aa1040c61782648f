"""How often each client may call: token buckets."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from allocation.errors import RateLimitedError

_MOST_CLIENTS: Final = 10_000


class RateLimiter:
    """Lets each client call at a rate, and at once as often as its burst allows.

    Used on one event loop. The clients seen longest ago are forgotten when there are too
    many, which gives them a full burst again.

    Parameters
    ----------
    rate_per_s
        Calls a second that each client wins back; 0 for no limit.
    burst
        Most calls that it can have saved up.
    clock
        Monotonic seconds.
    """

    def __init__(self, rate_per_s: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate_per_s = rate_per_s
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @property
    def limits(self) -> bool:
        """Whether anybody is limited at all."""
        return self._rate_per_s > 0

    def take(self, client: str) -> None:
        """Count one call of a client.

        Raises
        ------
        RateLimitedError
            It has none left; says when it will have one again.
        """
        if not self._rate_per_s:
            return
        now_s = self._clock()
        left, at_s = self._buckets.pop(client, (float(self._burst), now_s))
        left = min(float(self._burst), left + (now_s - at_s) * self._rate_per_s)
        if left < 1:
            self._buckets[client] = left, now_s
            wait_s = (1 - left) / self._rate_per_s
            raise RateLimitedError(
                f"{self._rate_per_s:g} calls a second and {self._burst} at once are what a client "
                f"may make: call again in {wait_s * 1000:.0f} ms, or ask for a higher rate",
                wait_s,
            )
        self._buckets[client] = left - 1, now_s
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
