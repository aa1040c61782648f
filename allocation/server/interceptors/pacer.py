"""Refuses at a pace: a server that spends its time saying no has none left to work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

REFUSALS_PER_S: Final = 400.0
"""Refusals without a wait; one costs about a seventh of a planned order."""

UNREAD_PER_S: Final = 200.0
"""The same for calls that are refused without being read. One takes 45 us of a processor and
some turns of the event loop, and what else comes is ended by gRPC for about 20 us: at five times
the capacity, that alone takes a sixth. With 500 a second, a tenth fewer orders were planned."""

BURST: Final = 100
MOST_WAIT_S: Final = 0.5


class Pacer:
    """Lets refusals through at a rate, and the others wait, at most `MOST_WAIT_S`.

    A refused call that waits keeps its stream, and a connection has only so many: callers
    that repeat at once are slowed down without costing anything.

    Parameters
    ----------
    clock
        Monotonic seconds.
    per_s
        Refusals a second.
    """

    def __init__(self, clock: Callable[[], float], per_s: float = REFUSALS_PER_S) -> None:
        self._clock = clock
        self._interval_s = 1.0 / per_s
        # When the next refusal is due, if all before it keep their distance.
        self._due_s = clock()

    async def wait(self) -> None:
        """Return when it is time to refuse the current call."""
        wait_s = self.wait_s()
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def wait_s(self) -> float:
        """Take the next place in the row of refusals; return how long that is away."""
        now_s = self._clock()
        earliest_s = now_s - BURST * self._interval_s
        self._due_s = max(self._due_s, earliest_s) + self._interval_s
        if self._due_s - now_s > MOST_WAIT_S:
            self._due_s = now_s + MOST_WAIT_S
        return max(0.0, self._due_s - now_s)
